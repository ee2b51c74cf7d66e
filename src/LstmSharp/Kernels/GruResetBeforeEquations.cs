using System.Runtime.CompilerServices;

namespace LstmSharp.Kernels;

/// <summary>The first phase of a GRU whose reset gate acts before the product, for one row: (1), (2) and (3′) of
/// <see cref="GruEquations{TSimd, TVector}"/>.</summary>
internal unsafe struct GruGatesRow : IRowEpilogue
{
    public static bool HasThirds => false;

    /// <summary>Receives r, z, the input's sum of n, and q, <c>[column][Stride]</c> in the order of <see cref="GruGate"/>.</summary>
    public required float* Activations;

    public required float* PreviousHidden;

    /// <summary>The distance between two gates' activations.</summary>
    public required nint Stride;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Apply<TSimd, TVector>(nint firstUnit, TVector reset, TVector update, TVector candidate, TVector unused)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        float* activations = Activations + firstUnit;
        TVector r = GruEquations<TSimd, TVector>.Gate(reset); // (1)
        TVector q = TSimd.Multiply(r, TSimd.Load(PreviousHidden + firstUnit)); // (3′)
        TSimd.Store(r, activations + ((int)GruGate.Reset * Stride));
        TSimd.Store(GruEquations<TSimd, TVector>.Gate(update), activations + ((int)GruGate.Update * Stride)); // (2)
        TSimd.Store(candidate, activations + ((int)GruGate.Candidate * Stride));
        GruEquations<TSimd, TVector>.Store(q, activations + (GruEquations<TSimd, TVector>.ColumnOfQ * Stride));
    }
}

/// <summary>The same for a tile.</summary>
internal unsafe struct GruGatesForward : ITileEpilogue
{
    /// <summary>The sums of r, z and the input's part of n, in interleaved panels; the fourth vector is not used.</summary>
    public required PanelRows Sums;

    /// <summary>Receives r, z, the input's sum of n, and q, <c>[row][column][Stride]</c>.</summary>
    public required float* Activations;

    /// <summary>The distance between two rows of activations.</summary>
    public required int GatesStride;

    public required float* PreviousHidden;

    /// <summary>The distance between two rows of a state, and between two gates' activations.</summary>
    public required int Stride;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply<TSimd, TVector>(in TileArea area)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        nint vectorStride = Sums.VectorStride;
        for (int row = area.FirstRow; row < area.FirstRow + area.Rows; row++)
        {
            float* sums = Sums.At(row, area.Panel);
            new GruGatesRow
            {
                Activations = Activations + ((nint)row * GatesStride),
                PreviousHidden = PreviousHidden + ((nint)row * Stride),
                Stride = Stride,
            }.Apply<TSimd, TVector>(
                area.FirstUnit,
                TSimd.Load(sums + ((int)GruGate.Reset * vectorStride)),
                TSimd.Load(sums + ((int)GruGate.Update * vectorStride)),
                TSimd.Load(sums + ((int)GruGate.Candidate * vectorStride)),
                default);
        }
    }
}

/// <summary>The second phase of a GRU whose reset gate acts before the product: (4′) and (5).</summary>
internal unsafe struct GruCandidateForward : ITileEpilogue
{
    /// <summary>The sums of n, in plain panels.</summary>
    public required PanelRows Sums;

    /// <summary>z; receives n, <c>[row][column][Stride]</c>.</summary>
    public required float* Activations;

    /// <summary>The distance between two rows of activations.</summary>
    public required int GatesStride;

    public required float* PreviousHidden;

    public required float* Hidden;

    /// <summary>The distance between two rows of a state, and between two gates' activations.</summary>
    public required int Stride;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply<TSimd, TVector>(in TileArea area)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        nint units = Math.Min(area.Units, Stride - area.FirstUnit);
        nint update = (int)GruGate.Update * Stride, candidate = (int)GruGate.Candidate * Stride;
        for (int row = area.FirstRow; row < area.FirstRow + area.Rows; row++)
        {
            nint state = ((nint)row * Stride) + area.FirstUnit;
            float* sums = Sums.At(row, area.Panel);
            float* activations = Activations + ((nint)row * GatesStride) + area.FirstUnit;
            for (nint unit = 0; unit < units; unit += TSimd.Lanes)
            {
                TVector n = ElementaryFunctions<TSimd, TVector>.Tanh(TSimd.Load(sums + unit)); // (4′)
                TVector z = TSimd.Load(activations + update + unit);
                TVector h = GruEquations<TSimd, TVector>.Hidden(z, n, TSimd.Load(PreviousHidden + state + unit)); // (5)
                TSimd.Store(n, activations + candidate + unit);
                TSimd.Store(h, Hidden + state + unit);
            }
        }
    }
}

