using System.Numerics.Tensors;
using LstmSharp.Plotting;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace LstmSharp.Samples.Gates;

/// <summary>The pictures of docs/guide/lecture.md and docs/guide/diagnosing.md that this sample draws.</summary>
public static class Pictures
{
    /// <summary>What the network reads, what it should say, and what it says.</summary>
    public static Plot Answer(SequenceModel model)
    {
        SequenceDataset data = Example.Whole.Data;
        Plot plot = ForecastPlot.Of(data.Targets, [new ForecastCurve("answer of the LSTM", model.Predict(data.Inputs))]);
        double[] steps = [.. Enumerable.Range(0, data.SequenceLength).Select(t => (double)t)];
        double[] values = [.. steps.Select(t => (double)data.Inputs[(int)t, 0, RecallTask.Value])];
        plot.Add.Markers(steps, values, MarkerShape.OpenCircle, size: 8, Colors.Black).LegendText = "value that enters";
        plot.Title("Store a value, recall it later");
        MarkEvents(plot, Example.Whole);
        return plot;
    }

    /// <summary>All gates at work.</summary>
    public static Plot Gates(SequenceModel model) => Telescope(model, Example.Whole);

    public static Plot ForgetGate(SequenceModel model) =>
        Telescope(model, Example.OfForgetGate, "Forget gate: near 1 the memory cell is kept, near 0 it is erased", "fc");

    public static Plot InputGate(SequenceModel model) =>
        Telescope(model, Example.OfInputGate, "Input gate: one value of thirty enters the memory cell", "ic");

    public static Plot UpdateGate(SequenceModel model) =>
        Telescope(model, Example.OfUpdateGate, "Update: c = f · previous c + i · u", "uc");

    public static Plot OutputGate(SequenceModel model) =>
        Telescope(model, Example.OfOutputGate, "Output gate: the memory cell is shown when it is asked for", "oh");

    /// <summary>How the trained network's gradient flows back from a recall at the last step to what was stored at the first.</summary>
    public static Plot GradientFlow(SequenceModel model)
    {
        SequenceDataset data = RecallTask.DrawLongestLag(count: 32, new Random(4));
        Tensor<float> outputGradient = Tensor.CreateFromShape<float>([data.SequenceLength, data.Count, 1]);
        for (int row = 0; row < data.Count; row++)
        {
            outputGradient[data.SequenceLength - 1, row, 0] = 1;
        }

        return GradientFlowPlot.Of(LstmSharp.GradientFlow.Measure(model, data.Inputs, outputGradient));
    }

    /// <summary>Draws what the gates do with an example, and frames the heat-maps to look at.</summary>
    private static Plot Telescope(
        SequenceModel model, Example example, string title = "Gates over time: a single LSTM unit", string framed = "")
    {
        Plot plot = GateTelescope.Of(model, example.Data.Inputs);
        plot.Title(title);
        Heatmap[] maps = [.. plot.GetPlottables<Heatmap>()];
        foreach (char symbol in framed)
        {
            Rectangle frame = plot.Add.Rectangle(maps["fiuoch".IndexOf(symbol)].GetAlignedExtent());
            (frame.FillColor, frame.LineColor, frame.LineWidth) = (Colors.Transparent, Colors.Black, 3);
        }

        MarkEvents(plot, example);
        return plot;
    }

    /// <summary>Says above the data what is asked of the network, and when.</summary>
    private static void MarkEvents(Plot plot, Example example)
    {
        plot.Axes.Top.TickGenerator = new NumericManual(
            [.. example.Events.Select(it => (double)it.Step)], [.. example.Events.Select(it => Example.NameOf(it.Stored))]);
        foreach (IXAxis axis in new[] { plot.Axes.Bottom, plot.Axes.Top })
        {
            plot.Axes.SetLimitsX(-0.5, RecallTask.SequenceLength - 0.5, axis);
        }
    }
}
