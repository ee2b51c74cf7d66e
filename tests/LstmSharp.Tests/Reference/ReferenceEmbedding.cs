namespace LstmSharp.Tests;

/// <summary>The embedding y = W[x] with W [V, O], x being a token's number as the only feature; zeros for the padding token.</summary>
internal sealed class ReferenceEmbedding(double[] weights, int outputSize, int? paddingToken) : ReferenceLayer(weights)
{
    private ReferenceSequence _x = new(0, 0, 0);
    private double[] _lent = [];

    /// <summary>Takes what another layer with the same weights adds to their gradient, before this one's own way back.</summary>
    public void Lend(double[] dWeights) => _lent = dWeights;

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        _x = x;
        ReferenceSequence y = x.Zeros(outputSize);
        ForEachToken((t, b, token) => RowOf(Parameters[0], token).CopyTo(y.Row(t, b)));
        return new ReferencePass(y, []);
    }

    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState)
    {
        double[] dWeights = _lent.Length > 0 ? _lent : new double[Parameters[0].Length];
        if (paddingToken is { } padding)
        {
            RowOf(dWeights, padding).Clear();
        }

        _lent = [];
        ForEachToken((t, b, token) => ReferenceProduct.Add(dy.Row(t, b).ToArray(), RowOf(dWeights, token)));
        return new ReferenceGradients(_x.Zeros(1), [dWeights], []);
    }

    private Span<double> RowOf(double[] table, int token) => table.AsSpan(token * outputSize, outputSize);

    private void ForEachToken(Action<int, int, int> act)
    {
        for (int t = 0; t < _x.Length; t++)
        {
            for (int b = 0; b < _x.BatchSize; b++)
            {
                int token = (int)_x.Row(t, b)[0];
                if (token != paddingToken)
                {
                    act(t, b, token);
                }
            }
        }
    }
}
