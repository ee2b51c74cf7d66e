using ScottPlot;
using ScottPlot.TickGenerators;

namespace LstmSharp.Plotting;

/// <summary>Draws what the gates of an LSTM did over time: heat-maps of f, i, u, o, c and h, one below the other over one time axis, in
/// the order in which the lecture tells them: forget, input, update, output.</summary>
/// <remarks><para>A column is a time step, counted from 0, and a line of a heat-map is a unit, the first on top. The gates f, i and o go
/// from 0, dark, to 1, bright; u, c and h from −1, blue, through 0, white, to 1, red, and c further where it went further; NaN is
/// grey. Of a vanilla RNN there is h alone.</para>
/// <para>Mark what happened in the input with <c>plot.Add.VerticalLine(step)</c>.</para></remarks>
public static class GateTelescope
{
    private const double Gap = 0.14;

    /// <summary>Runs a model over a sequence and draws what a layer's gates did.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">The sequences, shape [SequenceLength, BatchSize, InputSize], or tokens, shape [SequenceLength, BatchSize], with or
    /// without lengths; a row is drawn as far as it goes.</param>
    /// <param name="layer">Which recurrent layer to draw: its place among the model's recurrent layers, from 0.</param>
    /// <param name="row">Which row of the batch to draw, from 0.</param>
    /// <exception cref="ArgumentNullException">The model is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer or row.</exception>
    /// <exception cref="ArgumentException">The input does not fit the model, or there is no recurrent layer or no step to draw.</exception>
    public static Plot Of(SequenceModel model, in SequenceInput input, int layer = 0, int row = 0) =>
        Of(GateTrace.Record(model, input), layer, row);

    /// <summary>Draws what a layer's gates did.</summary>
    /// <param name="trace">What the model's layers did.</param>
    /// <param name="layer">Which recurrent layer to draw: its place in <see cref="GateTrace.Layers"/>.</param>
    /// <param name="row">Which row of the batch to draw, from 0.</param>
    /// <exception cref="ArgumentNullException">The trace is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer or row.</exception>
    /// <exception cref="ArgumentException">There is no recurrent layer or no step to draw.</exception>
    public static Plot Of(GateTrace trace, int layer = 0, int row = 0)
    {
        ArgumentNullException.ThrowIfNull(trace);
        if (trace.Layers.Count == 0)
        {
            throw new ArgumentException("GateTelescope: the model must have a recurrent layer, but has none.", nameof(trace));
        }

        if (layer < 0 || layer >= trace.Layers.Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(layer), layer, $"GateTelescope: layer must be one of the {trace.Layers.Count} recurrent layers, counted from 0.");
        }

        return Of(trace.Layers[layer], row);
    }

    private static Plot Of(LayerTrace trace, int row)
    {
        if (row < 0 || row >= trace.BatchSize)
        {
            throw new ArgumentOutOfRangeException(
                nameof(row), row, $"GateTelescope: row must be one of the {trace.BatchSize} rows of the batch, counted from 0.");
        }

        if (trace.Lengths[row] == 0)
        {
            throw new ArgumentException($"GateTelescope: the trace must have at least one time step of row {row}, but has none.", nameof(trace));
        }

        Plot plot = PlotStyle.NewPlot($"Gates over time: {PlotStyle.NameOf(trace.Path, trace.Layer)}", "time step", Units(trace));
        TelescopeBand[] bands = [.. TelescopeBand.Of(trace, row)];
        var names = new NumericManual();
        for (int n = 0; n < bands.Length; n++)
        {
            double top = -n * (1 + Gap);
            bands[n].AddTo(plot, top);
            names.AddMajor(top - 0.5, bands[n].Name);
        }

        plot.Axes.Left.TickGenerator = names;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        PlotStyle.UseWholeNumbers(plot.Axes.Bottom);
        plot.Axes.SetLimits(-0.5, trace.Lengths[row] - 0.5, -(bands.Length * (1 + Gap)) + Gap, 0);
        plot.HideGrid();
        foreach (IEnumerable<TelescopeBand> ofOneScale in bands.GroupBy(band => band.Scale))
        {
            TelescopeBand.AddScale(plot, ofOneScale);
        }

        return plot;
    }

    private static string Units(LayerTrace trace) =>
        trace.HiddenSize == 1 ? "unit 0" : $"units 0 (top) to {trace.HiddenSize - 1} of each";
}
