namespace LstmSharp;

/// <summary>Saves a run of training with everything that the rest of it depends on, and brings it back.</summary>
/// <remarks>Random numbers are drawn for the order of the samples alone, which is a function of seed and epoch: there is no random state to
/// save. Between two windows of a batch, the states that the second one starts from are saved, too.</remarks>
internal sealed class RunCheckpoint(
    TrainingContext context,
    SequenceDataset training,
    TrainingSteps steps,
    WeightsToPredictWith toPredictWith,
    IReadOnlyList<TrainingCallback> callbacks)
{
    public const string ModelPrefix = "model.";
    public const string AveragePrefix = "average.";
    private const string HistoryName = "history";
    private const string MetricsName = "history.metric";
    private const string StepsKey = "optimizerSteps";
    private readonly Lazy<RunSetting[]> _settings = new(() => RunSettings.Of(context, training, callbacks));
    private readonly ParameterSet _weights = context.Model.Parameters;
    private readonly Optimizer _optimizer = context.Options.Optimizer;
    private readonly BestWeights? _best = toPredictWith.Best;
    private readonly AveragedWeights? _averaged = toPredictWith.Average;

    /// <summary>What the names of the tensors of <see cref="Sets"/> begin with.</summary>
    private string[] Prefixes =>
    [
        .. PrefixesToBeginWith,
        .. _best is null ? Array.Empty<string>() : ["best."],
        .. _averaged is null ? Array.Empty<string>() : [AveragePrefix],
    ];

    /// <summary>The weights, the optimizer's moments, the best weights and the averaged ones.</summary>
    private ParameterSet[] Sets => [.. SetsToBeginWith, .. new[] { _best?.Copy, _averaged?.Average }.OfType<ParameterSet>()];

    private string[] PrefixesToBeginWith => [ModelPrefix, .. _optimizer.MomentNames.Select(PrefixOf)];

    private ParameterSet[] SetsToBeginWith => [_weights, .. _optimizer.Moments];

    /// <summary>All of the run as it is now.</summary>
    public CheckpointContent Take()
    {
        CheckpointTexts texts = new() { Options = RunSettings.TextsOf(_settings.Value), State = context.Position.ToState() };
        texts.State[StepsKey] = StateText.Of(_optimizer.Steps);
        if (_best is not null)
        {
            texts.State["lowestValidationLoss"] = StateText.Of(_best.LowestScore);
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
        return new CheckpointContent(
            ModelArchitecture.Of(context.Model).ToJson(),
            texts,
            [.. tensors, .. HistoryTensors(), .. CarriedState.TensorsOf(steps.CarriedState)]);
    }

    /// <summary>Brings a run back. Nothing is changed unless all of the checkpoint is in order and fits.</summary>
    /// <exception cref="ModelFileException">The file is damaged or no checkpoint.</exception>
    /// <exception cref="ArgumentException">It is the checkpoint of another model or of other options.</exception>
    public void Restore(string path)
    {
        using var file = CheckpointFile.Open(path);
        CheckpointTexts texts = file.ReadTexts();
        ThrowIfOfAnotherRun(file, texts);
        List<float[]> values = ReadTensors(file, Prefixes);
        List<EpochSummary> history = HistoryTensor.Read(file.ReadRows(HistoryName, HistoryTensor.Columns), context.Options);
        if (context.Options.Monitor is not null)
        {
            HistoryTensor.AddMetrics(history, file.ReadRows(MetricsName, 1), file.Source);
        }

        var state = new StateReader(texts.State, file.Source);
        long optimizerSteps = OptimizerSteps(state);
        double lowestLoss = _best is null ? double.PositiveInfinity : state.Number("lowestValidationLoss");
        TrainingPosition position = TrainingPosition.Read(state, history.Count, context);
        state.ThrowIfAnyIsLeft();
        steps.BeginEpoch(position.Epoch);
        ModelState? carriedState = steps.GoTo(position.Batch);
        List<float[]> carried = CarriedState.Read(file, carriedState);
        file.ThrowIfCountDiffers(values.Count + (context.Options.Monitor is null ? 1 : 2) + carried.Count);
        RestoreCallbacks(file.Source, texts.Callbacks);

        _optimizer.Bind(_weights);
        Write(values, Sets);
        CarriedState.Write(carried, carriedState);
        _optimizer.ContinueAfter(optimizerSteps);
        _best?.LowestScore = (float)lowestLoss;
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

    /// <summary>Brings the weights and the optimizer's state back, to begin a run with. Nothing is changed unless they are in order and
    /// fit.</summary>
    /// <exception cref="ModelFileException">The file is damaged or no checkpoint.</exception>
    /// <exception cref="ArgumentException">It is the checkpoint of another model or kind of optimizer.</exception>
    public void RestoreWeightsAndMoments(string path)
    {
        using var file = CheckpointFile.Open(path);
        CheckpointTexts texts = file.ReadTexts();
        if (DifferenceOfModel(file) is { } difference)
        {
            throw CheckpointFile.OfAnotherKind(file.Source, difference);
        }

        string kind = RunSettings.OptimizerKindOf(texts.Options);
        if (kind != _optimizer.GetType().Name)
        {
            throw CheckpointFile.OfAnotherKind(file.Source, $"its Optimizer is {kind}, but this run's is {_optimizer}");
        }

        if (_optimizer.MomentNames.FirstOrDefault(moment => !file.Holds(PrefixOf(moment) + _weights[0].Name)) is { } missing)
        {
            throw CheckpointFile.OfAnotherKind(file.Source, $"{_optimizer} needs the moment '{missing}', which it does not hold");
        }

        List<float[]> values = ReadTensors(file, PrefixesToBeginWith);
        long steps = OptimizerSteps(new StateReader(texts.State, file.Source));
        _optimizer.Bind(_weights);
        Write(values, SetsToBeginWith);
        _optimizer.ContinueAfter(steps);
    }

    private static string PrefixOf(string moment) => $"optimizer.{moment}.";

    private static long OptimizerSteps(StateReader state) => state.Count(StepsKey, 0, StateReader.MaxCount);

    private static void Write(List<float[]> values, ParameterSet[] sets)
    {
        int n = 0;
        foreach (Parameter parameter in sets.SelectMany(set => set))
        {
            parameter.CopyFrom(values[n++]);
        }
    }

    private void ThrowIfOfAnotherRun(CheckpointFile file, CheckpointTexts texts)
    {
        if (DifferenceOfModel(file) is { } difference)
        {
            throw CheckpointFile.OfAnotherRun(file.Source, difference);
        }

        string differences = RunSettings.Differences(texts.Options, _settings.Value);
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

    /// <summary>Compares what the texts mean, so that a key that came later may be missing.</summary>
    private string? DifferenceOfModel(CheckpointFile file)
    {
        string saved = ModelArchitecture.Parse(file.ArchitectureJson).ToJson(), present = ModelArchitecture.Of(context.Model).ToJson();
        return saved == present ? null : $"its model is another one: the architecture must be {saved}, but is {present}";
    }

    private List<float[]> ReadTensors(CheckpointFile file, string[] prefixes)
    {
        List<float[]> values = [];
        foreach (string prefix in prefixes)
        {
            foreach (Parameter parameter in _weights)
            {
                values.Add(file.Read(prefix + parameter.Name, parameter));
            }
        }

        return values;
    }

    /// <summary>Gives all callbacks their states or, where one refuses, gives it and those before it the states back that they had.</summary>
    private void RestoreCallbacks(string source, SortedDictionary<string, string> states)
    {
        (string Key, TrainingCallback Callback)[] all = [.. CallbacksByKey()];
        string?[] before = Array.ConvertAll(all, pair => pair.Callback.SaveState());
        int current = 0;
        try
        {
            for (; current < all.Length; current++)
            {
                all[current].Callback.RestoreState(states.GetValueOrDefault(all[current].Key));
            }
        }
        catch (Exception exception)
        {
            for (int n = current; n >= 0; n--)
            {
                TryGiveBack(all[n].Callback, before[n]);
            }

            if (exception is FormatException)
            {
                throw CheckpointFile.Damaged(source, $"the state of the callback {all[current].Key}", "readable", "not", inner: exception);
            }

            throw;
        }
    }

    /// <summary>Gives a callback its own state back. One that refuses even that must not keep the others from theirs: the first refusal is
    /// the one to tell of.</summary>
    private static void TryGiveBack(TrainingCallback callback, string? state)
    {
        try
        {
            callback.RestoreState(state);
        }
        catch (Exception)
        {
        }
    }

    /// <summary>Every callback with its type's name and its place among the callbacks of that type, from 1.</summary>
    private IEnumerable<(string Key, TrainingCallback Callback)> CallbacksByKey() =>
        callbacks.GroupBy(callback => callback.GetType())
            .SelectMany(group => group.Select((callback, n) => ($"{group.Key.FullName}.{n + 1}", callback)));
}
