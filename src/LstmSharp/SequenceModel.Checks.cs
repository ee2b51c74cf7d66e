using System.Numerics.Tensors;

namespace LstmSharp;

/// <content>What must hold of a run's input, output and states.</content>
public sealed partial class SequenceModel
{
    /// <summary>Checks rows' lengths; none means that all rows have all steps.</summary>
    internal void CheckLengths(ReadOnlySpan<int> lengths, int sequenceLength, int batchSize)
    {
        if (lengths.IsEmpty)
        {
            return;
        }

        if (lengths.Length != batchSize)
        {
            throw new ArgumentException(
                $"SequenceModel: lengths must hold {batchSize} numbers, one for each row of the batch, but holds {lengths.Length}.",
                nameof(lengths));
        }

        int wrong = lengths.IndexOfAnyExceptInRange(0, sequenceLength);
        if (wrong >= 0)
        {
            throw new ArgumentException(
                $"SequenceModel: lengths[{wrong}] must be from 0 to {sequenceLength}, the input's SequenceLength, but is {lengths[wrong]}.",
                nameof(lengths));
        }

        int shorter = lengths.IndexOfAnyExcept(sequenceLength);
        if (shorter >= 0 && Array.Find(_layers, layer => layer.TakesOneLength) is { } whole)
        {
            throw new ArgumentException(
                $"SequenceModel: {whole} takes rows of one length, {sequenceLength} steps, but lengths[{shorter}] is {lengths[shorter]}; "
                + "use a recurrent layer and TakeLast in its place, or sequences of equal length.",
                nameof(lengths));
        }
    }

    /// <summary>The number of values in an output, which one array must be able to hold.</summary>
    internal int OutputCount(int outputLength, int batchSize)
    {
        long rows = (long)outputLength * batchSize;
        if (rows > Array.MaxLength / OutputSize)
        {
            throw new ArgumentException(
                $"SequenceModel: the output must hold at most {Array.MaxLength} values, but would hold " +
                $"{outputLength} × {batchSize} × {OutputSize}; use fewer rows or a shorter sequence.");
        }

        return (int)rows * OutputSize;
    }

    /// <summary>Checks that a state is one of this model's for a batch size.</summary>
    internal void CheckState(ModelState? state, int batchSize, string name)
    {
        if (state is null)
        {
            return;
        }

        bool fits = state.BatchSize == batchSize && state.Count == _cells.Length;
        for (int n = 0; fits && n < _cells.Length; n++)
        {
            fits = _cells[n].Takes(state[n]);
        }

        if (!fits)
        {
            throw new ArgumentException(
                $"SequenceModel: {name} must be made by this model's CreateState({batchSize}), but is {state}.", name);
        }
    }

    private Span<float> CheckOutput(in TensorSpan<float> output, int outputLength, int batchSize)
    {
        bool fits = output.Rank == 3 && output.IsDense
            && output.Lengths[0] == outputLength && output.Lengths[1] == batchSize && output.Lengths[2] == OutputSize;
        return fits
            ? TensorValues.Of(output)
            : throw new ArgumentException(
                $"SequenceModel: output must be dense and have shape [{outputLength}, {batchSize}, {OutputSize}], " +
                $"but {(output.IsDense ? string.Empty : "is not dense and ")}has {TensorValues.Shape(output.Lengths)}.",
                nameof(output));
    }
}
