using System.Runtime.InteropServices;
using LstmSharp.Kernels;

namespace LstmSharp;

/// <content>What may enter a model: values, or tokens of its vocabulary.</content>
public sealed unsafe partial class SequenceModel
{
    /// <summary>The distance between two rows of the input where it is copied.</summary>
    internal int InputStride => VocabularySize is null ? Panels.RowStride(InputSize) : 1;

    /// <summary>Checks an input's kind, shape, lengths and tokens.</summary>
    /// <returns>Its sequence length and batch size.</returns>
    internal (int SequenceLength, int BatchSize) CheckInput(in SequenceInput input)
    {
        ThrowUnlessTakes(input.HasTokens, nameof(input));
        bool hasTokens = input.HasTokens;
        ReadOnlySpan<nint> shape = hasTokens ? input.Tokens.Lengths : input.Values.Lengths;
        if (hasTokens ? input.Tokens.Rank != 2 : input.Values.Rank != 3 || shape[2] != InputSize)
        {
            string expected = hasTokens ? "[SequenceLength, BatchSize]" : $"[SequenceLength, BatchSize, {InputSize}]";
            throw new ArgumentException(
                $"SequenceModel: input must have shape {expected}, but has {TensorValues.Shape(shape)}.", nameof(input));
        }

        nint count = hasTokens ? input.Tokens.FlattenedLength : input.Values.FlattenedLength;
        if (count > Array.MaxLength || Math.Max(shape[0], shape[1]) > Array.MaxLength)
        {
            throw new ArgumentException(
                $"SequenceModel: input must hold at most {Array.MaxLength} values, but has shape {TensorValues.Shape(shape)}.",
                nameof(input));
        }

        (int length, int batchSize) = ((int)shape[0], (int)shape[1]);
        CheckLengths(input.Lengths, length, batchSize);
        if (hasTokens)
        {
            CheckTokens(TensorValues.Of(input.Tokens), batchSize, input.Lengths, nameof(input));
        }

        return (length, batchSize);
    }

    /// <summary>Checks one step's values.</summary>
    /// <returns>What the layers take.</returns>
    internal ReadOnlySpan<float> RowsOf(ReadOnlySpan<float> input)
    {
        ThrowUnlessTakes(tokens: false, nameof(input));
        return input;
    }

    /// <summary>Checks one step's tokens.</summary>
    /// <returns>What the layers take.</returns>
    internal ReadOnlySpan<float> RowsOf(ReadOnlySpan<int> input)
    {
        ThrowUnlessTakes(tokens: true, nameof(input));
        CheckTokens(input, input.Length, lengths: [], nameof(input));
        return MemoryMarshal.Cast<int, float>(input);
    }

    private void ThrowUnlessTakes(bool tokens, string name)
    {
        if (tokens != VocabularySize.HasValue)
        {
            throw IsOfOtherKind(tokens, name);
        }
    }

    private ArgumentException IsOfOtherKind(bool tokens, string name) => new(
        tokens
            ? $"SequenceModel: input must hold values, {InputSize} a step, but holds tokens; begin a model for tokens with "
            + "SequenceModel.CreateForTokens."
            : $"SequenceModel: input must hold tokens from 0 to {VocabularySize - 1}, as {_layers[0]} takes, but holds values; give a "
            + "Tensor<int>, or begin a model for values with SequenceModel.Create.",
        name);

    /// <summary>Checks the tokens within rows' lengths: what lies beyond is not read.</summary>
    private void CheckTokens(ReadOnlySpan<int> tokens, int batchSize, ReadOnlySpan<int> lengths, string name)
    {
        int last = VocabularySize!.Value - 1;
        for (int place = 0; ; place++)
        {
            int next = tokens[place..].IndexOfAnyExceptInRange(0, last);
            if (next < 0)
            {
                return;
            }

            place += next;
            (int step, int row) = Math.DivRem(place, batchSize);
            if (lengths.IsEmpty || step < lengths[row])
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"SequenceModel: tokens must be from 0 to {last}, the vocabulary of {_layers[0]}, ") +
                    FormattableString.Invariant($"but that at step {step} of row {row} is {tokens[place]}."),
                    name);
            }
        }
    }
}
