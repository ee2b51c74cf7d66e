namespace LstmSharp;

/// <summary>Saves a run of training with everything that the rest of it depends on, and brings it back.</summary>
/// <remarks>Random numbers are drawn for the order of the samples alone: that of epoch n is the n-th shuffle from the seed, so that seed
/// and epoch are the random state.</remarks>
internal sealed class RunCheckpoint(
    TrainingContext context, SequenceDataset training, BestWeights? best, IReadOnlyList<TrainingCallback> callbacks)
{
    public const string ModelPrefix = "model.";
    private const string HistoryName = "history";
    private const string MetricsName = "history.metric";
    private readonly Lazy<SortedDictionary<string, string>> _options = new(() => RunSettings.Of(context, training, callbacks));
    private readonly ParameterSet _weights = context.Model.Parameters;
    private readonly Optimizer _optimizer = context.Options.Optimizer;

    /// <summary>What the names of the tensors of <see cref="Sets"/> begin with.</summary>
    private string[] Prefixes =>
    [
        ModelPrefix,
        .. _optimizer.MomentNames.Select(moment => $"optimizer.{moment}."),
        .. best is null ? Array.Empty<string>() : ["best."],
    ];

    /// <summary>The weights, the optimizer's moments and the best weights.</summary>
    private ParameterSet[] Sets => [_weights, .. _optimizer.Moments, .. best is null ? Array.Empty<ParameterSet>() : [best.Copy]];

    /// <summary>Writes a whole checkpoint or, where that fails, nothing.</summary>
    public void Save(string path)
    {
        CheckpointTexts texts = new() { Options = _options.Value, State = context.Position.ToState() };
        texts.State["optimizerSteps"] = StateText.Of(_optimizer.Steps);
        if (best is not null)
        {
            texts.State["lowestValidationLoss"] = StateText.Of(best.LowestScore);
        }

        foreach ((string key, TrainingCallback callback) in CallbacksByKey())
        {
            if (callback.SaveState() is { } state)
            {
                texts.Callbacks[key] = state;
            }
        }

        IEnumerable<NamedTensor> tensors = Prefixes.Zip(Sets)
            .SelectMany(pair => pair.Second.Select(parameter => new NamedTensor(pair.First + parameter.Name, parameter)));
        CheckpointFile.Write(
            path,
            ModelArchitecture.Of(context.Model).ToJson(),
            texts,
            [.. tensors, .. HistoryTensors()]);
    }

    /// <summary>Brings a run back. Nothing is changed unless all of the checkpoint is in order and fits.</summary>
    /// <exception cref="ModelFileException">The file is damaged or no checkpoint.</exception>
    /// <exception cref="ArgumentException">It is the checkpoint of another model or of other options.</exception>
    public void Restore(string path)
    {
        using var file = CheckpointFile.Open(path);
        CheckpointTexts texts = file.ReadTexts();
        ThrowIfOfAnotherRun(file, texts);
        List<float[]> values = ReadTensors(file);
        List<EpochSummary> history = HistoryTensor.Read(file.ReadRows(HistoryName, HistoryTensor.Columns), context.Options);
        if (context.Options.Monitor is not null)
        {
            HistoryTensor.AddMetrics(history, file.ReadRows(MetricsName, 1), file.Source);
        }

        file.ThrowIfCountDiffers(values.Count + (context.Options.Monitor is null ? 1 : 2));

        var state = new StateReader(texts.State, file.Source);
        long steps = state.Count("optimizerSteps", 0, StateReader.MaxCount);
        double lowestLoss = best is null ? double.PositiveInfinity : state.Number("lowestValidationLoss");
        TrainingPosition position = TrainingPosition.Read(state, history.Count, context);
        state.ThrowIfAnyIsLeft();
        RestoreCallbacks(file.Source, texts.Callbacks);

        _optimizer.Bind(_weights);
        int n = 0;
        foreach (Parameter parameter in Sets.SelectMany(set => set))
        {
            values[n++].CopyTo(parameter.Edit());
        }

        _optimizer.ContinueAfter(steps);
        best?.LowestScore = (float)lowestLoss;
        context.ContinueFrom(position, history);
    }

    /// <summary>The finished epochs, with a tensor of its own for the monitored metric where there is one.</summary>
    private NamedTensor[] HistoryTensors() => context.Options.Monitor is null
        ? [new NamedTensor(HistoryName, HistoryTensor.Of(context.History))]
        :
        [
            new NamedTensor(HistoryName, HistoryTensor.Of(context.History)),
            new NamedTensor(MetricsName, HistoryTensor.MetricsOf(context.History)),
        ];

    private void ThrowIfOfAnotherRun(CheckpointFile file, CheckpointTexts texts)
    {
        string architecture = ModelArchitecture.Of(context.Model).ToJson();
        if (file.Architecture != architecture)
        {
            throw CheckpointFile.OfAnotherRun(
                file.Source, $"its model is another one: the architecture must be {file.Architecture}, but is {architecture}");
        }

        string differences = RunSettings.Differences(texts.Options, _options.Value);
        if (differences.Length > 0)
        {
            throw CheckpointFile.OfAnotherRun(file.Source, differences);
        }

        HashSet<string> present = [.. CallbacksByKey().Select(pair => pair.Key)];
        if (texts.Callbacks.Keys.FirstOrDefault(key => !present.Contains(key)) is { } missing)
        {
            throw CheckpointFile.OfAnotherRun(file.Source, $"{missing} must be among the callbacks, as it has a state, but is not");
        }
    }

    private List<float[]> ReadTensors(CheckpointFile file)
    {
        List<float[]> values = [];
        foreach (string prefix in Prefixes)
        {
            foreach (Parameter parameter in _weights)
            {
                values.Add(file.Read(prefix + parameter.Name, parameter));
            }
        }

        return values;
    }

    private void RestoreCallbacks(string source, SortedDictionary<string, string> states)
    {
        foreach ((string key, TrainingCallback callback) in CallbacksByKey())
        {
            try
            {
                callback.RestoreState(states.GetValueOrDefault(key));
            }
            catch (FormatException exception)
            {
                throw CheckpointFile.Damaged(source, $"the state of the callback {key}", "readable", "not", inner: exception);
            }
        }
    }

    /// <summary>Every callback with its type's name and its place among the callbacks of that type, from 1.</summary>
    private IEnumerable<(string Key, TrainingCallback Callback)> CallbacksByKey() =>
        callbacks.GroupBy(callback => callback.GetType())
            .SelectMany(group => group.Select((callback, n) => ($"{group.Key.FullName}.{n + 1}", callback)));
}
