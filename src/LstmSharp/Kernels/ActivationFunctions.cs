using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>The functions that <see cref="Activation"/> names, and their derivatives taken from their outputs.</summary>
internal static class ActivationFunctions<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>y = act(sum).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply(Activation activation, TVector sum) =>
        activation switch
        {
            Activation.Tanh => ElementaryFunctions<TSimd, TVector>.Tanh(sum),
            Activation.Sigmoid => ElementaryFunctions<TSimd, TVector>.Sigmoid(sum),
            Activation.Relu => TSimd.ZeroUnlessPositive(sum, sum),
            _ => sum,
        };

    /// <summary>dSum = dY ⊙ act′.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Differentiate(Activation activation, TVector dY, TVector y) =>
        activation switch
        {
            Activation.Tanh => ThroughTanh(dY, y),
            Activation.Sigmoid => ThroughSigmoid(dY, y),
            Activation.Relu => TSimd.ZeroUnlessPositive(dY, y),
            _ => dY,
        };

    /// <summary>dY · y · (1 − y), the derivative of y = σ(…) from its output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ThroughSigmoid(TVector dY, TVector y) => TSimd.Multiply(dY, TSimd.FusedNegateMultiplyAdd(y, y, y));

    /// <summary>dY · (1 − y²), the derivative of y = tanh(…) from its output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ThroughTanh(TVector dY, TVector y) =>
        TSimd.Multiply(dY, TSimd.FusedNegateMultiplyAdd(y, y, TSimd.Broadcast(1)));
}
