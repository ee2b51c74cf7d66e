namespace LstmSharp;

/// <summary>What must hold of model, data and options before training changes anything, or an evaluation begins.</summary>
internal static class TrainingChecks
{
    public static void ThrowIfUnfit(SequenceModel model, SequenceDataset training, TrainingOptions options)
    {
        if (options.Validation is null
            && options.CallbacksWith(null).FirstOrDefault(callback => callback.BringsBestWeightsBack) is { } callback)
        {
            throw new ArgumentException(
                $"Fit: {callback.GetType().Name} needs Validation, but there is none; set TrainingOptions.Validation.", nameof(options));
        }

        if (options.Monitor is { } monitor)
        {
            if (options.Validation is null)
            {
                throw new ArgumentException(
                    $"Fit: Monitor {monitor.GetType().Name} needs Validation, but there is none; set TrainingOptions.Validation.",
                    nameof(options));
            }

            ThrowIfOfOtherTargets("Fit", monitor, options.Validation);
        }

        ThrowIfFrozenDoNotFit(model, options);
        ThrowIfUnfit("Fit", model, training, options.Loss, options.BatchSize, nameof(training));
        LogitsCheck.ThrowIfBounded(model, options.Loss);
        ThrowIfNoTargetCounts(training, options.Loss, nameof(training));
        ThrowIfCannotBeCut(model, training, options);
        if (options.Validation is not null)
        {
            ThrowIfUnfit("Fit", model, options.Validation, options.Loss, options.BatchSize, nameof(options.Validation));
            ThrowIfNoTargetCounts(options.Validation, options.Loss, nameof(options.Validation));
        }

        options.Optimizer.ThrowIfBoundToOther(model.Parameters);
    }

