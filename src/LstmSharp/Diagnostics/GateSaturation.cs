using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Tells activations near the bounds of their range, where the function is flat and lets hardly any gradient through.</summary>
internal static class GateSaturation
{
    /// <summary>The shares of saturated activations, for each gate by lag; a layer without gates counts as one of h.</summary>
    /// <param name="trace">What the layer did.</param>
    /// <param name="margin">How near to a bound counts, as a share of the range.</param>
    public static double[][] SharesByLag(LayerTrace trace, float margin) => trace.Layer.Cell is VanillaRnnCell cell
        ? [SharesByLag(trace.Hidden, trace.SequenceLength, cell.Activation, margin)]
        : [.. Enumerable.Range(0, trace.Layer.Cell.GateCount)
            .Select(gate => SharesByLag(trace.Gate(gate), trace.SequenceLength, ActivationOf(trace.Layer.Cell, gate), margin))];

    private static Activation ActivationOf(RecurrentCell cell, int gate) =>
        gate == (cell is LstmCell ? (int)LstmGate.Update : (int)GruGate.Candidate) ? Activation.Tanh : Activation.Sigmoid;

    private static double[] SharesByLag(
        Tensor<float> values, int length, Activation activation, float margin) =>
        [.. Enumerable.Range(1, length).Select(back => Share(TensorValues.Step(values, length - back), activation, margin))];

    private static double Share(ReadOnlySpan<float> values, Activation activation, float margin)
    {
        int saturated = 0;
        foreach (float value in values)
        {
            saturated += IsSaturated(value, activation, margin) ? 1 : 0;
        }

        return values.IsEmpty ? 0 : (double)saturated / values.Length;
    }

    private static bool IsSaturated(float value, Activation activation, float margin) => activation switch
    {
        Activation.Sigmoid => value < margin || value > 1 - margin,
        Activation.Tanh => MathF.Abs(value) > 1 - (2 * margin),
        Activation.Relu => value <= 0,
        _ => false,
    };
}
