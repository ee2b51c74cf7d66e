using System.Numerics.Tensors;
using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>The gradient of an embedding's weights that another layer has, too: the embedding's part, kept apart until the way back has
/// ended, so that the order of summation does not depend on how that is cut into segments.</summary>
/// <remarks>Only rows of tokens that occurred are written, added and forgotten.</remarks>
internal sealed unsafe class EmbeddingSums(EmbeddingLayer layer)
{
    private readonly AlignedBuffer _sums = new();
    private readonly bool[] _isTouched = new bool[layer.VocabularySize];
    private readonly List<int> _touched = [];

    /// <summary>Takes the tokens of a segment; the sequence's last one comes first.</summary>
    /// <returns>The sums, shape [VocabularySize, OutputSize], of which the rows of all tokens so far are valid.</returns>
    public float* Begin(in SequenceRows tokens)
    {
        float* sums = _sums.Reserve(layer.Weights.Count);
        if (tokens.Steps.IsEnd)
        {
            Forget();
        }

        for (int row = 0; row < tokens.Count; row++)
        {
            int token = EmbeddingPass.TokenOf(layer, tokens, row);
            if (token != layer.PaddingToken && !_isTouched[token])
            {
                _isTouched[token] = true;
                _touched.Add(token);
                RowOf(token).Clear();
            }
        }

        return sums;
    }

    /// <summary>Adds the sums of the whole sequence; the padding token's row, which the other layer may have written, stays 0.</summary>
    public void AddTo(Parameter gradient)
    {
        gradient.Edit(this, static (values, own) =>
        {
            int width = own.Width;
            foreach (int token in own._touched)
            {
                Span<float> sum = values.Slice(token * width, width);
                TensorPrimitives.Add(sum, own.RowOf(token), sum);
            }

            if (own.PaddingToken is { } padding)
            {
                values.Slice(padding * width, width).Clear();
            }
        });
        Forget();
    }

    private int Width => layer.OutputSize;

    private int? PaddingToken => layer.PaddingToken;

    private Span<float> RowOf(int token) => new(_sums.Pointer + ((nint)token * Width), Width);

    /// <summary>A way back that failed may have left some.</summary>
    private void Forget()
    {
        foreach (int token in _touched)
        {
            _isTouched[token] = false;
        }

        _touched.Clear();
    }
}
