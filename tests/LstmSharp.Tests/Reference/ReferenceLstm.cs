namespace LstmSharp.Tests;

/// <summary>The LSTM layer. The blocks of H rows of Wx [4H, I], Wh [4H, H] and b [4H]: i, f, u, o. States: h, c.</summary>
/// <remarks>
/// For every row and step t, with a = b + Wx·x[t] + Wh·h[t−1]:
///   (1) i = σ(a.i)    (2) f = σ(a.f)    (3) u = tanh(a.u)    (4) o = σ(a.o)
///   (5) c[t] = f ⊙ c[t−1] + i ⊙ u
///   (6) h[t] = o ⊙ tanh(c[t])
/// </remarks>
internal sealed class ReferenceLstm(double[] inputWeights, double[] recurrentWeights, double[] bias)
    : ReferenceLayer(inputWeights, recurrentWeights, bias)
{
    private readonly int _hiddenSize = bias.Length / 4;
    private double[][] _initialState = [];

    public override int[] StateSizes => [_hiddenSize, _hiddenSize];

    public ReferenceSequence X { get; private set; } = new(0, 0, 0);

    public ReferenceSequence I { get; private set; } = new(0, 0, 0);

    public ReferenceSequence F { get; private set; } = new(0, 0, 0);

    public ReferenceSequence U { get; private set; } = new(0, 0, 0);

    public ReferenceSequence O { get; private set; } = new(0, 0, 0);

    public ReferenceSequence C { get; private set; } = new(0, 0, 0);

    public ReferenceSequence H { get; private set; } = new(0, 0, 0);

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        (X, _initialState) = (x, initialState);
        (I, F, U, O) = (x.Zeros(_hiddenSize), x.Zeros(_hiddenSize), x.Zeros(_hiddenSize), x.Zeros(_hiddenSize));
        (C, H) = (x.Zeros(_hiddenSize), x.Zeros(_hiddenSize));
        double[][] final = ZeroState(x.BatchSize);
        for (int b = 0; b < x.BatchSize; b++)
        {
            for (int t = 0; t < x.Length; t++)
            {
                Step(t, b);
            }

            Previous(H, 0, x.Length, b).CopyTo(Row(final[0], b, _hiddenSize));
            Previous(C, 1, x.Length, b).CopyTo(Row(final[1], b, _hiddenSize));
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
            Span<double> dc = Row(dInitial[1], b, _hiddenSize);
            Row(dFinalState[0], b, _hiddenSize).CopyTo(dh);
            Row(dFinalState[1], b, _hiddenSize).CopyTo(dc);
            for (int t = X.Length - 1; t >= 0; t--)
            {
                ReferenceProduct.Add(dy.Row(t, b), dh);
                double[] da = StepBackward(t, b, dh, dc);

                ReferenceProduct.AddOuter(da, X.Row(t, b), dParameters[0]);
                ReferenceProduct.AddOuter(da, Previous(H, 0, t, b), dParameters[1]);
                ReferenceProduct.Add(da, dParameters[2]);
                ReferenceProduct.AddTransposed(Parameters[0], da, dx.Row(t, b));
                dh.Clear();
                ReferenceProduct.AddTransposed(Parameters[1], da, dh);
            }
        }

        return new ReferenceGradients(dx, dParameters, dInitial);
    }

    private void Step(int t, int b)
    {
        double[] a = [.. Parameters[2]];
        ReferenceProduct.Add(Parameters[0], X.Row(t, b), a);
        ReferenceProduct.Add(Parameters[1], Previous(H, 0, t, b), a);

        ReadOnlySpan<double> cPrevious = Previous(C, 1, t, b);
        for (int j = 0; j < _hiddenSize; j++)
        {
            double f = ReferenceActivation.Sigmoid(a[1 * _hiddenSize + j]); // (2)
            double i = ReferenceActivation.Sigmoid(a[0 * _hiddenSize + j]); // (1)
            double u = Math.Tanh(a[2 * _hiddenSize + j]);                   // (3)
            double o = ReferenceActivation.Sigmoid(a[3 * _hiddenSize + j]); // (4)
            double c = f * cPrevious[j] + i * u;                            // (5)
            double h = o * Math.Tanh(c);                                    // (6)
            (F.Row(t, b)[j], I.Row(t, b)[j], U.Row(t, b)[j], O.Row(t, b)[j]) = (f, i, u, o);
            (C.Row(t, b)[j], H.Row(t, b)[j]) = (c, h);
        }
    }

    /// <summary>From dh = ∂L/∂h[t] and dc = ∂L/∂c[t] by way of later steps: returns ∂L/∂a and turns dc into ∂L/∂c[t−1].</summary>
    private double[] StepBackward(int t, int b, ReadOnlySpan<double> dh, Span<double> dc)
    {
        double[] da = new double[4 * _hiddenSize];
        ReadOnlySpan<double> cPrevious = Previous(C, 1, t, b);
        for (int j = 0; j < _hiddenSize; j++)
        {
            (double f, double i, double u, double o) = (F.Row(t, b)[j], I.Row(t, b)[j], U.Row(t, b)[j], O.Row(t, b)[j]);
            double tanhC = Math.Tanh(C.Row(t, b)[j]);
            dc[j] += dh[j] * o * (1 - tanhC * tanhC);                              // ∂(6)
            da[3 * _hiddenSize + j] = dh[j] * tanhC * o * (1 - o);                 // ∂(6), ∂(4)
            da[2 * _hiddenSize + j] = dc[j] * i * (1 - u * u);                     // ∂(5), ∂(3)
            da[0 * _hiddenSize + j] = dc[j] * u * i * (1 - i);                     // ∂(5), ∂(1)
            da[1 * _hiddenSize + j] = dc[j] * cPrevious[j] * f * (1 - f);          // ∂(5), ∂(2)
            dc[j] *= f;                                                            // ∂(5)
        }

        return da;
    }

    /// <summary>The state before step <paramref name="t"/>: the initial one, or what step t − 1 left.</summary>
    private ReadOnlySpan<double> Previous(ReferenceSequence steps, int state, int t, int b) =>
        t == 0 ? Row(_initialState[state], b, _hiddenSize) : steps.Row(t - 1, b);
}
