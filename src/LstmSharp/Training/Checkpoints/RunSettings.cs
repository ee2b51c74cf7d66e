using System.Globalization;

namespace LstmSharp;

/// <summary>All of a run's options and data on which its bits depend, as texts: equal texts, equal runs.</summary>
internal static class RunSettings
{
    private const string None = "none";

    /// <summary>The texts, each under the option's name.</summary>
    public static SortedDictionary<string, string> Of(
        TrainingContext context, SequenceDataset training, IReadOnlyList<TrainingCallback> callbacks)
    {
        TrainingOptions options = context.Options;
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [nameof(options.Loss)] = options.Loss.ToString()!,
            [nameof(options.Optimizer)] = options.Optimizer.Settings,
            [nameof(context.LearningRate)] = Text(context.InitialLearningRate),
            [nameof(options.BatchSize)] = Text(options.BatchSize),
            [nameof(options.Shuffle)] = options.Shuffle.ToString(),
            [nameof(options.Seed)] = Text(options.Seed),
            [nameof(options.ClipGradientNorm)] = Text(options.ClipGradientNorm),
            [nameof(options.ClipGradientValue)] = Text(options.ClipGradientValue),
            [nameof(options.EarlyStopping)] = Text(callbacks.OfType<EarlyStopping>()),
            [nameof(options.Schedule)] = Text(callbacks.OfType<LearningRateSchedule>().Select(rule => TextOf(rule, options.Epochs))),
            ["Training"] = DataFingerprint.Of(training),
            [nameof(options.Validation)] = options.Validation is { } data ? DataFingerprint.Of(data) : None,
        };
        if (options.Monitor is { } monitor)
        {
            texts[nameof(options.Monitor)] = monitor.GetType().FullName!;
        }

        if (options.FrozenLayers.Count > 0)
        {
            texts[nameof(options.FrozenLayers)] = string.Join(
                ", ", context.Model.Layers.Index().Where(layer => options.FrozenLayers.Contains(layer.Item)).Select(layer => Text(layer.Index)));
        }

        return texts;
    }

    /// <summary>What keeps a run from going on where another one stopped; empty where nothing does.</summary>
    public static string Differences(SortedDictionary<string, string> saved, SortedDictionary<string, string> present)
    {
        IEnumerable<string> keys = saved.Keys.Union(present.Keys).Order(StringComparer.Ordinal);
        return string.Join("; ", keys
            .Where(key => saved.GetValueOrDefault(key) != present.GetValueOrDefault(key))
            .Select(key => $"{key} must be {saved.GetValueOrDefault(key, None)}, but is {present.GetValueOrDefault(key, None)}"));
    }

    private static string TextOf(LearningRateSchedule schedule, int epochs) =>
        schedule.DependsOnEpochs ? $"{schedule} over {Text(epochs)} epochs" : schedule.ToString()!;

    private static string Text(IEnumerable<object> rules) => string.Join(", ", rules.DefaultIfEmpty(None));

    private static string Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? None;
}
