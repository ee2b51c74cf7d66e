using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>A batch of sequences as a model takes it: values, and how many time steps each row has.</summary>
/// <remarks>A tensor converts by itself where all rows are equally long: <c>model.Predict(tensor)</c>. Rows of different length lie in one
/// tensor, too, as long as the longest; what it holds beyond a row's length is not read:
/// <c>model.Predict(new SequenceInput(tensor, lengths))</c>.</remarks>
public readonly ref struct SequenceInput
{
    /// <summary>Takes a batch.</summary>
    /// <param name="values">The sequences, shape [SequenceLength, BatchSize, InputSize].</param>
    /// <param name="lengths">Each row's number of time steps, from 0 to SequenceLength, BatchSize numbers; empty where all rows have all
    /// steps.</param>
    public SequenceInput(ReadOnlyTensorSpan<float> values, ReadOnlySpan<int> lengths = default)
    {
        Values = values;
        Lengths = lengths;
    }

    /// <summary>The sequences, shape [SequenceLength, BatchSize, InputSize].</summary>
    public ReadOnlyTensorSpan<float> Values { get; }

    /// <summary>Each row's number of time steps; empty where all rows have all steps.</summary>
    public ReadOnlySpan<int> Lengths { get; }

    /// <summary>A batch whose rows have all steps.</summary>
    /// <param name="values">The sequences, shape [SequenceLength, BatchSize, InputSize].</param>
    public static implicit operator SequenceInput(ReadOnlyTensorSpan<float> values) => new(values);

    /// <inheritdoc cref="op_Implicit(ReadOnlyTensorSpan{float})"/>
    public static implicit operator SequenceInput(TensorSpan<float> values) => new(values);

    /// <inheritdoc cref="op_Implicit(ReadOnlyTensorSpan{float})"/>
    /// <exception cref="ArgumentNullException">The tensor is null.</exception>
    public static implicit operator SequenceInput(Tensor<float> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new SequenceInput(values.AsReadOnlyTensorSpan());
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"SequenceInput({TensorValues.Shape(Values.Lengths)}{(Lengths.IsEmpty ? string.Empty : ", with lengths")})";
}
