namespace LstmSharp;

/// <content>Lengths, batches and subsets.</content>
public sealed partial class SequenceDataset
{
    /// <summary>The number of steps of a sequence.</summary>
    /// <param name="sample">From 0 to Count − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sample is outside the dataset.</exception>
    public int LengthOf(int sample)
    {
        ThrowIfOutside([sample]);
        return Input.LengthOf(sample);
    }

    /// <summary>The number of steps of a sequence that have targets.</summary>
    /// <param name="sample">From 0 to Count − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sample is outside the dataset.</exception>
    public int TargetLengthOf(int sample)
    {
        ThrowIfOutside([sample]);
        return Target.LengthOf(sample);
    }

    /// <summary>Tells how long the sequences of a batch are.</summary>
    /// <param name="samples">The samples' positions, each from 0 to Count − 1.</param>
    /// <param name="lengths">Receives the number of steps of each, in the same order.</param>
    /// <returns>T, the number of steps of the longest of them, which a batch's shape has; <see cref="MaxSequenceLength"/> for no
    /// samples.</returns>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A sample is outside the dataset; nothing was written.</exception>
    public int CopyLengths(ReadOnlySpan<int> samples, Span<int> lengths)
    {
        ThrowIfOutside(samples);
        ThrowIfLengthDiffers(lengths.Length, 1, samples.Length, 1, nameof(lengths));
        for (int n = 0; n < samples.Length; n++)
        {
            lengths[n] = Input.LengthOf(samples[n]);
        }

        return Input.LongestOf(samples);
    }

    /// <summary>Tells how many targets the sequences of a batch have, as <see cref="CopyLengths"/> does of steps.</summary>
    internal int CopyTargetLengths(ReadOnlySpan<int> samples, Span<int> lengths)
    {
        for (int n = 0; n < samples.Length; n++)
        {
            lengths[n] = Target.LengthOf(samples[n]);
        }

        return Target.LongestOf(samples);
    }

    /// <summary>Gathers a batch of samples with values as targets. Allocates nothing.</summary>
    /// <remarks>T is the number of steps of the batch's longest sequence (<see cref="CopyLengths"/>), and T′ that of its longest sequence of
    /// targets. What lies behind the end of a shorter one is 0.</remarks>
    /// <param name="samples">The samples' positions, each from 0 to Count − 1, in any order; its length is the batch size B.</param>
    /// <param name="inputs">Receives the sequences, shape [T, B, InputSize].</param>
    /// <param name="targets">Receives the targets, shape [T′, B, TargetSize].</param>
    /// <exception cref="ArgumentException">A span's length differs from its shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A sample is outside the dataset; nothing was copied.</exception>
    /// <exception cref="InvalidOperationException">The dataset has tokens as inputs, or class targets.</exception>
    public void CopyBatch(ReadOnlySpan<int> samples, Span<float> inputs, Span<float> targets) =>
        CopyBatch(samples, InputSource, inputs, nameof(inputs), TargetSource, targets, nameof(targets));

    /// <summary>Gathers a batch of samples with class targets. Allocates nothing.</summary>
    /// <remarks>T, T′ and what lies behind a sequence's end: see the form with values as targets.</remarks>
    /// <param name="samples">The samples' positions, each from 0 to Count − 1, in any order; its length is the batch size B.</param>
    /// <param name="inputs">Receives the sequences, shape [T, B, InputSize].</param>
    /// <param name="classes">Receives the classes, shape [T′, B].</param>
    /// <exception cref="ArgumentException">A span's length differs from its shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A sample is outside the dataset; nothing was copied.</exception>
    /// <exception cref="InvalidOperationException">The dataset has tokens as inputs, or values as targets.</exception>
    public void CopyBatch(ReadOnlySpan<int> samples, Span<float> inputs, Span<int> classes) =>
        CopyBatch(samples, InputSource, inputs, nameof(inputs), ClassSource, classes, nameof(classes));

    /// <summary>Gathers a batch of token sequences with values as targets. Allocates nothing.</summary>
    /// <remarks>T, T′ and what lies behind a sequence's end: see the form with values as inputs.</remarks>
    /// <param name="samples">The samples' positions, each from 0 to Count − 1, in any order; its length is the batch size B.</param>
    /// <param name="tokens">Receives the tokens, shape [T, B].</param>
    /// <param name="targets">Receives the targets, shape [T′, B, TargetSize].</param>
    /// <exception cref="ArgumentException">A span's length differs from its shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A sample is outside the dataset; nothing was copied.</exception>
    /// <exception cref="InvalidOperationException">The dataset has values as inputs, or class targets.</exception>
    public void CopyBatch(ReadOnlySpan<int> samples, Span<int> tokens, Span<float> targets) =>
        CopyBatch(samples, TokenSource, tokens, nameof(tokens), TargetSource, targets, nameof(targets));

    /// <summary>Gathers a batch of token sequences with class targets. Allocates nothing.</summary>
    /// <remarks>T, T′ and what lies behind a sequence's end: see the form with values as inputs.</remarks>
    /// <param name="samples">The samples' positions, each from 0 to Count − 1, in any order; its length is the batch size B.</param>
    /// <param name="tokens">Receives the tokens, shape [T, B].</param>
    /// <param name="classes">Receives the classes, shape [T′, B].</param>
    /// <exception cref="ArgumentException">A span's length differs from its shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A sample is outside the dataset; nothing was copied.</exception>
    /// <exception cref="InvalidOperationException">The dataset has values as inputs, or as targets.</exception>
    public void CopyBatch(ReadOnlySpan<int> samples, Span<int> tokens, Span<int> classes) =>
        CopyBatch(samples, TokenSource, tokens, nameof(tokens), ClassSource, classes, nameof(classes));

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
        return new SequenceDataset(Of(_inputs), Of(_tokens), Of(_targets), Of(_classes)) { _areLabels = _areLabels };

        SubsetSource<T>? Of<T>(SequenceSource<T>? source)
            where T : unmanaged => source is null ? null : new SubsetSource<T>(source, chosen);
    }

    /// <summary>The first sample without a step that has a target all the same; −1 if there is none.</summary>
    internal int FirstEmptyWithTarget()
    {
        for (int sample = 0; Input.MinLength == 0 && sample < Count; sample++)
        {
            if (Input.LengthOf(sample) == 0 && Target.LengthOf(sample) > 0)
            {
                return sample;
            }
        }

        return -1;
    }

    private void CopyBatch<TInput, TTarget>(
        ReadOnlySpan<int> samples,
        SequenceSource<TInput> input,
        Span<TInput> inputs,
        string inputsName,
        SequenceSource<TTarget> target,
        Span<TTarget> targets,
        string targetsName)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ThrowIfOutside(samples);
        int inputSteps = input.LongestOf(samples), targetSteps = target.LongestOf(samples);
        ThrowIfLengthDiffers(inputs.Length, inputSteps, samples.Length, input.Size, inputsName);
        ThrowIfLengthDiffers(targets.Length, targetSteps, samples.Length, target.Size, targetsName);
        input.CopyBatch(samples, inputSteps, inputs);
        target.CopyBatch(samples, targetSteps, targets);
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
}
