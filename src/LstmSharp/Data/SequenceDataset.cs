using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Sequences with what a model should answer: values (regression) or class indices (classification).</summary>
/// <remarks>Made of tensors or windows, the sequences have one length; made of a <see cref="SequenceList{T}"/>, any lengths. Everything is time-major and row-major, so <see cref="Inputs"/> goes into a model as it is. A dataset does not copy dense
/// tensors, nor the series that its windows show, nor the dataset that it is a subset of: leave them unchanged while it is in use. Batches
/// are gathered from there. It is read-only, so any number of threads may share it.</remarks>
public sealed partial class SequenceDataset
{
    private SequenceSource<float>? _inputs;
    private SequenceSource<int>? _tokens;
    private SequenceSource<float>? _targets;
    private SequenceSource<int>? _classes;

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

    /// <summary>The number of samples (sequences); may be 0.</summary>
    public int Count => Input.Count;

    /// <summary>The number of steps of every sequence, at least 1 unless the sequences are empty.</summary>
    /// <exception cref="InvalidOperationException">The sequences differ in length.</exception>
    public int SequenceLength => OneLengthOf(Input, "sequences", nameof(LengthOf), nameof(MaxSequenceLength));

    /// <summary>The number of steps of the longest sequence.</summary>
    public int MaxSequenceLength => Input.MaxLength;

    /// <summary>Whether the sequences differ in length.</summary>
    public bool IsRagged => Input.IsRagged;

    /// <summary>The number of features of every step, at least 1; 1 for tokens.</summary>
    public int InputSize => Input.Size;

    /// <summary>The number of steps of every sequence that have targets: 1 where only the last step answers, otherwise usually
    /// SequenceLength.</summary>
    /// <exception cref="InvalidOperationException">The sequences differ in length and every step has a target.</exception>
    public int TargetLength => OneLengthOf(Target, "targets", nameof(TargetLengthOf), nameof(MaxTargetLength));

    /// <summary>The number of steps of the longest sequence of targets.</summary>
    public int MaxTargetLength => Target.MaxLength;

    /// <summary>The number of target values of every step, at least 1; 1 for class targets.</summary>
    public int TargetSize => Target.Size;

    /// <summary>Whether the inputs are tokens (<see cref="Tokens"/>) rather than values (<see cref="Inputs"/>).</summary>
    public bool HasTokenInputs => _tokens is not null;

    /// <summary>Whether the targets are class indices (<see cref="Classes"/>) rather than values (<see cref="Targets"/>).</summary>
    public bool HasClassTargets => _classes is not null;

    /// <summary>The sequences, shape [SequenceLength, Count, InputSize].</summary>
    /// <remarks>Where the dataset was not made of a tensor, it is made when first asked for, and then kept and used for batches too: for
    /// large data take batches with <see cref="CopyBatch(ReadOnlySpan{int}, Span{float}, Span{float})"/>.</remarks>
    /// <exception cref="InvalidOperationException">The inputs are tokens, the sequences differ in length, or an array could not hold the
    /// tensor.</exception>
    public Tensor<float> Inputs
    {
        get
        {
            _ = InputSource;
            return TensorOf(ref _inputs!, nameof(Inputs));
        }
    }

    /// <summary>The tokens, shape [SequenceLength, Count].</summary>
    /// <remarks>Made, where it has to be, as <see cref="Inputs"/> is.</remarks>
    /// <exception cref="InvalidOperationException">The inputs are values, the sequences differ in length, or an array could not hold the
    /// tensor.</exception>
    public Tensor<int> Tokens
    {
        get
        {
            _ = TokenSource;
            Tensor<int> tokens = TensorOf(ref _tokens!, nameof(Tokens));
            return Tensor.Reshape(tokens, tokens.Lengths[..2]);
        }
    }

    /// <summary>The target values, shape [TargetLength, Count, TargetSize].</summary>
    /// <remarks>Made, where it has to be, as <see cref="Inputs"/> is.</remarks>
    /// <exception cref="InvalidOperationException">The dataset has class targets, the targets differ in length, or an array could not hold
    /// the tensor.</exception>
    public Tensor<float> Targets
    {
        get
        {
            _ = TargetSource;
            return TensorOf(ref _targets!, nameof(Targets));
        }
    }

    /// <summary>The target classes, shape [TargetLength, Count].</summary>
    /// <remarks>Made, where it has to be, as <see cref="Inputs"/> is.</remarks>
    /// <exception cref="InvalidOperationException">The dataset has values as targets, the targets differ in length, or an array could not
    /// hold the tensor.</exception>
    public Tensor<int> Classes
    {
        get
        {
            _ = ClassSource;
            Tensor<int> classes = TensorOf(ref _classes!, nameof(Classes));
            return Tensor.Reshape(classes, classes.Lengths[..2]);
        }
    }

    internal SequenceSource<float> InputSource => _inputs
        ?? throw new InvalidOperationException("SequenceDataset: the inputs are tokens, not values; use Tokens.");

    internal SequenceSource<int> TokenSource => _tokens
        ?? throw new InvalidOperationException("SequenceDataset: the inputs are values, not tokens; use Inputs.");

    internal SequenceSource<float> TargetSource => _targets
        ?? throw new InvalidOperationException("SequenceDataset: the targets are class indices, not values; use Classes.");

    internal SequenceSource<int> ClassSource => _classes
        ?? throw new InvalidOperationException("SequenceDataset: the targets are values, not class indices; use Targets.");

    private SequenceSource Input => (SequenceSource?)_inputs ?? _tokens!;

    private SequenceSource Target => (SequenceSource?)_targets ?? _classes!;

    /// <inheritdoc/>
    public override string ToString()
    {
        string inputs = HasTokenInputs ? $"{Steps(Input)} tokens" : $"{Steps(Input)} × {InputSize}";
        string targets = HasClassTargets ? $"{Steps(Target)} classes" : $"{Steps(Target)} × {TargetSize}";
        return $"SequenceDataset({Count} samples: {inputs} => {targets})";

        static string Steps(SequenceSource source) => source.IsRagged ? $"{source.MinLength}..{source.MaxLength}" : $"{source.MaxLength}";
    }

    /// <summary>The tensor of a source, which from now on is the source: what is written into it is in the batches too.</summary>
    private Tensor<T> TensorOf<T>(ref SequenceSource<T> source, string name)
        where T : unmanaged
    {
        SequenceSource<T> present = source;
        if (present.IsRagged)
        {
            throw new InvalidOperationException(
                $"{this}: {name} are of several lengths, which no tensor has; take batches with CopyBatch, or a Subset of one length.");
        }

        if (present is not TensorSource<T>)
        {
            var made = new TensorSource<T>(present.ToTensor(this, name));
            Interlocked.CompareExchange(ref source, made, present);
        }

        return ((TensorSource<T>)source).Tensor;
    }

    private int OneLengthOf(SequenceSource source, string what, string each, string longest) => source.IsRagged
        ? throw new InvalidOperationException($"{this}: the {what} differ in length; use {each} or {longest}.")
        : source.MaxLength;

    private static SequenceSource<T> SourceOf<T>(SequenceList<T> list)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(list);
        return list.ToSource();
    }

    private void ThrowIfTargetsDoNotFit(string inputsName, string targetsName)
    {
        if (Target.Count != Input.Count)
        {
            throw new ArgumentException(
                $"SequenceDataset: {targetsName} must hold {Input.Count} sequences as {inputsName} does, but holds {Target.Count}.", targetsName);
        }

        ThrowIfSeveralInAStep(_tokens, inputsName);
        ThrowIfSeveralInAStep(_classes, targetsName);
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