/// <summary>The second phase backward, which comes first: ∂(5), ∂(4′) and ∂(2).</summary>
internal unsafe struct GruCandidateBackward : ITileEpilogue
{
    /// <summary>r, z, n and q, <c>[row][column][Stride]</c>.</summary>
    public required float* Activations;

    /// <summary>Receives the gradients of the sums of z and n, <c>[row][column][Stride]</c>.</summary>
    public required float* SumGradient;

    /// <summary>The distance between two rows of gates.</summary>
    public required int GatesStride;

    public required float* PreviousHidden;

    /// <summary>The gradient of h that comes from above, through the step's output.</summary>
    public required float* OutputGradient;

    /// <summary>The gradient of h that comes from the next step.</summary>
    public required PanelRows HiddenGradient;

    /// <summary>Receives what reaches h₋₁ beside the sums: z ⊙ dh.</summary>
    public required float* Carried;

    /// <summary>The distance between two rows of a state, and between two gates.</summary>
    public required int Stride;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply<TSimd, TVector>(in TileArea area)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        nint units = Math.Min(area.Units, Stride - area.FirstUnit);
        nint update = (int)GruGate.Update * Stride, candidate = (int)GruGate.Candidate * Stride;
        for (int row = area.FirstRow; row < area.FirstRow + area.Rows; row++)
        {
            nint state = ((nint)row * Stride) + area.FirstUnit, gates = ((nint)row * GatesStride) + area.FirstUnit;
            float* hiddenGradient = HiddenGradient.At(row, area.Panel);
            for (nint unit = 0; unit < units; unit += TSimd.Lanes)
            {
                TVector dH = TSimd.Add(TSimd.Load(OutputGradient + state + unit), TSimd.Load(hiddenGradient + unit));
                TVector dA = GruEquations<TSimd, TVector>.CandidateGradient(
                    dH,
                    TSimd.Load(Activations + gates + update + unit),
                    TSimd.Load(Activations + gates + candidate + unit),
                    TSimd.Load(PreviousHidden + state + unit),
                    SumGradient + gates + update + unit,
                    Carried + state + unit);
                TSimd.Store(dA, SumGradient + gates + candidate + unit);
            }
        }
    }
}

/// <summary>The first phase backward, from the gradient of q: ∂(3′) and ∂(1).</summary>
internal unsafe struct GruResetBackward : ITileEpilogue
{
    /// <summary>The gradient of q, in plain panels: ∂(4′).</summary>
    public required PanelRows ResetGradient;

    /// <summary>r, z, n and q, <c>[row][column][Stride]</c>.</summary>
    public required float* Activations;

    /// <summary>Receives the gradient of r's sums, <c>[row][column][Stride]</c>.</summary>
    public required float* SumGradient;

    /// <summary>The distance between two rows of gates.</summary>
    public required int GatesStride;

    public required float* PreviousHidden;

    /// <summary>What reaches h₋₁ beside the sums: r ⊙ dq is added.</summary>
    public required float* Carried;

    /// <summary>The distance between two rows of a state, and between two gates.</summary>
    public required int Stride;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Apply<TSimd, TVector>(in TileArea area)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        nint units = Math.Min(area.Units, Stride - area.FirstUnit), reset = (int)GruGate.Reset * Stride;
        for (int row = area.FirstRow; row < area.FirstRow + area.Rows; row++)
        {
            nint state = ((nint)row * Stride) + area.FirstUnit, gates = ((nint)row * GatesStride) + area.FirstUnit + reset;
            float* resetGradient = ResetGradient.At(row, area.Panel);
            for (nint unit = 0; unit < units; unit += TSimd.Lanes)
            {
                TVector dQ = TSimd.Load(resetGradient + unit), r = TSimd.Load(Activations + gates + unit);
                TVector dR = TSimd.Multiply(dQ, TSimd.Load(PreviousHidden + state + unit)); // ∂(3′)
                TVector carried = TSimd.FusedMultiplyAdd(r, dQ, TSimd.Load(Carried + state + unit));
                GruEquations<TSimd, TVector>.Store(carried, Carried + state + unit);
                GruEquations<TSimd, TVector>.Store(
                    ActivationFunctions<TSimd, TVector>.ThroughSigmoid(dR, r), SumGradient + gates + unit); // ∂(1)
            }
        }
    }
}
