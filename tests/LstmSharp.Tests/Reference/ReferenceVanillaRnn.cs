namespace LstmSharp.Tests;

/// <summary>The vanilla RNN layer with Wx [H, I], Wh [H, H] and b [H]; its state is h.</summary>
/// <remarks>
/// For every row and step t:
///   (1) a = b + Wx·x[t] + Wh·h[t−1]
///   (2) h[t] = act(a)
/// </remarks>
internal sealed class ReferenceVanillaRnn(double[] inputWeights, double[] recurrentWeights, double[] bias, Activation activation)
    : ReferenceLayer(inputWeights, recurrentWeights, bias)
{
    private readonly int _hiddenSize = bias.Length;
    private double[] _h0 = [];
    private double _distanceToKink;

    public override int[] StateSizes => [_hiddenSize];

    public override double DistanceToKink => _distanceToKink;

    public ReferenceSequence X { get; private set; } = new(0, 0, 0);

    public ReferenceSequence H { get; private set; } = new(0, 0, 0);

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        (X, H, _h0) = (x, x.Zeros(_hiddenSize), initialState[0]);
        _distanceToKink = double.PositiveInfinity;
        double[][] final = ZeroState(x.BatchSize);
        for (int b = 0; b < x.BatchSize; b++)
        {
            for (int t = 0; t < x.Length; t++)
            {
                double[] a = [.. Parameters[2]];                              // (1)
                ReferenceProduct.Add(Parameters[0], x.Row(t, b), a);          // (1)
                ReferenceProduct.Add(Parameters[1], PreviousH(t, b), a);      // (1)
                _distanceToKink = Math.Min(_distanceToKink, ReferenceActivation.DistanceToKink(activation, a));
                for (int j = 0; j < _hiddenSize; j++)
                {
                    H.Row(t, b)[j] = ReferenceActivation.Apply(activation, a[j]); // (2)
                }
            }

            PreviousH(x.Length, b).CopyTo(Row(final[0], b, _hiddenSize));
        }

        return new ReferencePass(H, final);
    }

    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState)
    {
        ReferenceSequence dx = X.Zeros(X.Features);
        double[][] dParameters = Array.ConvertAll(Parameters, p => new double[p.Length]);
        double[][] dInitial = ZeroState(X.BatchSize);
        for (int b = 0; b < X.BatchSize; b++)
        {
            Span<double> dh = Row(dInitial[0], b, _hiddenSize);
            Row(dFinalState[0], b, _hiddenSize).CopyTo(dh);
            for (int t = X.Length - 1; t >= 0; t--)
            {
                ReferenceProduct.Add(dy.Row(t, b), dh);
                double[] da = new double[_hiddenSize];
                for (int j = 0; j < _hiddenSize; j++)
                {
                    da[j] = dh[j] * ReferenceActivation.Derivative(activation, H.Row(t, b)[j]); // ∂(2)
                }

                ReferenceProduct.AddOuter(da, X.Row(t, b), dParameters[0]);               // ∂(1)
                ReferenceProduct.AddOuter(da, PreviousH(t, b), dParameters[1]);           // ∂(1)
                ReferenceProduct.Add(da, dParameters[2]);                                 // ∂(1)
                ReferenceProduct.AddTransposed(Parameters[0], da, dx.Row(t, b));          // ∂(1)
                dh.Clear();
                ReferenceProduct.AddTransposed(Parameters[1], da, dh);                    // ∂(1)
            }
        }

        return new ReferenceGradients(dx, dParameters, dInitial);
    }

    /// <summary>h before step <paramref name="t"/>: the initial one, or what step t − 1 left.</summary>
    private ReadOnlySpan<double> PreviousH(int t, int b) => t == 0 ? Row(_h0, b, _hiddenSize) : H.Row(t - 1, b);
}
