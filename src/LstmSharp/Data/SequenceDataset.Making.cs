using System.Numerics.Tensors;

namespace LstmSharp;

/// <content>How a dataset is made, and what must hold of what it is made of.</content>
public sealed partial class SequenceDataset
{
    /// <summary>Makes a dataset with values as targets.</summary>
    /// <param name="inputs">Shape [SequenceLength, Count, InputSize].</param>
    /// <param name="targets">Shape [TargetLength, Count, TargetSize], or [Count, TargetSize] for one step (TargetLength 1).</param>
    /// <exception cref="ArgumentException">A shape has the wrong rank or a size of 0 other than Count, a tensor holds more values than
    /// an array can, or the counts differ.</exception>
    public SequenceDataset(Tensor<float> inputs, Tensor<float> targets)
        : this(inputs)
    {
        ArgumentNullException.ThrowIfNull(targets);
        if (targets.Rank is not (2 or 3))
        {
            throw new ArgumentException(
                $"SequenceDataset: targets must have the shape [TargetLength, Count, TargetSize] or [Count, TargetSize], "
                + $"but has {TensorValues.Shape(targets.Lengths)}.",
                nameof(targets));
        }

        TensorLimit.ThrowIfTooLarge(targets, nameof(SequenceDataset), nameof(targets));
        Tensor<float> dense = TensorValues.Dense(targets);
        Tensor<float> steps = dense.Rank == 3 ? dense : Tensor.Reshape(dense, [1, dense.Lengths[0], dense.Lengths[1]]);
        ThrowIfSizeIsNone(steps, 0, "TargetLength", nameof(targets));
        ThrowIfSizeIsNone(steps, 2, "TargetSize", nameof(targets));
        ThrowIfCountDiffers(steps.Lengths[1], nameof(targets));
        _targets = new TensorSource<float>(steps);
    }

    /// <summary>Makes a dataset with class indices as targets.</summary>
    /// <param name="inputs">Shape [SequenceLength, Count, InputSize].</param>
    /// <param name="classes">Shape [TargetLength, Count], or [Count] for one step (TargetLength 1).</param>
    /// <exception cref="ArgumentException">A shape has the wrong rank or a size of 0 other than Count, a tensor holds more values than
    /// an array can, or the counts differ.</exception>
    public SequenceDataset(Tensor<float> inputs, Tensor<int> classes)
        : this(inputs)
    {
        ArgumentNullException.ThrowIfNull(classes);
        if (classes.Rank is not (1 or 2))
        {
            throw new ArgumentException(
                $"SequenceDataset: classes must have the shape [TargetLength, Count] or [Count], "
                + $"but has {TensorValues.Shape(classes.Lengths)}.",
                nameof(classes));
        }

        TensorLimit.ThrowIfTooLarge(classes, nameof(SequenceDataset), nameof(classes));
        Tensor<int> dense = TensorValues.Dense(classes);
        Tensor<int> steps = Tensor.Reshape(dense, dense.Rank == 2 ? [dense.Lengths[0], dense.Lengths[1], 1] : [1, dense.Lengths[0], 1]);
        ThrowIfSizeIsNone(steps, 0, "TargetLength", nameof(classes));
        ThrowIfCountDiffers(steps.Lengths[1], nameof(classes));
        _classes = new TensorSource<int>(steps);
    }

    private SequenceDataset(Tensor<float> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Rank != 3)
        {
            throw new ArgumentException(
                $"SequenceDataset: inputs must have the shape [SequenceLength, Count, InputSize], but has {TensorValues.Shape(inputs.Lengths)}.",
                nameof(inputs));
        }

