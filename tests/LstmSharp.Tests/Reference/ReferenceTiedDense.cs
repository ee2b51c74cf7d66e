namespace LstmSharp.Tests;

/// <summary>y = b + W·x with W being an embedding's weights, whose gradient it adds to the embedding's: but none to the padding token's
/// row.</summary>
internal sealed class ReferenceTiedDense(ReferenceEmbedding embedding, double[] bias) : ReferenceLayer(bias)
{
    private ReferenceSequence _x = new(0, 0, 0);

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        _x = x;
        ReferenceSequence y = x.Zeros(bias.Length);
        ForEachRow((t, b) =>
        {
            bias.CopyTo(y.Row(t, b));
            ReferenceProduct.Add(embedding.Parameters[0], x.Row(t, b), y.Row(t, b));
        });
        return new ReferencePass(y, []);
    }

    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState)
    {
        ReferenceSequence dx = _x.Zeros(_x.Features);
        double[] dWeights = new double[embedding.Parameters[0].Length], dBias = new double[bias.Length];
        ForEachRow((t, b) =>
        {
            double[] slopes = dy.Row(t, b).ToArray();
            ReferenceProduct.AddOuter(slopes, _x.Row(t, b), dWeights);
            ReferenceProduct.Add(slopes, dBias);
            ReferenceProduct.AddTransposed(embedding.Parameters[0], slopes, dx.Row(t, b));
        });
        embedding.Lend(dWeights);
        return new ReferenceGradients(dx, [dBias], []);
    }

    private void ForEachRow(Action<int, int> act)
    {
        for (int t = 0; t < _x.Length; t++)
        {
            for (int b = 0; b < _x.BatchSize; b++)
            {
                act(t, b);
            }
        }
    }
}
