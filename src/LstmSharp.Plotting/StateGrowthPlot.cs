using ScottPlot;

namespace LstmSharp.Plotting;

/// <summary>Draws how large the states become over time, on a logarithmic axis: exponential growth is a straight line upwards.</summary>
/// <remarks>The curves are the largest |h| and, dashed, the largest |c| of all rows and units after each step. A value of 0, or one that
/// is not finite, leaves a gap.</remarks>
public static class StateGrowthPlot
{
    /// <summary>Draws a model's recurrent layers.</summary>
    /// <param name="trace">What the model's layers did.</param>
    /// <exception cref="ArgumentNullException">The trace is null.</exception>
    /// <exception cref="ArgumentException">There is no recurrent layer, or no step to draw.</exception>
    public static Plot Of(GateTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return Draw([.. trace.Layers.Select(layer => (PlotStyle.PrefixOf(layer.LayerIndex, trace.Layers.Count), layer))]);
    }

    /// <summary>Draws layers, of any models, to be compared.</summary>
    /// <param name="curves">The layers with the names that the legend gives them.</param>
    /// <exception cref="ArgumentNullException">The curves or one of the layers is null.</exception>
    /// <exception cref="ArgumentException">There is nothing to draw.</exception>
    public static Plot Compare(IReadOnlyList<(string Name, LayerTrace Layer)> curves)
    {
        ArgumentNullException.ThrowIfNull(curves);
        foreach ((_, LayerTrace layer) in curves)
        {
            ArgumentNullException.ThrowIfNull(layer, nameof(curves));
        }

        return Draw([.. curves.Select(curve => ($"{curve.Name}: ", curve.Layer))]);
    }

    private static Plot Draw((string Name, LayerTrace Layer)[] curves)
    {
        if (curves.All(curve => curve.Layer.SequenceLength == 0))
        {
            throw new ArgumentException("StateGrowthPlot: there must be a recurrent layer that saw a step, but there is none.");
        }

        Plot plot = PlotStyle.NewPlot("Size of the states", "time step", "largest magnitude");
        var sizes = new LogarithmicCurves(plot);
        for (int n = 0; n < curves.Length; n++)
        {
            (string name, LayerTrace layer) = curves[n];
            sizes.AddHidden(Doubles(layer.LargestHidden()), $"{name}|h|", n);
            if (layer.HasCell)
            {
                sizes.AddCell(Doubles(layer.LargestCell()), $"{name}|c|", n);
            }
        }

        sizes.Finish();
        return plot;
    }

    private static IEnumerable<double> Doubles(float[] values) => values.Select(value => (double)value);
}
