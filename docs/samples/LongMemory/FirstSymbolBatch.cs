using System.Numerics.Tensors;

namespace LstmSharp.Samples.LongMemory;

/// <summary>Sequences whose class is their first symbol. Every symbol after it is a distractor, so only memory helps.</summary>
/// <remarks>A symbol is one-hot: the first <see cref="ClassCount"/> inputs are the symbols that may come first, the others the
/// distractors. Chance is 1 / <see cref="ClassCount"/>.</remarks>
public sealed class FirstSymbolBatch(int sequenceLength, int batchSize)
{
    public const int ClassCount = 4;
    public const int DistractorCount = 4;
    public const int SymbolCount = ClassCount + DistractorCount;

    private readonly float[] _input = new float[sequenceLength * batchSize * SymbolCount];
    private readonly int[] _classes = new int[batchSize];

    public int SequenceLength => sequenceLength;

    public int BatchSize => batchSize;

    /// <summary>The sequences, shape [SequenceLength, BatchSize, SymbolCount].</summary>
    public ReadOnlyTensorSpan<float> Input => new(_input, [sequenceLength, batchSize, SymbolCount]);

    /// <summary>Every sequence's first symbol, shape [BatchSize].</summary>
    public ReadOnlySpan<int> Classes => _classes;

    /// <summary>Draws new sequences.</summary>
    public void Draw(Random random)
    {
        Array.Clear(_input);
        for (int row = 0; row < batchSize; row++)
        {
            _classes[row] = random.Next(ClassCount);
            Set(0, row, _classes[row]);
        }

        for (int t = 1; t < sequenceLength; t++)
        {
            for (int row = 0; row < batchSize; row++)
            {
                Set(t, row, ClassCount + random.Next(DistractorCount));
            }
        }
    }

    private void Set(int t, int row, int symbol) => _input[(((t * batchSize) + row) * SymbolCount) + symbol] = 1;
}
