using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>y = act(sum), for a vanilla RNN's step (docs/math/rnn.md, equation (2)) and for a dense layer (equation (3)).</summary>
internal readonly unsafe struct ActivationForward : ITileEpilogue
{
    public Activation Activation { get; init; }

    /// <summary>The sums, <c>[row][Stride]</c>.</summary>
    public float* Sums { get; init; }

    /// <summary>The results, <c>[row][Stride]</c>; may be <see cref="Sums"/>.</summary>
    public float* Outputs { get; init; }

    public int Stride { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply<TSimd, TVector>(int firstRow, int rows, int firstUnit, int units)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        int lastUnit = Math.Min(units, Stride - firstUnit);
        for (int row = firstRow; row < firstRow + rows; row++)
        {
            nint start = ((nint)row * Stride) + firstUnit;
            for (nint unit = start; unit < start + lastUnit; unit += TSimd.Lanes)
            {
                TSimd.Store(Activate<TSimd, TVector>(TSimd.Load(Sums + unit)), Outputs + unit);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Activate<TSimd, TVector>(TVector sum)
        where TSimd : ISimd<TVector>
        where TVector : struct =>
        Activation switch
        {
            Activation.Tanh => ElementaryFunctions<TSimd, TVector>.Tanh(sum),
            Activation.Sigmoid => ElementaryFunctions<TSimd, TVector>.Sigmoid(sum),
            Activation.Relu => TSimd.ZeroUnlessPositive(sum, sum),
            _ => sum,
        };
}

/// <summary>dSum = (dY + dYnext) ⊙ act′, the derivative taken from the output y: ∂(2) of docs/math/rnn.md.</summary>
internal readonly unsafe struct ActivationBackward : ITileEpilogue
{
    public Activation Activation { get; init; }

    /// <summary>The outputs y of the forward pass, <c>[row][Stride]</c>.</summary>
    public float* Outputs { get; init; }

    /// <summary>The gradient of y that comes from above.</summary>
    public float* OutputGradient { get; init; }

    /// <summary>The gradient of y that comes from the next step, or null where there is no next step.</summary>
    public float* HiddenGradient { get; init; }

    /// <summary>The gradient of the sums; may be one of the gradients read.</summary>
    public float* SumGradient { get; init; }

    public int Stride { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply<TSimd, TVector>(int firstRow, int rows, int firstUnit, int units)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        int lastUnit = Math.Min(units, Stride - firstUnit);
        for (int row = firstRow; row < firstRow + rows; row++)
        {
            nint start = ((nint)row * Stride) + firstUnit;
            for (nint unit = start; unit < start + lastUnit; unit += TSimd.Lanes)
            {
                TVector dY = TSimd.Load(OutputGradient + unit);
                if (HiddenGradient != null)
                {
                    dY = TSimd.Add(dY, TSimd.Load(HiddenGradient + unit));
                }

                TSimd.Store(Differentiate<TSimd, TVector>(dY, TSimd.Load(Outputs + unit)), SumGradient + unit);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Differentiate<TSimd, TVector>(TVector dY, TVector y)
        where TSimd : ISimd<TVector>
        where TVector : struct =>
        Activation switch
        {
            Activation.Tanh => TSimd.Multiply(dY, TSimd.FusedNegateMultiplyAdd(y, y, TSimd.Broadcast(1))),
            Activation.Sigmoid => TSimd.Multiply(dY, TSimd.FusedNegateMultiplyAdd(y, y, y)),
            Activation.Relu => TSimd.ZeroUnlessPositive(dY, y),
            _ => dY,
        };
}
