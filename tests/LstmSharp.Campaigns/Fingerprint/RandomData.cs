using System.Numerics.Tensors;

namespace LstmSharp.Campaigns.Fingerprint;

/// <summary>Numbers drawn from a seed with additions and multiplications alone, so that every platform draws the same ones.</summary>
internal sealed class RandomData(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Numbers between −1 and 1.</summary>
    public float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (_random.NextSingle() * 2) - 1)];

    /// <summary>Numbers between −1 and 1 in a shape.</summary>
    public Tensor<float> Tensor(int steps, int rows, int size) =>
        System.Numerics.Tensors.Tensor.Create(Values(steps * rows * size), [steps, rows, size]);

    /// <summary>Numbers between 0 and 1.</summary>
    public float[] Probabilities(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.NextSingle())];

    /// <summary>Class numbers, one in ten to be ignored.</summary>
    public int[] Classes(int count, int classes) =>
        [.. Enumerable.Range(0, count).Select(_ => _random.Next(10) == 0 ? Loss.IgnoredTarget : _random.Next(classes))];

    public ModelState State(SequenceModel model, int batchSize)
    {
        ModelState states = model.CreateState(batchSize);
        foreach (CellState state in states)
        {
            Values(state.Hidden.Length).CopyTo(state.Hidden);
            if (state is LstmState lstm)
            {
                Values(lstm.Cell.Length).CopyTo(lstm.Cell);
            }
        }

        return states;
    }
}
