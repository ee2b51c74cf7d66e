namespace LstmSharp;

/// <summary>A loss of values with a weight of 1 for every step, not for every value.</summary>
internal sealed class SummedOutputsLoss(Loss<float> loss, int outputs) : Loss<float>
{
    /// <summary>The loss of the values.</summary>
    public Loss<float> Inner => loss;

    /// <summary>How many values a step has.</summary>
    public int Outputs => outputs;

    public override int OutputsPerTarget => loss.OutputsPerTarget;

    public override string ToString() => $"{nameof(SummedOverOutputs)}({loss}, {outputs})";

    protected override void ThrowIfTargetsDoNotFit(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        loss.Check(prediction, target);
        if (prediction.Length % outputs != 0)
        {
            throw new ArgumentException(
                $"{this}: prediction must hold whole steps of {outputs} values, but holds {prediction.Length} values.", nameof(prediction));
        }
    }

    protected override double SumWeights(ReadOnlySpan<float> target) => loss.TotalWeight(target) / (outputs / OutputsPerTarget);

    protected override double ComputeSum(
        ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, double divisor) =>
        loss.Sum(prediction, target, gradient, divisor);
}
