using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>exp, tanh and sigmoid, lane by lane, within 2 ULP of the true value for every float32.</summary>
/// <remarks><para>All three reduce an argument y to n = round(y / ln 2) and r = y − n·ln 2, |r| ≤ ln 2 / 2, so that e^y = 2ⁿ·e^r. Adding
/// 1.5·2²³ rounds to an integer and leaves it in the sum's lowest bits, from where <see cref="IVectorArithmetic{TVector}.PowerOfTwo"/> takes it.
/// e^r is 1 + r + r²·P(r):</para>
/// <code>
/// exp      e^x     = 2ⁿ·(1 + r·(1 + r·P(r)))                                                                       (1)
/// sigmoid  σ(x)    = κ / (κ + κ·e^−x)                                                                               (2)
///          κ·e^−x  = 2ⁿ·(K + q),   q = (κ − K) + κ·(e^r − 1)                                                        (3)
/// tanh     tanh(a) = (1 − e^−2a) / (1 + e^−2a),   a = |x|, the sign put back at the end                             (4)
///          ½(1 ∓ e^−2a) = ½(1 ∓ 2ⁿ) ± 2ⁿ·g,   g = ½(1 − e^−2u) = u − u²·2·P(−2u),   u = a + n·(ln 2 / 2)            (5)
/// </code>
/// <para>(4) is accurate near 0 because n = 0 there, so that the numerator is g itself. In (2) and (3), κ = 1.5 keeps the denominator's
/// rounding small where the quotient's spacing is small; K = 1.25 makes q small beside the exact K·2ⁿ, and keeps the "+ κ" when 2ⁿ
/// passes 2²³. Both sides of the fraction are scaled by 2⁻³², so that denominators reach e^104 and a denormal sigmoid is rounded once,
/// by the division. No other intermediate is denormal where the argument is not.</para>
/// <para>P has degree 4. Its coefficients are a weighted minimax fit of (e^r − 1 − r) / r² on |r| ≤ 0.3466, each rounded to float32 in
/// turn, lowest power first, with the rest fitted again. For exp and sigmoid the relative error of e^r is 3.2e-9; for tanh the coefficient
/// of r² is held at ½ and the relative error of e^r − 1 is 1.4e-8. ln 2 is one float32 plus a rest, which tanh can leave out.</para>
/// <para>Worst error over all floats (all-floats of tests/LstmSharp.Campaigns): exp 0.90 ULP, sigmoid 1.96 ULP, tanh 1.97 ULP.</para></remarks>
internal static class ElementaryFunctions<TSimd, TVector>
    where TSimd : IVectorArithmetic<TVector>
    where TVector : struct
{
    private const float RoundToInteger = 12582912f; // 1.5·2²³
    private const float Log2E = 1.44269504f;
    private const float Ln2 = 0.693147182f;
    private const float Ln2Rest = -1.90465430e-9f;

    private const float P0 = 0.4999999403953552f;
    private const float P1 = 0.1666652113199234f;
    private const float P2 = 0.04166825860738754f;
    private const float P3 = 0.008368670009076595f;
    private const float P4 = 0.0013821320608258247f;

    private const float TanhP0 = 0.5f;
    private const float TanhP1 = 0.16666549444198608f;
    private const float TanhP2 = 0.04166686162352562f;
    private const float TanhP3 = 0.00836596917361021f;
    private const float TanhP4 = 0.0013897502794861794f;

    private const float Kappa = 1.5f;
    private const float K = 1.25f;
    private const float TwoToMinus32 = 2.3283064365386963e-10f;

    /// <summary>e^x: +∞ above 88.73, 0 below −103.97, denormal below −87.33.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        TVector magic = TSimd.Broadcast(RoundToInteger + 254);
        TVector y = TSimd.AtLeast(TSimd.AtMost(x, TSimd.Broadcast(89f)), TSimd.Broadcast(-105f));
        TVector shifted = TSimd.FusedMultiplyAdd(y, TSimd.Broadcast(Log2E), magic);
        TVector n = TSimd.Subtract(shifted, magic);
        TVector r = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Ln2), y);
        r = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Ln2Rest), r);

        TVector p = TSimd.FusedMultiplyAdd(TSimd.Broadcast(P4), r, TSimd.Broadcast(P3));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(P2));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(P1));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(P0));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1f));
        p = TSimd.FusedMultiplyAdd(p, r, TSimd.Broadcast(1f)); // (1)
        return TSimd.Scale(p, shifted);
    }

    /// <summary>1 / (1 + e^−x), relatively accurate in the negative tail, 0 below −103.97.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid(TVector x)
    {
        TVector magic = TSimd.Broadcast(RoundToInteger + 127 - 32);
        TVector y = TSimd.AtLeast(TSimd.AtMost(x, TSimd.Broadcast(20f)), TSimd.Broadcast(-105f));
        TVector shifted = TSimd.FusedMultiplyAdd(y, TSimd.Broadcast(-Log2E), magic);
        TVector n = TSimd.Subtract(shifted, magic);
        TVector power = TSimd.PowerOfTwo(shifted);
        TVector minusR = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(Ln2), y);
        minusR = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(Ln2Rest), minusR);

        TVector q = TSimd.FusedMultiplyAdd(TSimd.Broadcast(Kappa * P4), minusR, TSimd.Broadcast(-Kappa * P3));
        q = TSimd.FusedMultiplyAdd(q, minusR, TSimd.Broadcast(Kappa * P2));
        q = TSimd.FusedMultiplyAdd(q, minusR, TSimd.Broadcast(-Kappa * P1));
        q = TSimd.FusedMultiplyAdd(q, minusR, TSimd.Broadcast(Kappa * P0));
        q = TSimd.FusedMultiplyAdd(q, minusR, TSimd.Broadcast(-Kappa));
        q = TSimd.FusedMultiplyAdd(q, minusR, TSimd.Broadcast(Kappa - K)); // (3)

        TVector kappa = TSimd.Broadcast(Kappa * TwoToMinus32);
        TVector denominator = TSimd.FusedMultiplyAdd(q, power, TSimd.FusedMultiplyAdd(power, TSimd.Broadcast(K), kappa));
        return TSimd.Divide(kappa, denominator); // (2)
    }

    /// <summary>The hyperbolic tangent, odd bit for bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        TVector magic = TSimd.Broadcast(RoundToInteger + 127);
        TVector half = TSimd.Broadcast(0.5f);
        TVector sign = TSimd.And(x, TSimd.Broadcast(-0f));
        TVector a = TSimd.AtMost(TSimd.Xor(x, sign), TSimd.Broadcast(9.5f));
        TVector shifted = TSimd.FusedMultiplyAdd(a, TSimd.Broadcast(-2 * Log2E), magic);
        TVector n = TSimd.Subtract(shifted, magic);
        TVector power = TSimd.PowerOfTwo(shifted);
        TVector u = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(Ln2 / 2), a);

        TVector p = TSimd.FusedMultiplyAdd(TSimd.Broadcast(-32 * TanhP4), u, TSimd.Broadcast(16 * TanhP3));
        p = TSimd.FusedMultiplyAdd(p, u, TSimd.Broadcast(-8 * TanhP2));
        p = TSimd.FusedMultiplyAdd(p, u, TSimd.Broadcast(4 * TanhP1));
        p = TSimd.FusedMultiplyAdd(p, u, TSimd.Broadcast(-2 * TanhP0));
        TVector g = TSimd.FusedMultiplyAdd(TSimd.Multiply(u, p), u, u);

        TVector numerator = TSimd.FusedMultiplyAdd(g, power, TSimd.FusedNegateMultiplyAdd(power, half, half)); // (5)
        TVector denominator = TSimd.FusedNegateMultiplyAdd(g, power, TSimd.FusedMultiplyAdd(power, half, half));
        return TSimd.Xor(TSimd.Divide(numerator, denominator), sign); // (4)
    }
}
