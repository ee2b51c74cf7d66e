namespace LstmSharp.Kernels;

/// <summary>The arithmetic of a formula, on one vector or on several that go through it in step.</summary>
/// <remarks>Every operation is lane by lane and exact or correctly rounded, so the same formula gives the same bits on every
/// width.</remarks>
/// <typeparam name="TVector">What a value of the formula is.</typeparam>
internal interface IVectorArithmetic<TVector>
    where TVector : struct
{
    static abstract TVector Broadcast(float value);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>Computes left · right + addend with one rounding.</summary>
    static abstract TVector FusedMultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>Computes addend − left · right with one rounding.</summary>
    static abstract TVector FusedNegateMultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>The smaller of a value and a bound that is a number; a value that is NaN stays NaN.</summary>
    static abstract TVector AtMost(TVector value, TVector bound);

    /// <summary>The larger of a value and a bound that is a number; a value that is NaN stays NaN.</summary>
    static abstract TVector AtLeast(TVector value, TVector bound);

    /// <summary>The bits that are set in both values.</summary>
    static abstract TVector And(TVector left, TVector right);

    /// <summary>The bits that are set in one of the two values only.</summary>
    static abstract TVector Xor(TVector left, TVector right);

    /// <summary>Computes 2ⁿ for −127 &lt; n &lt; 128, where the value's lowest bits hold n + 127, as those of 1.5·2²³ + 127 + n
    /// do.</summary>
    static abstract TVector PowerOfTwo(TVector biasedExponent);

    /// <summary>Computes value · 2ⁿ for −253 &lt; n &lt; 255 with one rounding, where value lies in [0.5, 2] and the exponent's lowest
    /// bits hold n + 254, as those of 1.5·2²³ + 254 + n do.</summary>
    static abstract TVector Scale(TVector value, TVector biasedExponent);
}

/// <summary>The vector operations a kernel may use, so that one source serves every width.</summary>
/// <remarks>Kernels are generic over <c>&lt;TSimd, TVector&gt;</c> and hold their values in locals of type
/// <typeparamref name="TVector"/>, which then are real vector registers.</remarks>
/// <typeparam name="TVector">The vector of float32: Vector512, Vector256 or Vector128.</typeparam>
internal unsafe interface ISimd<TVector> : IVectorArithmetic<TVector>
    where TVector : struct
{
    /// <summary>How many float32 values one vector holds.</summary>
    static abstract int Lanes { get; }

    /// <summary>Whether there are 32 vector registers of this width (AVX-512, NEON) rather than 16.</summary>
    static abstract bool Has32Registers { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector value, float* destination);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Sqrt(TVector value);

    /// <summary>The larger of two values; NaN where either is NaN.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>The value where the condition is above 0 or NaN, else +0.</summary>
    static abstract TVector ZeroUnlessPositive(TVector value, TVector condition);
}
