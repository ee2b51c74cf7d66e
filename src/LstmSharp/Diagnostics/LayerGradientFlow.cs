using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>How the gradient flows back through one recurrent layer: part of a <see cref="GradientFlow"/>.</summary>
/// <remarks>Every list has an entry for each step that the layer saw, by its lag: entry 0 is of the last step, entry n of the step n
/// before it. A norm is the root of the sum of squares over all rows and units; a share is that of all rows and units.</remarks>
public sealed class LayerGradientFlow
{
    private readonly IReadOnlyList<double>? _cellNorms;
    private readonly IReadOnlyList<double>[] _saturatedShares;

    private LayerGradientFlow(LayerTrace trace, double[] hiddenNorms, double[]? cellNorms, double[][] saturatedShares)
    {
        LayerIndex = trace.LayerIndex;
        Layer = trace.Layer;
        HiddenNorms = Array.AsReadOnly(hiddenNorms);
        _cellNorms = cellNorms is null ? null : Array.AsReadOnly(cellNorms);
        _saturatedShares = Array.ConvertAll(saturatedShares, Array.AsReadOnly);
        SaturatedShares = [.. Enumerable.Range(0, trace.SequenceLength).Select(lag => saturatedShares.Average(shares => shares[lag]))];
    }

    /// <summary>The layer's place in the model's <see cref="SequenceModel.Layers"/>, with which its parameters' names begin.</summary>
    public int LayerIndex { get; }

    /// <summary>The layer.</summary>
    public RecurrentLayer Layer { get; }

    /// <summary>The number of time steps that the layer saw.</summary>
    public int SequenceLength => HiddenNorms.Count;

    /// <summary>Whether the layer has gates, as an LSTM and a GRU do.</summary>
    public bool HasGates => Layer.Cell is not VanillaRnnCell;

    /// <summary>Whether the layer has a memory cell, as an LSTM does.</summary>
    public bool HasCell => _cellNorms is not null;

    /// <summary>‖∂L/∂h‖ by lag, h being the hidden state after a step: what comes down from that step's output and what comes back from
    /// the later steps; dh of docs/math/lstm.md, section 5, dh_t of docs/math/rnn.md, ∂(3).</summary>
    public IReadOnlyList<double> HiddenNorms { get; }

    /// <summary>‖∂L/∂c‖ by lag, c being the memory cell after a step, at the same h: what comes back from the later steps; dc of
    /// docs/math/lstm.md, section 5. At lag 0 there is none, and the norm is 0.</summary>
    /// <exception cref="InvalidOperationException">The layer has no memory cell.</exception>
    public IReadOnlyList<double> CellNorms => _cellNorms
        ?? throw new InvalidOperationException($"LayerGradientFlow: {this} has no memory cell; look at HiddenNorms, or ask HasCell first.");

    /// <summary>By lag, the share of saturated gates among all gates, from 0 to 1; of a vanilla RNN, the share of units whose activation
    /// is saturated. A Relu is where it gives 0, an Identity never.</summary>
    public IReadOnlyList<double> SaturatedShares { get; }

    /// <summary>By lag, the share of units whose gate of one kind is saturated in an LSTM, from 0 to 1.</summary>
    /// <remarks>It does no harm in a forget gate near 1: the memory cell is kept, and its gradient with it.</remarks>
    /// <param name="gate">The gate.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such gate.</exception>
    /// <exception cref="InvalidOperationException">The layer is no LSTM.</exception>
    public IReadOnlyList<double> SaturatedSharesOf(LstmGate gate)
    {
        LstmCell.ThrowIfNoGate(gate);
        return Layer.Cell is LstmCell ? _saturatedShares[(int)gate] : throw WithoutGates("an LSTM");
    }

    /// <summary>By lag, the share of units whose gate of one kind is saturated in a GRU, from 0 to 1.</summary>
    /// <remarks>It does no harm in an update gate near 1: the hidden state is kept, and its gradient with it.</remarks>
    /// <param name="gate">The gate.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such gate.</exception>
    /// <exception cref="InvalidOperationException">The layer is no GRU.</exception>
    public IReadOnlyList<double> SaturatedSharesOf(GruGate gate)
    {
        GruCell.ThrowIfNoGate(gate);
        return Layer.Cell is GruCell ? _saturatedShares[(int)gate] : throw WithoutGates("a GRU");
    }

    /// <inheritdoc/>
    public override string ToString() => $"layer {LayerIndex}, {Layer}, {SequenceLength} steps";

    /// <summary>Goes backward through time, one step at a time.</summary>
    /// <remarks>A step's gradient of its initial state is the gradient of the final state of the step before it.</remarks>
    internal static LayerGradientFlow Measure(
        LayerRun run, LayerTrace trace, Tensor<float> outputGradient, float saturation, out Tensor<float> inputGradient)
    {
        SequenceModel layer = run.Alone;
        SequencePass pass = layer.CreatePass();
        ParameterSet unused = layer.Parameters.CreateZeros();
        ModelState before = layer.CreateState(trace.BatchSize), later = layer.CreateState(trace.BatchSize);
        double[] hiddenNorms = new double[trace.SequenceLength];
        double[]? cellNorms = trace.HasCell ? new double[trace.SequenceLength] : null;
        inputGradient = Tensor.CreateFromShape<float>(run.Input.Lengths);
        for (int t = trace.SequenceLength - 1; t >= 0; t--)
        {
            int lag = trace.SequenceLength - 1 - t;
            Span<float> ofOutput = TensorValues.Step(outputGradient, t);
            hiddenNorms[lag] = Norm(ofOutput, later[0].Hidden);
            if (cellNorms is not null)
            {
                cellNorms[lag] = Norm(((LstmState)later[0]).Cell, []);
            }

            ReadStateBefore(run, trace, t, before[0]);
            pass.Forward(TensorValues.Step(run.Input, t), sequenceLength: 1, trace.BatchSize, lengths: [], before);
            pass.Backward(ofOutput, unused, later, wantInputGradient: true);
            later.CopyFrom(pass.InitialStateGradient);
            pass.InputGradient.FlattenTo(TensorValues.Step(inputGradient, t));
        }

        return new LayerGradientFlow(trace, hiddenNorms, cellNorms, GateSaturation.SharesByLag(trace, saturation));
    }

    private InvalidOperationException WithoutGates(string kind) =>
        new($"LayerGradientFlow: {this} has no gates of {kind}; look at SaturatedShares, or ask HasGates first.");

    private static void ReadStateBefore(LayerRun run, LayerTrace trace, int t, CellState state)
    {
        if (t > 0)
        {
            TensorValues.Step(trace.Hidden, t - 1).CopyTo(state.Hidden);
            if (trace.HasCell)
            {
                TensorValues.Step(trace.Cell, t - 1).CopyTo(((LstmState)state).Cell);
            }
        }
        else if (run.Initial is not null)
        {
            state.CopyFrom(run.Initial);
        }
        else
        {
            state.Clear();
        }
    }

    /// <summary>The norm of a sum in double, in which the squares of tiny gradients do not vanish; nothing counts as zeros.</summary>
    private static double Norm(ReadOnlySpan<float> values, ReadOnlySpan<float> others)
    {
        double sum = 0;
        for (int n = 0; n < values.Length; n++)
        {
            double value = (double)values[n] + (others.IsEmpty ? 0 : others[n]);
            sum += value * value;
        }

        return Math.Sqrt(sum);
    }
}
