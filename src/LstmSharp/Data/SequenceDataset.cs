using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Sequences with what a model should answer: values (regression) or class indices (classification).</summary>
/// <remarks>Made of tensors or windows, the sequences have one length; made of a <see cref="SequenceList{T}"/>, any lengths. Everything
/// is time-major and row-major, so <see cref="Inputs"/> goes into a model as it is. A dataset does not copy dense
/// tensors, nor the series that its windows show, nor the dataset that it is a subset of: leave them unchanged while it is in use. Batches
/// are gathered from there. It is read-only, so any number of threads may share it.</remarks>
public sealed partial class SequenceDataset
{
    private SequenceSource<float>? _inputs;
    private SequenceSource<int>? _tokens;
    private SequenceSource<float>? _targets;
    private SequenceSource<int>? _classes;
    private bool _areLabels;

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

    /// <summary>Whether the class targets are labels that nobody knows the steps of, for <see cref="CtcLoss"/>: any number for each
    /// sequence.</summary>
    public bool HasLabelTargets => _areLabels;

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
        string targets = HasClassTargets ? $"{Steps(Target)} {(_areLabels ? "labels" : "classes")}" : $"{Steps(Target)} × {TargetSize}";
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
}
