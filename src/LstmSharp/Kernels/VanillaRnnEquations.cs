using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>One time step of a vanilla RNN, from its sums to the new state.</summary>
/// <remarks>Equations of docs/math/rnn.md; a is what <see cref="Sums"/> holds:
/// <code>
/// (1) a = Wx·x + Wh·h₋₁ + b     (2) h = act(a)
/// </code>
/// Elman 1990.</remarks>
internal unsafe struct VanillaRnnForward : ITileEpilogue
{
    public required Activation Activation;

    /// <summary>The sums, in plain panels.</summary>
    public required PanelRows Sums;

    public required float* Hidden;

    /// <summary>The distance between two rows of a state.</summary>
    public required int Stride;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply<TSimd, TVector>(in TileArea area)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        nint units = Math.Min(area.Units, Stride - area.FirstUnit);
        for (int row = area.FirstRow; row < area.FirstRow + area.Rows; row++)
        {
            float* sums = Sums.At(row, area.Panel);
            float* hidden = Hidden + ((nint)row * Stride) + area.FirstUnit;
            for (nint unit = 0; unit < units; unit += TSimd.Lanes)
            {
                TVector h = ActivationFunctions<TSimd, TVector>.Apply(Activation, TSimd.Load(sums + unit)); // (2)
                TSimd.Store(SubnormalGuard<TSimd, TVector>.Round(h), hidden + unit);
            }
        }
    }
}

/// <summary>One time step of a vanilla RNN backward, from the hidden state's gradient to the sums' gradient.</summary>
/// <remarks>Reads the equations of <see cref="VanillaRnnForward"/> bottom-up: docs/math/rnn.md, ∂(2).</remarks>
internal unsafe struct VanillaRnnBackward : ITileEpilogue
{
    public required Activation Activation;

    public required float* Hidden;

    /// <summary>The gradient of h that comes from above, through the step's output.</summary>
    public required float* OutputGradient;

    /// <summary>The gradient of h that comes from the next step.</summary>
    public required PanelRows HiddenGradient;

    /// <summary>Receives the gradient of the sums.</summary>
    public required float* SumGradient;

    /// <summary>The distance between two rows of the sums' gradient.</summary>
    public required int SumGradientStride;

    /// <summary>The distance between two rows of a state.</summary>
    public required int Stride;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply<TSimd, TVector>(in TileArea area)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        nint units = Math.Min(area.Units, Stride - area.FirstUnit);
        for (int row = area.FirstRow; row < area.FirstRow + area.Rows; row++)
        {
            nint state = ((nint)row * Stride) + area.FirstUnit;
            float* hiddenGradient = HiddenGradient.At(row, area.Panel);
            float* sumGradient = SumGradient + ((nint)row * SumGradientStride) + area.FirstUnit;
            for (nint unit = 0; unit < units; unit += TSimd.Lanes)
            {
                TVector h = TSimd.Load(Hidden + state + unit);
                TVector dH = TSimd.Add(TSimd.Load(OutputGradient + state + unit), TSimd.Load(hiddenGradient + unit));
                TVector dA = ActivationFunctions<TSimd, TVector>.Differentiate(Activation, dH, h); // ∂(2)
                TSimd.Store(SubnormalGuard<TSimd, TVector>.Round(dA), sumGradient + unit);
            }
        }
    }
}
