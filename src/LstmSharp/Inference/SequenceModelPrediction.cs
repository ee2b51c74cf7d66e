using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Predicts for sequences of any lengths, as people have them.</summary>
public static class SequenceModelPrediction
{
    /// <summary>Runs a model over every sequence of a list, from zero states, in batches of similar length.</summary>
    /// <remarks>Each answer has the bits that the sequence gives alone. Safe on any number of threads.</remarks>
    /// <param name="model">The model, which takes values.</param>
    /// <param name="sequences">The sequences; a step has the model's InputSize values.</param>
    /// <param name="batchSize">How many run at once, 1 or more. By default 32.</param>
    /// <returns>For each sequence, in the list's order, the model's answers: as many steps as it has, or the one that layers such as
    /// TakeLast let through, none for a sequence without steps; a step has the model's OutputSize values.</returns>
    /// <exception cref="ArgumentNullException">The model or the list is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is below 1.</exception>
    /// <exception cref="ArgumentException">The list does not fit the model, or the model takes tokens.</exception>
    public static SequenceList<float> Predict(this SequenceModel model, SequenceList<float> sequences, int batchSize = 32)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sequences);
        return Run(model, sequences, model.InputSize, batchSize, (values, length, rows, lengths) =>
            model.Predict(new SequenceInput(new ReadOnlyTensorSpan<float>(values, [length, rows, model.InputSize]), lengths)));
    }

    /// <summary>Runs a model over every sequence of tokens of a list, from zero states, in batches of similar length.</summary>
    /// <remarks>Each answer has the bits that the sequence gives alone. Safe on any number of threads.</remarks>
    /// <param name="model">The model, which takes tokens.</param>
    /// <param name="sequences">The sequences, one token a step.</param>
    /// <param name="batchSize">How many run at once, 1 or more. By default 32.</param>
    /// <returns>For each sequence, in the list's order, the model's answers: as many steps as it has, or the one that layers such as
    /// TakeLast let through, none for a sequence without steps; a step has the model's OutputSize values.</returns>
    /// <exception cref="ArgumentNullException">The model or the list is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch size is below 1.</exception>
    /// <exception cref="ArgumentException">The list does not fit the model, a token is outside the vocabulary, or the model takes
    /// values.</exception>
    public static SequenceList<float> Predict(this SequenceModel model, SequenceList<int> sequences, int batchSize = 32)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sequences);
        return Run(model, sequences, inputSize: 1, batchSize, (tokens, length, rows, lengths) =>
            model.Predict(new SequenceInput(new ReadOnlyTensorSpan<int>(tokens, [length, rows]), lengths)));
    }

    private static SequenceList<float> Run<T>(
        SequenceModel model, SequenceList<T> sequences, int inputSize, int batchSize, Func<T[], int, int, int[], Tensor<float>> predict)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (sequences.Size != inputSize)
        {
            throw new ArgumentException(
                $"Predict: a step of sequences must hold {inputSize} values, as {model} takes, but holds {sequences.Size}.", nameof(sequences));
        }

        float[][] answers = new float[sequences.Count][];
        int[][] batches = [.. Enumerable.Range(0, sequences.Count).OrderBy(sequences.LengthOf).Chunk(batchSize)];
        foreach (int[] batch in batches)
        {
            int[] lengths = Array.ConvertAll(batch, sequences.LengthOf);
            int length = lengths.Max();
            Tensor<float> output = predict(Padded(sequences, batch, length), length, batch.Length, lengths);
            for (int row = 0; row < batch.Length; row++)
            {
                answers[batch[row]] = RowOf(output, row, EveryStepLeaves(model) ? lengths[row] : Math.Min(lengths[row], (int)output.Lengths[0]));
            }
        }

        return SequenceList.Of(answers, model.OutputSize);
    }

    private static bool EveryStepLeaves(SequenceModel model) => model.Layers.All(layer => layer.IsStepwise);

    /// <summary>[length, rows, size], with zeros beyond each row's own length.</summary>
    private static T[] Padded<T>(SequenceList<T> sequences, int[] batch, int length)
        where T : unmanaged
    {
        int size = sequences.Size;
        if ((Int128)length * batch.Length * size > Array.MaxLength)
        {
            throw new ArgumentException(
                $"Predict: a batch must hold at most {Array.MaxLength} values, but {batch.Length} sequences of up to {length} steps × {size} "
                + "are more; make batchSize smaller.",
                nameof(sequences));
        }

        T[] padded = new T[length * batch.Length * size];
        for (int row = 0; row < batch.Length; row++)
        {
            ReadOnlySpan<T> sequence = sequences[batch[row]];
            for (int t = 0; t * size < sequence.Length; t++)
            {
                sequence.Slice(t * size, size).CopyTo(padded.AsSpan(((t * batch.Length) + row) * size));
            }
        }

        return padded;
    }

    private static float[] RowOf(Tensor<float> output, int row, int steps)
    {
        int rows = (int)output.Lengths[1], size = (int)output.Lengths[2];
        float[] answer = new float[steps * size];
        ReadOnlySpan<float> values = TensorValues.Of(output);
        for (int t = 0; t < steps; t++)
        {
            values.Slice(((t * rows) + row) * size, size).CopyTo(answer.AsSpan(t * size));
        }

        return answer;
    }
}
