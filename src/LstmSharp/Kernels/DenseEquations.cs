using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>y = act(z), where z are a dense layer's sums: docs/math/rnn.md, equation (3).</summary>
internal unsafe struct DenseForward : ITileEpilogue
{
    public required Activation Activation;

    /// <summary>The sums z in, the outputs y out, in plain panels.</summary>
    public required PanelRows Outputs;

    /// <summary>How many floats of a row there are.</summary>
    public required int Stride;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply<TSimd, TVector>(in TileArea area)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        if (Activation == Activation.Identity)
        {
            return;
        }

        nint units = Math.Min(area.Units, Stride - area.FirstUnit);
        for (int row = area.FirstRow; row < area.FirstRow + area.Rows; row++)
        {
            float* outputs = Outputs.At(row, area.Panel);
            for (nint unit = 0; unit < units; unit += TSimd.Lanes)
            {
                TVector y = ActivationFunctions<TSimd, TVector>.Apply(Activation, TSimd.Load(outputs + unit)); // (3)
                TSimd.Store(y, outputs + unit);
            }
        }
    }
}

/// <summary>dz = dy ⊙ act′, the derivative taken from the output y: ∂(3) of docs/math/rnn.md.</summary>
internal unsafe struct DenseBackward : ITileEpilogue
{
    public required Activation Activation;

    /// <summary>The outputs y of the forward pass, <c>[row][Stride]</c>.</summary>
    public required float* Outputs;

    /// <summary>The gradient of y in, of z out.</summary>
    public required float* Gradient;

    public required int Stride;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply<TSimd, TVector>(in TileArea area)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        nint units = Math.Min(area.Units, Stride - area.FirstUnit);
        for (int row = area.FirstRow; row < area.FirstRow + area.Rows; row++)
        {
            nint start = ((nint)row * Stride) + area.FirstUnit;
            for (nint unit = start; unit < start + units; unit += TSimd.Lanes)
            {
                TVector dY = TSimd.Load(Gradient + unit);
                TSimd.Store(ActivationFunctions<TSimd, TVector>.Differentiate(Activation, dY, TSimd.Load(Outputs + unit)), Gradient + unit); // ∂(3)
            }
        }
    }
}