        TensorLimit.ThrowIfTooLarge(inputs, nameof(SequenceDataset), nameof(inputs));
        ThrowIfSizeIsNone(inputs, 0, "SequenceLength", nameof(inputs));
        ThrowIfSizeIsNone(inputs, 2, "InputSize", nameof(inputs));
        _inputs = new TensorSource<float>(TensorValues.Dense(inputs));
    }

    /// <summary>Makes a dataset of sequences of any lengths with values as targets.</summary>
    /// <param name="inputs">The sequences; what is added later is not in the dataset.</param>
    /// <param name="targets">For each sequence either one step of targets, or as many as the sequence has.</param>
    /// <exception cref="ArgumentException">The counts differ, or targets have another length.</exception>
    public SequenceDataset(SequenceList<float> inputs, SequenceList<float> targets)
        : this(SourceOf(inputs), null, SourceOf(targets), null) => ThrowIfTargetsDoNotFit(nameof(inputs), nameof(targets));

    /// <summary>Makes a dataset of sequences of any lengths with class indices as targets.</summary>
    /// <param name="inputs">The sequences; what is added later is not in the dataset.</param>
    /// <param name="classes">For each sequence either one class, or as many as the sequence has steps.</param>
    /// <exception cref="ArgumentException">The counts differ, classes have another length, or a step holds several.</exception>
    public SequenceDataset(SequenceList<float> inputs, SequenceList<int> classes)
        : this(SourceOf(inputs), null, null, SourceOf(classes)) => ThrowIfTargetsDoNotFit(nameof(inputs), nameof(classes));

    /// <summary>Makes a dataset of token sequences of any lengths with values as targets.</summary>
    /// <param name="tokens">The sequences, one token a step; what is added later is not in the dataset.</param>
    /// <param name="targets">For each sequence either one step of targets, or as many as the sequence has.</param>
    /// <exception cref="ArgumentException">The counts differ, targets have another length, or a step holds several tokens.</exception>
    public SequenceDataset(SequenceList<int> tokens, SequenceList<float> targets)
        : this(null, SourceOf(tokens), SourceOf(targets), null) => ThrowIfTargetsDoNotFit(nameof(tokens), nameof(targets));

    /// <summary>Makes a dataset of token sequences of any lengths with class indices as targets.</summary>
    /// <param name="tokens">The sequences, one token a step; what is added later is not in the dataset.</param>
    /// <param name="classes">For each sequence either one class, or as many as the sequence has steps.</param>
    /// <exception cref="ArgumentException">The counts differ, classes have another length, or a step holds several.</exception>
    public SequenceDataset(SequenceList<int> tokens, SequenceList<int> classes)
        : this(null, SourceOf(tokens), null, SourceOf(classes)) => ThrowIfTargetsDoNotFit(nameof(tokens), nameof(classes));

    /// <summary>Makes a dataset of sequences of any lengths with labels of any number for each, whose steps nobody knows: for
    /// <see cref="CtcLoss"/>.</summary>
    /// <param name="inputs">The sequences; what is added later is not in the dataset.</param>
    /// <param name="labels">The labels of each sequence, in their order; may be none.</param>
    /// <exception cref="ArgumentException">The counts differ, or a step holds several labels.</exception>
    public static SequenceDataset WithLabels(SequenceList<float> inputs, SequenceList<int> labels) =>
        new SequenceDataset(SourceOf(inputs), null, null, SourceOf(labels)).ThrowIfLabelsDoNotFit(nameof(inputs), nameof(labels));

    /// <summary>Makes a dataset of token sequences of any lengths with labels of any number for each, whose steps nobody knows: for
    /// <see cref="CtcLoss"/>.</summary>
    /// <param name="tokens">The sequences, one token a step; what is added later is not in the dataset.</param>
    /// <param name="labels">The labels of each sequence, in their order; may be none.</param>
    /// <exception cref="ArgumentException">The counts differ, or a step holds several tokens or labels.</exception>
    public static SequenceDataset WithLabels(SequenceList<int> tokens, SequenceList<int> labels) =>
        new SequenceDataset(null, SourceOf(tokens), null, SourceOf(labels)).ThrowIfLabelsDoNotFit(nameof(tokens), nameof(labels));

    /// <summary>Makes a dataset of sources of as many samples.</summary>
    internal SequenceDataset(SequenceSource<float> inputs, SequenceSource<float> targets)
        : this(inputs, null, targets, null)
    {
    }

    private SequenceDataset(
        SequenceSource<float>? inputs, SequenceSource<int>? tokens, SequenceSource<float>? targets, SequenceSource<int>? classes)
    {
        _inputs = inputs;
        _tokens = tokens;
        _targets = targets;
        _classes = classes;
    }

    private static SequenceSource<T> SourceOf<T>(SequenceList<T> list)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(list);
        return list.ToSource();
    }

    private SequenceDataset ThrowIfLabelsDoNotFit(string inputsName, string labelsName)
    {
        _areLabels = true;
        ThrowIfCountsDiffer(inputsName, labelsName);
        return this;
    }

    private void ThrowIfCountsDiffer(string inputsName, string targetsName)
    {
        if (Target.Count != Input.Count)
        {
            throw new ArgumentException(
                $"SequenceDataset: {targetsName} must hold {Input.Count} sequences as {inputsName} does, but holds {Target.Count}.", targetsName);
        }

        ThrowIfSeveralInAStep(_tokens, inputsName);
        ThrowIfSeveralInAStep(_classes, targetsName);
    }

    private void ThrowIfTargetsDoNotFit(string inputsName, string targetsName)
    {
        ThrowIfCountsDiffer(inputsName, targetsName);
        bool isOneForEach = Target is { MinLength: 1, MaxLength: 1 };
        for (int sample = 0; sample < Count && !isOneForEach; sample++)
        {
            if (TargetLengthOf(sample) != LengthOf(sample))
            {
                throw new ArgumentException(
                    $"SequenceDataset: {targetsName} must hold one step for each sequence, or as many as the sequence has, but sequence {sample} "
                    + $"has {LengthOf(sample)} steps in {inputsName} and {TargetLengthOf(sample)} in {targetsName}.",
                    targetsName);
            }
        }
    }

    private static void ThrowIfSeveralInAStep(SequenceSource<int>? source, string name)
    {
        if (source is { Size: > 1 })
        {
            throw new ArgumentException($"SequenceDataset: {name} must hold one value a step, but holds {source.Size}.", name);
        }
    }

    private void ThrowIfCountDiffers(nint count, string name)
    {
        if (count != Count)
        {
            throw new ArgumentException($"SequenceDataset: {name} must hold {Count} samples as inputs does, but holds {count}.", name);
        }
    }

    private static void ThrowIfSizeIsNone<T>(Tensor<T> tensor, int dimension, string size, string name)
    {
        if (tensor.Lengths[dimension] is not (> 0 and <= int.MaxValue))
        {
            throw new ArgumentException(
                $"SequenceDataset: the {size} of {name} must be from 1 to {int.MaxValue}, but the shape is {TensorValues.Shape(tensor.Lengths)}.",
                name);
        }
    }
}
