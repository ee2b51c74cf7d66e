using System.Runtime.CompilerServices;
using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>The phases of a step: one where the reset gate acts after the product; else the gates, then the candidate.</summary>
public sealed unsafe partial class GruCell
{
    private const int CandidatePhase = 1;

    internal override int Phases => IsOnePhase ? 1 : 2;

    internal override int ActivationsStride => Weights.GatesStride;

    internal override bool NeedsActivations => !IsOnePhase;

    private bool IsOnePhase => Reset == GruReset.AfterProduct;

    /// <summary>The distance between two rows of a state, and between two gates' activations.</summary>
    private int Stride => Panels.RowStride(HiddenSize);

    internal override Panels ForwardPanels(int phase, SimdWidth width) =>
        phase == CandidatePhase ? Weights.HiddenPanels(width) : Weights.GatePanels(width);

    internal override void Forward(int phase, SimdWidth width, in StepRows step, Panels panels)
    {
        if (phase == CandidatePhase)
        {
            float* activations = step.Activations;
            PanelProduct.Run(
                width,
                Weights.LaterSums(width, CandidateOf(activations), ResetHiddenOf(activations), ActivationsStride, step, panels),
                CandidateOf(step, step.Sums));
        }
        else if (IsOnePhase)
        {
            PanelProduct.Run(width, Weights.Sums(width, step, panels), new GruForward
            {
                Sums = step.Sums,
                Activations = step.Activations,
                GatesStride = ActivationsStride,
                PreviousHidden = step.PreviousHidden,
                Hidden = step.Hidden,
                Stride = Stride,
            });
        }
        else
        {
            PanelProduct.Run(width, Weights.Sums(width, step, panels), new GruGatesForward
            {
                Sums = step.Sums,
                Activations = step.Activations,
                GatesStride = ActivationsStride,
                PreviousHidden = step.PreviousHidden,
                Stride = Stride,
            });
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal override void ForwardRow(
        SimdWidth width, in RowWeights weights, float* input, float* previousHidden, bool lastFirst, in StepRows step)
    {
        if (IsOnePhase)
        {
            RowProduct.Gates(width, weights, input, previousHidden, lastFirst, new GruRow
            {
                Activations = step.Activations,
                PreviousHidden = previousHidden,
                Hidden = step.Hidden,
                Stride = Stride,
            });
            return;
        }

        RowProduct.Gates(width, weights, input, previousHidden, lastFirst, new GruGatesRow
        {
            Activations = step.Activations,
            PreviousHidden = previousHidden,
            Stride = Stride,
        });
        RowWeights candidate = Weights.LaterRow(width, CandidateOf(step.Activations));
        RowProduct.Columns(
            width,
            candidate,
            null,
            ResetHiddenOf(step.Activations),
            lastFirst,
            step.Hidden,
            CandidateOf(step, Panels.OneRow(width, step.Hidden)));
    }

    internal override void Backward(int phase, SimdWidth width, in StepRows step, in StepGradients gradients, Panels panels)
    {
        if (IsOnePhase)
        {
            Product hiddenGradient = Weights.HiddenGradient(width, step.Rows, gradients, panels);
            PanelProduct.Run(width, hiddenGradient, new GruBackward
            {
                Activations = step.Activations,
                SumGradient = gradients.Sums,
                GatesStride = ActivationsStride,
                PreviousHidden = step.PreviousHidden,
                OutputGradient = gradients.Output,
                HiddenGradient = hiddenGradient.Result,
                Carried = gradients.Hidden,
                Stride = Stride,
            });
        }
        else if (phase == CandidatePhase)
        {
            Product hiddenGradient = Weights.HiddenGradient(width, step.Rows, gradients, panels);
            PanelProduct.Run(width, hiddenGradient, new GruCandidateBackward
            {
                Activations = step.Activations,
                SumGradient = gradients.Sums,
                GatesStride = ActivationsStride,
                PreviousHidden = step.PreviousHidden,
                OutputGradient = gradients.Output,
                HiddenGradient = hiddenGradient.Result,
                Carried = gradients.Hidden,
                Stride = Stride,
            });
        }
        else
        {
            PanelProduct.Run(width, Weights.LaterGradient(width, step.Rows, gradients, panels), new GruResetBackward
            {
                ResetGradient = gradients.Work,
                Activations = step.Activations,
                SumGradient = gradients.Sums,
                GatesStride = ActivationsStride,
                PreviousHidden = step.PreviousHidden,
                Carried = gradients.Hidden,
                Stride = Stride,
            });
        }
    }

    /// <summary>Wx takes the gradients of the sums of r, z and n; Wh those of r and z, and for n, after the product, those of its hidden
    /// part, or, before it, those of n, met by r ⊙ h₋₁.</summary>
    internal override void AddWeightGradients(
        Machine machine, WeightGradients sums, in SumFactors rows, ReadOnlySpan<Parameter> gradients)
    {
        const int candidate = (int)GruGate.Candidate, hiddenPart = candidate + 1;
        SumGradients gates = rows.Sums.Some(0, Gates);
        sums.AddWeights(machine, gates, rows.Input, gradients[0]);
        sums.AddWeights(machine, rows.Sums.Some(0, candidate), rows.PreviousHidden, gradients[1]);
        SumGradients ofCandidate = rows.Sums.Some(IsOnePhase ? hiddenPart : candidate, 1);
        Factor hidden = IsOnePhase
            ? rows.PreviousHidden
            : new Factor(ResetHiddenOf(rows.Activations), ActivationsStride, HiddenSize);
        sums.AddWeights(machine, ofCandidate, hidden, gradients[1], firstBlock: candidate);
        sums.AddBias(machine, gates, gradients[2]);
        if (IsOnePhase)
        {
            sums.AddBias(machine, ofCandidate, gradients[3]);
        }
    }

    private GruCandidateForward CandidateOf(in StepRows step, PanelRows sums) => new()
    {
        Sums = sums,
        Activations = step.Activations,
        GatesStride = ActivationsStride,
        PreviousHidden = step.PreviousHidden,
        Hidden = step.Hidden,
        Stride = Stride,
    };

    private float* CandidateOf(float* activations) => activations + ((int)GruGate.Candidate * Stride);

    /// <summary>r ⊙ h₋₁, which lies behind the gates' activations.</summary>
    private float* ResetHiddenOf(float* activations) => activations + (Gates * Stride);
}
