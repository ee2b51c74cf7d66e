namespace LstmSharp;

/// <summary>Tells activations near the bounds of their range, where the function is flat and lets hardly any gradient through.</summary>
internal static unsafe class GateSaturation
{
    /// <summary>The shares of saturated activations, for each gate by lag; a layer without gates counts as one of h, as the cell gave
    /// it.</summary>
    /// <param name="pass">The layer's pass, after a run forward.</param>
    /// <param name="margin">How near to a bound counts, as a share of the range.</param>
    public static double[][] SharesByLag(RecurrentPass pass, float margin) => pass.Layer.Cell.HiddenActivation is { } activation
        ? [SharesByLag(pass.HiddenOfCell, activation, margin)]
        : [.. pass.Layer.Cell.GateDescriptions.Select((gate, n) => SharesByLag(pass.ActivationsOf(n), gate.Activation, margin))];

    /// <summary>The shares by the number of steps before each row's own last one; 0 where no row has one.</summary>
    private static double[] SharesByLag(SequenceRows rows, Activation activation, float margin)
    {
        StepTable steps = rows.Steps;
        long[] saturated = new long[steps.Length], all = new long[steps.Length];
        for (int row = 0; row < steps.Rows(0); row++)
        {
            int last = steps.LengthOf(row) - 1;
            for (int t = 0; t <= last; t++)
            {
                saturated[last - t] += Count(new ReadOnlySpan<float>(rows.Row(steps.First(t) + row), rows.Width), activation, margin);
                all[last - t] += rows.Width;
            }
        }

        return [.. saturated.Zip(all, (some, count) => count == 0 ? 0 : (double)some / count)];
    }

    private static int Count(ReadOnlySpan<float> values, Activation activation, float margin)
    {
        int saturated = 0;
        foreach (float value in values)
        {
            saturated += IsSaturated(value, activation, margin) ? 1 : 0;
        }

        return saturated;
    }

    private static bool IsSaturated(float value, Activation activation, float margin) => activation switch
    {
        Activation.Sigmoid => value < margin || value > 1 - margin,
        Activation.Tanh => MathF.Abs(value) > 1 - (2 * margin),
        Activation.Relu => value <= 0,
        _ => false,
    };
}
