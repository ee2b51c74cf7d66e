using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>Three vectors.</summary>
internal readonly struct Three<TVector>(TVector first, TVector second, TVector third)
    where TVector : struct
{
    public readonly TVector First = first;
    public readonly TVector Second = second;
    public readonly TVector Third = third;
}

/// <summary>Three vectors that go through a formula in step: while one waits for a result, the processor has work for the others, and a
/// constant is loaded once.</summary>
internal readonly struct Simd3<TSimd, TVector> : IVectorArithmetic<Three<TVector>>
    where TSimd : IVectorArithmetic<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Three<TVector> Broadcast(float value) =>
        new(TSimd.Broadcast(value), TSimd.Broadcast(value), TSimd.Broadcast(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Three<TVector> Subtract(Three<TVector> left, Three<TVector> right) =>
        new(TSimd.Subtract(left.First, right.First), TSimd.Subtract(left.Second, right.Second), TSimd.Subtract(left.Third, right.Third));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Three<TVector> Multiply(Three<TVector> left, Three<TVector> right) =>
        new(TSimd.Multiply(left.First, right.First), TSimd.Multiply(left.Second, right.Second), TSimd.Multiply(left.Third, right.Third));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Three<TVector> Divide(Three<TVector> left, Three<TVector> right) =>
        new(TSimd.Divide(left.First, right.First), TSimd.Divide(left.Second, right.Second), TSimd.Divide(left.Third, right.Third));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Three<TVector> FusedMultiplyAdd(Three<TVector> left, Three<TVector> right, Three<TVector> addend) =>
        new(
            TSimd.FusedMultiplyAdd(left.First, right.First, addend.First),
            TSimd.FusedMultiplyAdd(left.Second, right.Second, addend.Second),
            TSimd.FusedMultiplyAdd(left.Third, right.Third, addend.Third));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Three<TVector> FusedNegateMultiplyAdd(Three<TVector> left, Three<TVector> right, Three<TVector> addend) =>
        new(
            TSimd.FusedNegateMultiplyAdd(left.First, right.First, addend.First),
            TSimd.FusedNegateMultiplyAdd(left.Second, right.Second, addend.Second),
            TSimd.FusedNegateMultiplyAdd(left.Third, right.Third, addend.Third));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Three<TVector> AtMost(Three<TVector> value, Three<TVector> bound) =>
        new(TSimd.AtMost(value.First, bound.First), TSimd.AtMost(value.Second, bound.Second), TSimd.AtMost(value.Third, bound.Third));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Three<TVector> AtLeast(Three<TVector> value, Three<TVector> bound) =>
        new(TSimd.AtLeast(value.First, bound.First), TSimd.AtLeast(value.Second, bound.Second), TSimd.AtLeast(value.Third, bound.Third));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Three<TVector> And(Three<TVector> left, Three<TVector> right) =>
        new(TSimd.And(left.First, right.First), TSimd.And(left.Second, right.Second), TSimd.And(left.Third, right.Third));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Three<TVector> Xor(Three<TVector> left, Three<TVector> right) =>
        new(TSimd.Xor(left.First, right.First), TSimd.Xor(left.Second, right.Second), TSimd.Xor(left.Third, right.Third));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Three<TVector> PowerOfTwo(Three<TVector> biasedExponent) =>
        new(TSimd.PowerOfTwo(biasedExponent.First), TSimd.PowerOfTwo(biasedExponent.Second), TSimd.PowerOfTwo(biasedExponent.Third));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Three<TVector> Scale(Three<TVector> value, Three<TVector> biasedExponent) =>
        new(
            TSimd.Scale(value.First, biasedExponent.First),
            TSimd.Scale(value.Second, biasedExponent.Second),
            TSimd.Scale(value.Third, biasedExponent.Third));
}