    /// <summary>Makes sure that a model can run on data and a loss can judge it.</summary>
    /// <param name="who">Whose name messages begin with.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">The data.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="batchSize">How many samples run at once, if there are so many.</param>
    /// <param name="name">What the caller calls the data.</param>
    public static void ThrowIfUnfit(string who, SequenceModel model, SequenceDataset data, Loss loss, int batchSize, string name)
    {
        void ThrowUnless(bool fits, string expected, string actual)
        {
            if (!fits)
            {
                throw new ArgumentException($"{who}: {name} must have {expected}, but {data} has {actual}.", name);
            }
        }

        if (loss is not (Loss<float> or Loss<int> or CtcLoss))
        {
            throw new ArgumentException($"{who}: Loss must be a Loss<float>, a Loss<int> or a CtcLoss, but {loss} is none of them.", nameof(loss));
        }

        ThrowUnless(data.Count > 0, "at least one sample", "none");
        ThrowUnless(
            data.HasTokenInputs == model.VocabularySize is not null,
            model.VocabularySize is null ? "values as inputs" : $"tokens as inputs for {model.Layers[0]}",
            data.HasTokenInputs ? "tokens" : "values");
        ThrowUnless(
            data.InputSize == model.InputSize, $"InputSize {model.InputSize} as the model has", $"InputSize {data.InputSize}");
        ThrowIfTokenOutOfRange(who, model, data, name);
        Layer? whole = model.Layers.FirstOrDefault(layer => layer.TakesOneLength);
        ThrowUnless(!data.IsRagged || whole is null, $"sequences of one length for {whole}", "several lengths");
        int empty = data.FirstEmptyWithTarget();
        ThrowUnless(empty < 0, "a step in every sequence that has a target", $"none in sample {empty}");
        int rows = Math.Min(batchSize, data.Count);
        ThrowUnless(
            (Int128)data.MaxSequenceLength * rows * data.InputSize <= Array.MaxLength,
            $"at most {Array.MaxLength} input values in a batch",
            $"{data.MaxSequenceLength} steps × {rows} samples × {data.InputSize} features; make the batch size smaller");
        int outputLength = model.OutputLength(data.MaxSequenceLength);
        ThrowUnless(
            data.HasLabelTargets == loss is CtcLoss,
            loss is CtcLoss ? $"labels for the loss {loss}, as SequenceDataset.WithLabels gives them" : $"a target for each output for the loss {loss}",
            loss is CtcLoss ? "targets of known steps" : "labels without steps, which are for a CtcLoss");
        if (loss is CtcLoss ctc)
        {
            model.OutputCount(outputLength, rows);
            LabelChecks.ThrowIfUnfit(who, model, data, ctc, name);
            return;
        }

        ThrowUnless(
            data.MaxTargetLength == outputLength,
            $"TargetLength {outputLength}, the model's output length for {data.MaxSequenceLength} steps",
            $"TargetLength {data.MaxTargetLength}");
        ThrowUnless(
            data.HasClassTargets == loss is Loss<int>,
            $"{(loss is Loss<int> ? "class" : "value")} targets for the loss {loss}",
            $"{(data.HasClassTargets ? "class" : "value")} targets");
        model.OutputCount(outputLength, rows);
        if (loss is CrossEntropyLoss crossEntropy)
        {
            ThrowUnless(
                crossEntropy.Classes == 0 || crossEntropy.Classes == model.OutputSize,
                $"as many classes as the loss {loss} has weights, {crossEntropy.Classes}",
                $"a model with OutputSize {model.OutputSize}");
            ThrowIfClassOutOfRange(who, model, data, name);
        }
        else if (loss is Loss<float> ofValues)
        {
            int outputs = ofValues.OutputsPerTarget;
            ThrowUnless(
                (long)data.TargetSize * outputs == model.OutputSize,
                outputs == 1
                    ? $"TargetSize {model.OutputSize}, the model's OutputSize"
                    : $"a TargetSize that is the model's OutputSize {model.OutputSize} over {outputs}, as {loss} takes {outputs} outputs for each target",
                $"TargetSize {data.TargetSize}");
        }

        if (loss is SummedOutputsLoss summed)
        {
            ThrowUnless(
                summed.Outputs == model.OutputSize,
                $"{summed.Outputs} values a step for the loss {loss}",
                $"{model.OutputSize}");
            loss = summed.Inner;
        }

        if (loss is ILimitedTargets limited)
        {
            foreach ((long firstRow, ReadOnlyMemory<float> targets) in data.TargetSource.Blocks())
            {
                int wrong = limited.IndexOutsideLimits(targets.Span);
                long row = firstRow + (Math.Max(wrong, 0) / data.TargetSize);
                ThrowUnless(
                    wrong < 0,
                    $"targets {limited.Limits} for the loss {loss}",
                    wrong < 0 ? string.Empty : FormattableString.Invariant(
                        $"{targets.Span[wrong]} at step {row / data.Count} of sample {row % data.Count}"));
            }
        }
    }

    /// <summary>Makes sure that a metric takes the data's kind of targets.</summary>
    public static void ThrowIfOfOtherTargets(string who, Metric metric, SequenceDataset data)
    {
        if (data.HasLabelTargets)
        {
            throw new ArgumentException(
                $"{who}: metrics need a target for each output, but {data} has labels without steps, so {metric.GetType().Name} cannot count.",
                nameof(metric));
        }

        if (data.HasClassTargets ? metric is not Metric<int> : metric is not Metric<float>)
        {
            throw new ArgumentException(
                $"{who}: metrics must be of {(data.HasClassTargets ? "classes" : "values")} for {data}, but {metric.GetType().Name} is not.",
                nameof(metric));
        }
    }

