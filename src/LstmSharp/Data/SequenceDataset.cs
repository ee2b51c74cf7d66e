using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Sequences of equal length with what a model should answer: values (regression) or class indices (classification).</summary>
/// <remarks>Everything is time-major and row-major, so <see cref="Inputs"/> goes into a model as it is. A dataset does not copy dense
/// tensors, nor the series that its windows show, nor the dataset that it is a subset of: leave them unchanged while it is in use. Batches
/// are gathered from there. It is read-only, so any number of threads may share it.</remarks>
public sealed class SequenceDataset
{
    private SequenceSource<float> _inputs;
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

    /// <summary>Makes a dataset of sources of as many samples.</summary>
    internal SequenceDataset(SequenceSource<float> inputs, SequenceSource<float> targets)
    {
        _inputs = inputs;
        _targets = targets;
    }

    private SequenceDataset(SequenceSource<float> inputs, SequenceSource<int> classes)
    {
        _inputs = inputs;
        _classes = classes;
    }

    /// <summary>The number of samples (sequences); may be 0.</summary>
    public int Count => _inputs.Count;

    /// <summary>The number of steps of every sequence, at least 1.</summary>
    public int SequenceLength => _inputs.MaxLength;

    /// <summary>The number of features of every step, at least 1.</summary>
    public int InputSize => _inputs.Size;

    /// <summary>The number of steps that have targets: 1 where only the last step answers, otherwise usually SequenceLength.</summary>
    public int TargetLength => _classes?.MaxLength ?? _targets!.MaxLength;

    /// <summary>The number of target values of every step, at least 1; 1 for class targets.</summary>
    public int TargetSize => _classes?.Size ?? _targets!.Size;

    /// <summary>Whether the targets are class indices (<see cref="Classes"/>) rather than values (<see cref="Targets"/>).</summary>
    public bool HasClassTargets => _classes is not null;

    /// <summary>The sequences, shape [SequenceLength, Count, InputSize].</summary>
    /// <remarks>Of windows and subsets the tensor is made when it is first asked for, and then kept and used for batches too: for large
    /// data take batches with <see cref="CopyBatch(ReadOnlySpan{int}, Span{float}, Span{float})"/>.</remarks>
    /// <exception cref="InvalidOperationException">An array could not hold the tensor.</exception>
    public Tensor<float> Inputs => TensorOf(ref _inputs, nameof(Inputs));

    /// <summary>The target values, shape [TargetLength, Count, TargetSize].</summary>
    /// <remarks>Made, where it has to be, as <see cref="Inputs"/> is.</remarks>
    /// <exception cref="InvalidOperationException">The dataset has class targets, or an array could not hold the tensor.</exception>
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
    /// <exception cref="InvalidOperationException">The dataset has values as targets, or an array could not hold the tensor.</exception>
    public Tensor<int> Classes
    {
        get
        {
            _ = ClassSource;
            return Tensor.Reshape(TensorOf(ref _classes!, nameof(Classes)), [TargetLength, Count]);
        }
    }

    internal SequenceSource<float> InputSource => _inputs;

    internal SequenceSource<float> TargetSource => _targets
        ?? throw new InvalidOperationException("SequenceDataset: the targets are class indices, not values; use Classes.");

    internal SequenceSource<int> ClassSource => _classes
        ?? throw new InvalidOperationException("SequenceDataset: the targets are values, not class indices; use Targets.");

    /// <summary>Gathers a batch of samples with values as targets. Allocates nothing.</summary>
    /// <param name="samples">The samples' positions, each from 0 to Count − 1, in any order; its length is the batch size B.</param>
    /// <param name="inputs">Receives the sequences, shape [SequenceLength, B, InputSize].</param>
    /// <param name="targets">Receives the targets, shape [TargetLength, B, TargetSize].</param>
    /// <exception cref="ArgumentException">A span's length differs from its shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A sample is outside the dataset; nothing was copied.</exception>
    /// <exception cref="InvalidOperationException">The dataset has class targets.</exception>
    public void CopyBatch(ReadOnlySpan<int> samples, Span<float> inputs, Span<float> targets) =>
        CopyBatch(samples, inputs, TargetSource, targets, nameof(targets));

