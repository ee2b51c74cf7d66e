using System.Globalization;
using LstmSharp.Plotting;
using ScottPlot;

namespace LstmSharp.Samples.LongMemory;

/// <summary>The three pictures.</summary>
public static class Figures
{
    /// <summary>The gradient's decay with the lag.</summary>
    public static Plot Gradients(string title, IReadOnlyList<GradientByLag> gradients)
    {
        Plot plot = GradientFlowPlot.Compare(
            [.. Network.All.Zip(gradients, (network, gradient) => (network.Name, gradient.Flow))], relativeToLag: 1);
        plot.Title(title);
        return plot;
    }

    /// <summary>How large the states become, by activation.</summary>
    public static Plot Growth(IEnumerable<(Activation Activation, LayerTrace Trace)> growth, float gain)
    {
        Plot plot = StateGrowthPlot.Compare([.. growth.Select(run => ($"{run.Activation}", run.Trace))]);
        plot.Title($"The same layer again and again, recurrent weights with gain {gain.ToString(CultureInfo.InvariantCulture)}");
        plot.YLabel("largest |h| of 32 units");
        return plot;
    }
}
