namespace LstmSharp.Tests;

/// <summary>The GRU layer. The blocks of H rows of Wx [3H, I], Wh [3H, H] and b [3H]: r, z, n. With a second bias b′ [H], the reset gate acts
/// after the product; without one, before it. State: h.</summary>
/// <remarks>
/// For every row and step t, with a = b + Wx·x[t] and k = Wh·h[t−1]:
///   (1) r = σ(a.r + k.r)    (2) z = σ(a.z + k.z)
///   (3) q = k.n + b′        (4) n = tanh(a.n + r ⊙ q)           after the product
///   (3′) q = r ⊙ h[t−1]     (4′) n = tanh(a.n + Wh.n·q)         before the product
///   (5) h[t] = (1 − z) ⊙ n + z ⊙ h[t−1]
/// </remarks>
internal sealed class ReferenceGru(double[] inputWeights, double[] recurrentWeights, double[] bias, double[]? recurrentBias)
    : ReferenceLayer(recurrentBias is null ? [inputWeights, recurrentWeights, bias] : [inputWeights, recurrentWeights, bias, recurrentBias])
{
    private readonly int _hiddenSize = bias.Length / 3;
    private double[] _h0 = [];

    public override int[] StateSizes => [_hiddenSize];

    public ReferenceSequence X { get; private set; } = new(0, 0, 0);

    public ReferenceSequence R { get; private set; } = new(0, 0, 0);

    public ReferenceSequence Z { get; private set; } = new(0, 0, 0);

    public ReferenceSequence Q { get; private set; } = new(0, 0, 0);

    public ReferenceSequence N { get; private set; } = new(0, 0, 0);

    public ReferenceSequence H { get; private set; } = new(0, 0, 0);

    /// <summary>What h[t−1] is multiplied by for the recurrent product, for a row and a unit.</summary>
    public Func<int, int, double> RecurrentMask { get; init; } = (_, _) => 1;

    private bool IsAfter => Parameters.Length == 4;

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        (X, _h0) = (x, initialState[0]);
        (R, Z, Q) = (x.Zeros(_hiddenSize), x.Zeros(_hiddenSize), x.Zeros(_hiddenSize));
        (N, H) = (x.Zeros(_hiddenSize), x.Zeros(_hiddenSize));
        double[][] final = ZeroState(x.BatchSize);
        for (int b = 0; b < x.BatchSize; b++)
        {
            for (int t = 0; t < x.Length; t++)
            {
                Step(t, b);
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
                double[] dk = new double[3 * _hiddenSize], da = StepBackward(t, b, dh, dk, dParameters);

                ReferenceProduct.AddOuter(da, X.Row(t, b), dParameters[0]);
                ReferenceProduct.AddOuter(dk, Masked(PreviousH(t, b), b), dParameters[1]);
                ReferenceProduct.Add(da, dParameters[2]);
                ReferenceProduct.AddTransposed(Parameters[0], da, dx.Row(t, b));
                double[] dr = new double[_hiddenSize];
                ReferenceProduct.AddTransposed(Parameters[1], dk, dr);
                ReferenceProduct.Add(Masked(dr, b), dh);
            }
        }

        return new ReferenceGradients(dx, dParameters, dInitial);
    }

    private double[] Masked(ReadOnlySpan<double> values, int b)
    {
        double[] masked = values.ToArray();
        for (int j = 0; j < masked.Length; j++)
        {
            masked[j] *= RecurrentMask(b, j);
        }

        return masked;
    }

    private void Step(int t, int b)
    {
        ReadOnlySpan<double> previous = PreviousH(t, b);
        double[] a = [.. Parameters[2]], k = new double[3 * _hiddenSize];
        ReferenceProduct.Add(Parameters[0], X.Row(t, b), a);
        ReferenceProduct.Add(Parameters[1], Masked(previous, b), k);
        for (int j = 0; j < _hiddenSize; j++)
        {
            R.Row(t, b)[j] = ReferenceActivation.Sigmoid(a[j] + k[j]);                                     // (1)
            Z.Row(t, b)[j] = ReferenceActivation.Sigmoid(a[_hiddenSize + j] + k[_hiddenSize + j]);         // (2)
            Q.Row(t, b)[j] = IsAfter ? k[(2 * _hiddenSize) + j] + Parameters[3][j] : R.Row(t, b)[j] * previous[j]; // (3), (3′)
        }

        double[] recurrent = new double[_hiddenSize];
        if (!IsAfter)
        {
            ReferenceProduct.Add(CandidateWeights(Parameters[1]), Q.Row(t, b), recurrent);                 // (4′)
        }

        for (int j = 0; j < _hiddenSize; j++)
        {
            double n = Math.Tanh(a[(2 * _hiddenSize) + j] + (IsAfter ? R.Row(t, b)[j] * Q.Row(t, b)[j] : recurrent[j])); // (4), (4′)
            double z = Z.Row(t, b)[j];
            N.Row(t, b)[j] = n;
            H.Row(t, b)[j] = ((1 - z) * n) + (z * previous[j]);                                            // (5)
        }
    }

    /// <summary>From dh = ∂L/∂h[t]: returns ∂L/∂a, fills dk = ∂L/∂k, adds to the gradients of b′ and, before the product, of Wh's block of n,
    /// and turns dh into what reaches h[t−1] beside Wh·h[t−1].</summary>
    private double[] StepBackward(int t, int b, Span<double> dh, double[] dk, double[][] dParameters)
    {
        double[] da = new double[3 * _hiddenSize], dCandidate = new double[_hiddenSize];
        ReadOnlySpan<double> previous = PreviousH(t, b);
        for (int j = 0; j < _hiddenSize; j++)
        {
            (double z, double n) = (Z.Row(t, b)[j], N.Row(t, b)[j]);
            dCandidate[j] = dh[j] * (1 - z) * (1 - (n * n));                             // ∂(5), ∂(4)
            da[_hiddenSize + j] = dh[j] * (previous[j] - n) * z * (1 - z);               // ∂(5), ∂(2)
            dh[j] *= z;                                                                  // ∂(5)
        }

        double[] dq = new double[_hiddenSize];
        if (!IsAfter)
        {
            double[] dBlock = new double[_hiddenSize * _hiddenSize];
            ReferenceProduct.AddOuter(dCandidate, Q.Row(t, b), dBlock);                  // ∂(4′)
            ReferenceProduct.Add(dBlock, dParameters[1].AsSpan(2 * _hiddenSize * _hiddenSize));
            ReferenceProduct.AddTransposed(CandidateWeights(Parameters[1]), dCandidate, dq);
        }

        for (int j = 0; j < _hiddenSize; j++)
        {
            double r = R.Row(t, b)[j];
            double dr = IsAfter ? dCandidate[j] * Q.Row(t, b)[j] : dq[j] * previous[j];  // ∂(4), ∂(3′)
            da[(2 * _hiddenSize) + j] = dCandidate[j];
            da[j] = dr * r * (1 - r);                                                    // ∂(1)
            dh[j] += IsAfter ? 0 : dq[j] * r;                                            // ∂(3′)
            (dk[j], dk[_hiddenSize + j]) = (da[j], da[_hiddenSize + j]);
            if (IsAfter)
            {
                dk[(2 * _hiddenSize) + j] = dCandidate[j] * r;                           // ∂(4)
                dParameters[3][j] += dCandidate[j] * r;                                  // ∂(3)
            }
        }

        return da;
    }

    private double[] CandidateWeights(double[] recurrentWeights) => recurrentWeights[(2 * _hiddenSize * _hiddenSize)..];

    /// <summary>h before step <paramref name="t"/>: the initial one, or what step t − 1 left.</summary>
    private ReadOnlySpan<double> PreviousH(int t, int b) => t == 0 ? Row(_h0, b, _hiddenSize) : H.Row(t - 1, b);
}