    /// <summary>Gathers a batch of samples with class targets. Allocates nothing.</summary>
    /// <param name="samples">The samples' positions, each from 0 to Count − 1, in any order; its length is the batch size B.</param>
    /// <param name="inputs">Receives the sequences, shape [SequenceLength, B, InputSize].</param>
    /// <param name="classes">Receives the classes, shape [TargetLength, B].</param>
    /// <exception cref="ArgumentException">A span's length differs from its shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A sample is outside the dataset; nothing was copied.</exception>
    /// <exception cref="InvalidOperationException">The dataset has values as targets.</exception>
    public void CopyBatch(ReadOnlySpan<int> samples, Span<float> inputs, Span<int> classes) =>
        CopyBatch(samples, inputs, ClassSource, classes, nameof(classes));

    /// <summary>Takes a run of samples for a dataset of their own. Copies nothing.</summary>
    /// <param name="samples">The samples, such as <c>..100</c> or <c>^20..</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the dataset.</exception>
    public SequenceDataset Subset(Range samples)
    {
        int start = samples.Start.GetOffset(Count), end = samples.End.GetOffset(Count);
        if (start < 0 || end < start || end > Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(samples), samples, $"{this}: samples must be a range within its {Count} samples.");
        }

        return Subset([.. Enumerable.Range(start, end - start)]);
    }

    /// <summary>Takes samples for a dataset of their own, in the order given: for a random part, those of a shuffled order.</summary>
    /// <remarks>Copies nothing but the samples' positions.</remarks>
    /// <param name="samples">The samples' positions, each from 0 to Count − 1; one may come several times.</param>
    /// <exception cref="ArgumentOutOfRangeException">A sample is outside the dataset.</exception>
    public SequenceDataset Subset(ReadOnlySpan<int> samples)
    {
        ThrowIfOutside(samples);
        int[] chosen = samples.ToArray();
        var inputs = new SubsetSource<float>(_inputs, chosen);
        return _classes is null
            ? new SequenceDataset(inputs, new SubsetSource<float>(_targets!, chosen))
            : new SequenceDataset(inputs, new SubsetSource<int>(_classes, chosen));
    }

    /// <inheritdoc/>
    public override string ToString() => HasClassTargets
        ? $"SequenceDataset({Count} samples: {SequenceLength} × {InputSize} => {TargetLength} classes)"
        : $"SequenceDataset({Count} samples: {SequenceLength} × {InputSize} => {TargetLength} × {TargetSize})";

    private void CopyBatch<T>(
        ReadOnlySpan<int> samples, Span<float> inputs, SequenceSource<T> source, Span<T> targets, string targetsName)
        where T : unmanaged
    {
        ThrowIfBatchDoesNotFit(samples, inputs.Length, targets.Length, targetsName);
        _inputs.CopyBatch(samples, SequenceLength, inputs);
        source.CopyBatch(samples, TargetLength, targets);
    }

    /// <summary>The tensor of a source, which from now on is the source: what is written into it is in the batches too.</summary>
    private Tensor<T> TensorOf<T>(ref SequenceSource<T> source, string name)
        where T : unmanaged
    {
        SequenceSource<T> present = source;
        if (present is not TensorSource<T>)
        {
            var made = new TensorSource<T>(present.ToTensor(this, name));
            Interlocked.CompareExchange(ref source, made, present);
        }

        return ((TensorSource<T>)source).Tensor;
    }

    private void ThrowIfBatchDoesNotFit(ReadOnlySpan<int> samples, int inputsLength, int targetsLength, string targetsName)
    {
        ThrowIfLengthDiffers(inputsLength, SequenceLength, samples.Length, InputSize, "inputs");
        ThrowIfLengthDiffers(targetsLength, TargetLength, samples.Length, TargetSize, targetsName);
        ThrowIfOutside(samples);
    }

    private void ThrowIfOutside(ReadOnlySpan<int> samples)
    {
        foreach (int sample in samples)
        {
            if ((uint)sample >= (uint)Count)
            {
                throw new ArgumentOutOfRangeException(nameof(samples), sample, $"{this}: a sample must lie from 0 to {Count - 1}.");
            }
        }
    }

    private void ThrowIfLengthDiffers(int length, long steps, int batchSize, int size, string name)
    {
        if (length != steps * batchSize * size)
        {
            throw new ArgumentException(
                $"{this}: {name} must hold {steps * batchSize * size} values ({steps} steps × BatchSize {batchSize} × {size} a step), "
                + $"but holds {length}.",
                name);
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
