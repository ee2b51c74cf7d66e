using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LstmSharp;

/// <summary>A batch of sequences as a model takes it: values or tokens, and how many time steps each row has.</summary>
/// <remarks>A tensor converts by itself where all rows are equally long: <c>model.Predict(tensor)</c>. Rows of different length lie in one
/// tensor, too, as long as the longest; what it holds beyond a row's length is not read:
/// <c>model.Predict(new SequenceInput(tensor, lengths))</c>.</remarks>
public readonly ref struct SequenceInput
{
    /// <summary>Takes a batch of values.</summary>
    /// <param name="values">The sequences, shape [SequenceLength, BatchSize, InputSize].</param>
    /// <param name="lengths">Each row's number of time steps, from 0 to SequenceLength, BatchSize numbers; empty where all rows have all
    /// steps.</param>
    public SequenceInput(ReadOnlyTensorSpan<float> values, ReadOnlySpan<int> lengths = default)
    {
        Values = values;
        Lengths = lengths;
    }

    /// <summary>Takes a batch of tokens, for a model made by <see cref="SequenceModel.CreateForTokens"/>.</summary>
    /// <param name="tokens">The sequences, shape [SequenceLength, BatchSize], each number from 0 to VocabularySize − 1.</param>
    /// <param name="lengths">Each row's number of time steps, from 0 to SequenceLength, BatchSize numbers; empty where all rows have all
    /// steps.</param>
    public SequenceInput(ReadOnlyTensorSpan<int> tokens, ReadOnlySpan<int> lengths = default)
    {
        Tokens = tokens;
        Lengths = lengths;
        HasTokens = true;
    }

    /// <summary>Whether the sequences are tokens, not values.</summary>
    public bool HasTokens { get; }

    /// <summary>The sequences, shape [SequenceLength, BatchSize, InputSize]; empty where they are tokens.</summary>
    public ReadOnlyTensorSpan<float> Values { get; }

    /// <summary>The sequences, shape [SequenceLength, BatchSize]; empty where they are values.</summary>
    public ReadOnlyTensorSpan<int> Tokens { get; }

    /// <summary>Each row's number of time steps; empty where all rows have all steps.</summary>
    public ReadOnlySpan<int> Lengths { get; }

    /// <summary>What the layers take, row-major: the values, or rows of one value, each with the bits of a token's number.</summary>
    internal ReadOnlySpan<float> Rows =>
        HasTokens ? MemoryMarshal.Cast<int, float>(TensorValues.Of(Tokens)) : TensorValues.Of(Values);

    /// <summary>A batch of values whose rows have all steps.</summary>
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

    /// <summary>A batch of tokens whose rows have all steps.</summary>
    /// <param name="tokens">The sequences, shape [SequenceLength, BatchSize].</param>
    public static implicit operator SequenceInput(ReadOnlyTensorSpan<int> tokens) => new(tokens);

    /// <inheritdoc cref="op_Implicit(ReadOnlyTensorSpan{int})"/>
    public static implicit operator SequenceInput(TensorSpan<int> tokens) => new(tokens);

    /// <inheritdoc cref="op_Implicit(ReadOnlyTensorSpan{int})"/>
    /// <exception cref="ArgumentNullException">The tensor is null.</exception>
    public static implicit operator SequenceInput(Tensor<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return new SequenceInput(tokens.AsReadOnlyTensorSpan());
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string shape = HasTokens ? $"tokens {TensorValues.Shape(Tokens.Lengths)}" : TensorValues.Shape(Values.Lengths);
        return $"SequenceInput({shape}{(Lengths.IsEmpty ? string.Empty : ", with lengths")})";
    }
}
