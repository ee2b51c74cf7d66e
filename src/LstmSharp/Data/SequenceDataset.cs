using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Sequences of equal length with what a model should answer: values (regression) or class indices (classification).</summary>
/// <remarks>Everything is time-major and row-major, so <see cref="Inputs"/> goes into a model as it is. A dataset does not copy dense
/// tensors: leave them unchanged while it is in use. It is read-only, so any number of threads may share it.</remarks>
public sealed class SequenceDataset
{
    private readonly Tensor<float> _inputs;
    private readonly Tensor<float>? _targets;
    private readonly Tensor<int>? _classes;

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
        _targets = dense.Rank == 3 ? dense : Tensor.Reshape(dense, [1, dense.Lengths[0], dense.Lengths[1]]);
        TargetLength = SizeOf(_targets, 0, "TargetLength", nameof(targets));
        TargetSize = SizeOf(_targets, 2, "TargetSize", nameof(targets));
        ThrowIfCountDiffers(_targets.Lengths[1], nameof(targets));
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
        _classes = dense.Rank == 2 ? dense : Tensor.Reshape(dense, [1, dense.Lengths[0]]);
        TargetLength = SizeOf(_classes, 0, "TargetLength", nameof(classes));
        TargetSize = 1;
        ThrowIfCountDiffers(_classes.Lengths[1], nameof(classes));
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
        _inputs = TensorValues.Dense(inputs);
        SequenceLength = SizeOf(_inputs, 0, "SequenceLength", nameof(inputs));
        InputSize = SizeOf(_inputs, 2, "InputSize", nameof(inputs));
        Count = (int)_inputs.Lengths[1];
    }

    /// <summary>The number of samples (sequences); may be 0.</summary>
    public int Count { get; }

    /// <summary>The number of steps of every sequence, at least 1.</summary>
    public int SequenceLength { get; }

    /// <summary>The number of features of every step, at least 1.</summary>
    public int InputSize { get; }

    /// <summary>The number of steps that have targets: 1 where only the last step answers, otherwise usually SequenceLength.</summary>
    public int TargetLength { get; }

    /// <summary>The number of target values of every step, at least 1; 1 for class targets.</summary>
    public int TargetSize { get; }

    /// <summary>Whether the targets are class indices (<see cref="Classes"/>) rather than values (<see cref="Targets"/>).</summary>
    public bool HasClassTargets => _classes is not null;

    /// <summary>The sequences, shape [SequenceLength, Count, InputSize].</summary>
    public Tensor<float> Inputs => _inputs;

    /// <summary>The target values, shape [TargetLength, Count, TargetSize].</summary>
    /// <exception cref="InvalidOperationException">The dataset has class targets.</exception>
    public Tensor<float> Targets => _targets
        ?? throw new InvalidOperationException("SequenceDataset: the targets are class indices, not values; use Classes.");

    /// <summary>The target classes, shape [TargetLength, Count].</summary>
    /// <exception cref="InvalidOperationException">The dataset has values as targets.</exception>
    public Tensor<int> Classes => _classes
        ?? throw new InvalidOperationException("SequenceDataset: the targets are values, not class indices; use Targets.");

    /// <summary>Gathers a batch of samples with values as targets. Allocates nothing.</summary>
    /// <param name="samples">The samples' positions, each from 0 to Count − 1, in any order; its length is the batch size B.</param>
    /// <param name="inputs">Receives the sequences, shape [SequenceLength, B, InputSize].</param>
    /// <param name="targets">Receives the targets, shape [TargetLength, B, TargetSize].</param>
    /// <exception cref="ArgumentException">A span's length differs from its shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A sample is outside the dataset; nothing was copied.</exception>
    /// <exception cref="InvalidOperationException">The dataset has class targets.</exception>
    public void CopyBatch(ReadOnlySpan<int> samples, Span<float> inputs, Span<float> targets)
    {
        ReadOnlySpan<float> source = TensorValues.Of(Targets);
        ThrowIfBatchDoesNotFit(samples, inputs.Length, targets.Length, nameof(targets));
        Gather(TensorValues.Of(_inputs), SequenceLength, InputSize, samples, inputs);
        Gather(source, TargetLength, TargetSize, samples, targets);
    }

    /// <summary>Gathers a batch of samples with class targets. Allocates nothing.</summary>
    /// <param name="samples">The samples' positions, each from 0 to Count − 1, in any order; its length is the batch size B.</param>
    /// <param name="inputs">Receives the sequences, shape [SequenceLength, B, InputSize].</param>
    /// <param name="classes">Receives the classes, shape [TargetLength, B].</param>
    /// <exception cref="ArgumentException">A span's length differs from its shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A sample is outside the dataset; nothing was copied.</exception>
    /// <exception cref="InvalidOperationException">The dataset has values as targets.</exception>
    public void CopyBatch(ReadOnlySpan<int> samples, Span<float> inputs, Span<int> classes)
    {
        ReadOnlySpan<int> source = TensorValues.Of(Classes);
        ThrowIfBatchDoesNotFit(samples, inputs.Length, classes.Length, nameof(classes));
        Gather(TensorValues.Of(_inputs), SequenceLength, InputSize, samples, inputs);
        Gather(source, TargetLength, 1, samples, classes);
    }

    /// <summary>Copies a run of samples into a dataset of their own.</summary>
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

    /// <summary>Copies samples into a dataset of their own, in the order given: for a random part, those of a shuffled order.</summary>
    /// <param name="samples">The samples' positions, each from 0 to Count − 1; one may come several times.</param>
    /// <exception cref="ArgumentOutOfRangeException">A sample is outside the dataset.</exception>
    /// <exception cref="ArgumentException">The samples would not fit into one array.</exception>
    public SequenceDataset Subset(ReadOnlySpan<int> samples)
    {
        ThrowIfOutside(samples);
        long values = Math.Max((long)SequenceLength * InputSize, (long)TargetLength * TargetSize) * samples.Length;
        if (values > Array.MaxLength)
        {
            throw new ArgumentException(
                $"{this}: the samples must hold at most {Array.MaxLength} values, but {samples.Length} of them hold {values}.",
                nameof(samples));
        }

        Tensor<float> inputs = Tensor.CreateFromShape<float>([SequenceLength, samples.Length, InputSize]);
        Gather(TensorValues.Of(_inputs), SequenceLength, InputSize, samples, TensorValues.Of(inputs));
        if (_classes is not null)
        {
            Tensor<int> classes = Tensor.CreateFromShape<int>([TargetLength, samples.Length]);
            Gather(TensorValues.Of(_classes), TargetLength, 1, samples, TensorValues.Of(classes));
            return new SequenceDataset(inputs, classes);
        }

        Tensor<float> targets = Tensor.CreateFromShape<float>([TargetLength, samples.Length, TargetSize]);
        Gather(TensorValues.Of(Targets), TargetLength, TargetSize, samples, TensorValues.Of(targets));
        return new SequenceDataset(inputs, targets);
    }

    /// <inheritdoc/>
    public override string ToString() => HasClassTargets
        ? $"SequenceDataset({Count} samples: {SequenceLength} × {InputSize} => {TargetLength} classes)"
        : $"SequenceDataset({Count} samples: {SequenceLength} × {InputSize} => {TargetLength} × {TargetSize})";

    /// <summary>[steps, Count, size] → [steps, samples, size].</summary>
    private void Gather<T>(ReadOnlySpan<T> source, int steps, int size, ReadOnlySpan<int> samples, Span<T> destination)
    {
        for (int t = 0; t < steps; t++)
        {
            ReadOnlySpan<T> step = source.Slice(t * Count * size, Count * size);
            foreach (int sample in samples)
            {
                step.Slice(sample * size, size).CopyTo(destination);
                destination = destination[size..];
            }
        }
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

    private static int SizeOf<T>(Tensor<T> tensor, int dimension, string size, string name)
    {
        nint length = tensor.Lengths[dimension];
        return length is > 0 and <= int.MaxValue
            ? (int)length
            : throw new ArgumentException(
                $"SequenceDataset: the {size} of {name} must be from 1 to {int.MaxValue}, but the shape is {TensorValues.Shape(tensor.Lengths)}.",
                name);
    }
}
