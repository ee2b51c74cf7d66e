using System.Globalization;

namespace LstmSharp;

/// <summary>All of a run's options and data on which its bits depend, as texts: equal texts, equal runs.</summary>
/// <remarks>What one of these texts holds in turn, such as the settings of an optimizer, is compared as a whole: a setting that is added
/// there later must be left out of the text while it has its default.</remarks>
internal static class RunSettings
{
    private const string None = "none";

    /// <summary>The settings, each under the option's name.</summary>
    public static RunSetting[] Of(TrainingContext context, SequenceDataset training, IReadOnlyList<TrainingCallback> callbacks)
    {
        TrainingOptions options = context.Options;
        var rules = callbacks.Select(callback => callback.SettingsOf(options)).OfType<(string Option, string Settings)>()
            .ToLookup(rule => rule.Option, rule => rule.Settings);
        return
        [
            new(nameof(options.Loss), options.Loss.ToString()!, None),
            new(nameof(options.Optimizer), options.Optimizer.Settings, None),
            new(nameof(context.LearningRate), Text(context.InitialLearningRate), None),
            new(nameof(options.BatchSize), Text(options.BatchSize), "32"),
            new(nameof(options.AccumulateBatches), Text(options.AccumulateBatches), "1"),
            new(nameof(options.TruncateAfter), Text(options.TruncateAfter), None),
            new(nameof(options.Shuffle), options.Shuffle.ToString(), bool.TrueString),
            new(nameof(options.Seed), Text(options.Seed), "0"),
            new(nameof(options.ClipGradientNorm), Text(options.ClipGradientNorm), None),
            new(nameof(options.ClipGradientValue), Text(options.ClipGradientValue), None),
            new(nameof(options.EarlyStopping), Text(rules[nameof(options.EarlyStopping)]), None),
            new(nameof(options.Schedule), Text(rules[nameof(options.Schedule)]), None),
            new(nameof(options.WeightAveraging), options.WeightAveraging?.ToString() ?? None, None),
            new(nameof(options.Monitor), options.Monitor?.Settings ?? None, None),
            new(nameof(options.FrozenLayers), Text(PlacesOf(options.FrozenLayers, context.Model)), None),
            new("Training", DataFingerprint.Of(training), None),
            new(nameof(options.Validation), options.Validation is { } data ? DataFingerprint.Of(data) : None, None),
        ];
    }

    /// <summary>The settings as a checkpoint holds them.</summary>
    public static SortedDictionary<string, string> TextsOf(RunSetting[] settings) =>
        new(settings.ToDictionary(setting => setting.Name, setting => setting.Text), StringComparer.Ordinal);

    /// <summary>What keeps a run from going on where another one stopped; empty where nothing does.</summary>
    /// <param name="saved">What the checkpoint says. A setting that it lacks had its default; one that is unknown here cannot be kept.</param>
    /// <param name="present">The settings of the run that is to go on.</param>
    public static string Differences(SortedDictionary<string, string> saved, RunSetting[] present)
    {
        IEnumerable<string> known = present
            .Select(setting => (setting.Name, setting.Text, Saved: saved.GetValueOrDefault(setting.Name, setting.WhenMissing)))
            .Where(setting => setting.Saved != setting.Text)
            .Select(setting => $"{setting.Name} must be {setting.Saved}, but is {setting.Text}");
        IEnumerable<string> unknown = saved.Keys.Except(present.Select(setting => setting.Name))
            .Select(name => $"{name} must be {saved[name]}, but this version does not know it");
        return string.Join("; ", known.Concat(unknown).Order(StringComparer.Ordinal));
    }

    /// <summary>The kind of optimizer that a checkpoint is of, such as <c>Adam</c>.</summary>
    public static string OptimizerKindOf(SortedDictionary<string, string> saved) =>
        saved.GetValueOrDefault(nameof(TrainingOptions.Optimizer), None).Split('(')[0];

    private static IEnumerable<string> PlacesOf(IReadOnlyCollection<Layer> layers, SequenceModel model) =>
        model.AllLayers.Where(layer => layers.Contains(layer.Layer)).Select(layer => layer.Path);

    private static string Text(IEnumerable<string> rules) => string.Join(", ", rules.DefaultIfEmpty(None));

    private static string Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? None;
}
