namespace LstmSharp;

/// <summary>What must hold of model, data and options before training changes anything.</summary>
internal static class TrainingChecks
{
    public static void ThrowIfUnfit(SequenceModel model, SequenceDataset training, TrainingOptions options)
    {
        if (options.Loss is not (Loss<float> or Loss<int>))
        {
            throw new ArgumentException(
                $"Fit: Loss must be a Loss<float> or a Loss<int>, but {options.Loss} is neither.", nameof(options));
        }

        if (options.EarlyStopping is not null && options.Validation is null)
        {
            throw new ArgumentException("Fit: EarlyStopping needs Validation, but there is none; set TrainingOptions.Validation.", nameof(options));
        }

        ThrowIfUnfit(model, training, options, nameof(training));
        if (options.Validation is not null)
        {
            ThrowIfUnfit(model, options.Validation, options, nameof(options.Validation));
        }

        options.Optimizer.ThrowIfBoundToOther(model.Parameters);
    }

    private static void ThrowIfUnfit(SequenceModel model, SequenceDataset data, TrainingOptions options, string name)
    {
        Loss loss = options.Loss;
        void ThrowUnless(bool fits, string expected, string actual)
        {
            if (!fits)
            {
                throw new ArgumentException($"Fit: {name} must have {expected}, but {data} has {actual}.", name);
            }
        }

        ThrowUnless(data.Count > 0, "at least one sample", "none");
        ThrowUnless(
            data.InputSize == model.InputSize, $"InputSize {model.InputSize} as the model has", $"InputSize {data.InputSize}");
        int outputLength = model.OutputLength(data.SequenceLength);
        ThrowUnless(
            data.TargetLength == outputLength,
            $"TargetLength {outputLength}, the model's output length for {data.SequenceLength} steps",
            $"TargetLength {data.TargetLength}");
        ThrowUnless(
            data.HasClassTargets == loss is Loss<int>,
            $"{(loss is Loss<int> ? "class" : "value")} targets for the loss {loss}",
            $"{(data.HasClassTargets ? "class" : "value")} targets");
        model.OutputCount(outputLength, Math.Min(options.BatchSize, data.Count));
        if (loss is CrossEntropyLoss)
        {
            ThrowIfClassOutOfRange(model, data, name);
        }
        else if (!data.HasClassTargets)
        {
            ThrowUnless(
                data.TargetSize == model.OutputSize,
                $"TargetSize {model.OutputSize}, the model's OutputSize",
                $"TargetSize {data.TargetSize}");
        }
    }

    private static void ThrowIfClassOutOfRange(SequenceModel model, SequenceDataset data, string name)
    {
        ReadOnlySpan<int> classes = TensorValues.Of(data.Classes);
        for (int n = 0; n < classes.Length; n++)
        {
            if ((uint)classes[n] >= (uint)model.OutputSize && classes[n] != Loss.IgnoredTarget)
            {
                throw new ArgumentException(
                    $"Fit: {name} must have classes from 0 to {model.OutputSize - 1} (or {Loss.IgnoredTarget} to ignore), but {data} has " +
                    $"{classes[n]} at step {n / data.Count} of sample {n % data.Count}.",
                    name);
            }
        }
    }
}