    /// <summary>Makes sure that sequences longer than a window have a target at every step, and every window a step of its own.</summary>
    private static void ThrowIfCannotBeCut(SequenceModel model, SequenceDataset training, TrainingOptions options)
    {
        if (!(options.TruncateAfter < training.MaxSequenceLength))
        {
            return;
        }

        if (model.Layers.FirstOrDefault(layer => !layer.IsStepwise) is { } layer)
        {
            throw new ArgumentException(
                $"Fit: TruncateAfter {options.TruncateAfter} needs a model that answers at every step, as {training} has longer sequences, but "
                + $"{layer} does not let every step through; take it out and give every step a target, or set a MemoryBudget instead.",
                nameof(options));
        }

        if (model.Layers.FirstOrDefault(layer => layer.LooksAhead) is { } ahead)
        {
            throw new ArgumentException(
                $"Fit: TruncateAfter {options.TruncateAfter} would cut sequences of {training}, but {ahead} reads them from their ends; "
                + "leave TruncateAfter out, or take a layer that reads forward alone.",
                nameof(options));
        }

        if (options.Loss is CtcLoss)
        {
            throw new ArgumentException(
                $"Fit: TruncateAfter {options.TruncateAfter} cuts sequences of {training}, but {options.Loss} needs them whole, as nobody knows "
                + "which labels belong to a window; set a MemoryBudget instead.",
                nameof(options));
        }

        if (options.AccumulateBatches > 1)
        {
            throw new ArgumentException(
                $"Fit: TruncateAfter makes every window a step of its own, so AccumulateBatches must be 1, but is {options.AccumulateBatches}; "
                + "use a larger BatchSize.",
                nameof(options));
        }
    }

    private static void ThrowIfFrozenDoNotFit(SequenceModel model, TrainingOptions options)
    {
        if (options.FrozenLayers.FirstOrDefault(layer => !model.AllLayers.Any(own => own.Layer == layer)) is { } stranger)
        {
            throw new ArgumentException(
                $"Fit: FrozenLayers must be layers of the model, but {stranger} is none; take them from its Layers.", nameof(options));
        }

        if (options.FrozenLayers.Count > 0 && model.Parameters.All(parameter => options.FrozenLayers.Any(layer => layer.Parameters.Contains(parameter))))
        {
            throw new ArgumentException(
                "Fit: FrozenLayers must leave a layer with weights to train, but hold all of them.", nameof(options));
        }
    }

    /// <summary>Makes sure that data has a loss: that of no targets would be as low as none ever is.</summary>
    private static void ThrowIfNoTargetCounts(SequenceDataset data, Loss loss, string name)
    {
        bool counts = loss is CtcLoss || (loss is Loss<int> ofClasses
            ? data.ClassSource.Blocks().Any(block => ofClasses.TotalWeight(block.Values.Span) > 0)
            : data.TargetSource.Blocks().Any(block => ((Loss<float>)loss).TotalWeight(block.Values.Span) > 0));
        if (!counts)
        {
            throw new ArgumentException(
                $"Fit: {name} must have at least one target that counts, but the loss {loss} ignores all of {data}.", name);
        }
    }

    private static void ThrowIfTokenOutOfRange(string who, SequenceModel model, SequenceDataset data, string name)
    {
        if (model.VocabularySize is not { } size)
        {
            return;
        }

        foreach ((long firstRow, ReadOnlyMemory<int> tokens) in data.TokenSource.Blocks())
        {
            int wrong = tokens.Span.IndexOfAnyExceptInRange(0, size - 1);
            long row = firstRow + wrong;
            if (wrong >= 0)
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"{who}: {name} must have tokens from 0 to {size - 1} for {model.Layers[0]}, but {data} has ") +
                    FormattableString.Invariant($"{tokens.Span[wrong]} at step {row / data.Count} of sample {row % data.Count}."),
                    name);
            }
        }
    }

    private static void ThrowIfClassOutOfRange(string who, SequenceModel model, SequenceDataset data, string name)
    {
        foreach ((long firstRow, ReadOnlyMemory<int> classes) in data.ClassSource.Blocks())
        {
            for (int n = 0; n < classes.Length; n++)
            {
                int given = classes.Span[n];
                long row = firstRow + n;
                if ((uint)given >= (uint)model.OutputSize && given != Loss.IgnoredTarget)
                {
                    throw new ArgumentException(
                        FormattableString.Invariant($"{who}: {name} must have classes from 0 to {model.OutputSize - 1} ") +
                        FormattableString.Invariant($"(or {Loss.IgnoredTarget} to ignore), but {data} has {given} at ") +
                        FormattableString.Invariant($"step {row / data.Count} of sample {row % data.Count}."),
                        name);
                }
            }
        }
    }
}
