using System.Numerics.Tensors;
using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>What one recurrent layer did with a sequence: part of a <see cref="GateTrace"/>.</summary>
/// <remarks>Every tensor has the shape [SequenceLength, BatchSize, HiddenSize] and holds 0 beyond a row's length. Steps are those of the
/// sequence, also of the backward direction of a <see cref="BidirectionalLayer"/>, which went through them from each row's last one. The symbols are those of
/// docs/math/lstm.md and docs/math/gru.md.</remarks>
public sealed class LayerTrace
{
    private readonly Tensor<float>[] _parts;
    private readonly Tensor<float>[] _gates;

    private LayerTrace(RecurrentLayer layer, bool isBackward, int[] lengths, Tensor<float>[] parts, Tensor<float>[] gates)
    {
        Layer = layer;
        IsBackward = isBackward;
        Lengths = Array.AsReadOnly(lengths);
        PartNames = Array.AsReadOnly(layer.Cell.StateParts.ToArray().Select(part => part.Name).ToArray());
        GateNames = LayerNames.OfGates(layer);
        _parts = parts;
        _gates = gates;
    }

    /// <summary>The place in the model's <see cref="SequenceModel.Layers"/> of the layer, or of the outermost one around it.</summary>
    public int LayerIndex => Layer.Path[0];

    /// <summary>The layer's place, with which its parameters' names begin, such as <c>1</c>, or <c>2.0</c> for the first layer inside layer
    /// 2.</summary>
    public string Path => Layer.PathText;

    /// <summary>The layer.</summary>
    public RecurrentLayer Layer { get; }

    /// <summary>Whether the layer read each row from its last step to its first, as the backward direction of a
    /// <see cref="BidirectionalLayer"/> does: its final state is then that at step 0.</summary>
    public bool IsBackward { get; }

    /// <summary>The number of time steps that the layer saw: 1 after a <see cref="TakeLastLayer"/>.</summary>
    public int SequenceLength => (int)Hidden.Lengths[0];

    /// <summary>The number of rows B.</summary>
    public int BatchSize => Lengths.Count;

    /// <summary>The number of units H.</summary>
    public int HiddenSize => Layer.Cell.HiddenSize;

    /// <summary>How many time steps of each row the layer saw.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>Whether the layer has gates, as an LSTM and a GRU do; a vanilla RNN has none.</summary>
    public bool HasGates => _gates.Length > 0;

    /// <summary>Whether the layer has a memory cell, as an LSTM does; a vanilla RNN has the hidden state alone.</summary>
    public bool HasCell => PartNames.Contains(nameof(LstmState.Cell));

    /// <summary>The names of the layer's gates, in the order in which weights are stored; of an LSTM, those of <see cref="LstmGate"/>.</summary>
    public IReadOnlyList<string> GateNames { get; }

    /// <summary>The names of the parts of the layer's state, <c>Hidden</c> first.</summary>
    public IReadOnlyList<string> PartNames { get; }

    /// <summary>The hidden state h after each step.</summary>
    public Tensor<float> Hidden => _parts[0];

    /// <summary>The memory cell c after each step.</summary>
    /// <exception cref="InvalidOperationException">The layer has none.</exception>
    public Tensor<float> Cell => HasCell
        ? Part(nameof(LstmState.Cell))
        : throw new InvalidOperationException($"LayerTrace: {Name}, has no memory cell; look at Hidden, or ask HasCell first.");

    /// <summary>The activations of one gate of an LSTM: i, f or o between 0 and 1, or the update u between −1 and 1.</summary>
    /// <param name="gate">The gate.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such gate.</exception>
    /// <exception cref="InvalidOperationException">The layer has no gates of an LSTM.</exception>
    public Tensor<float> this[LstmGate gate]
    {
        get
        {
            LstmCell.ThrowIfNoGate(gate);
            return Layer.Cell is LstmCell
                ? _gates[(int)gate]
                : throw new InvalidOperationException(
                    $"LayerTrace: {Name}, has no gates of an LSTM; look at Hidden, or at the gates of GateNames.");
        }
    }

    /// <summary>The activations of one gate of a GRU: r or z between 0 and 1, or the candidate n between −1 and 1.</summary>
    /// <param name="gate">The gate.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such gate.</exception>
    /// <exception cref="InvalidOperationException">The layer has no gates of a GRU.</exception>
    public Tensor<float> this[GruGate gate]
    {
        get
        {
            GruCell.ThrowIfNoGate(gate);
            return Layer.Cell is GruCell
                ? _gates[(int)gate]
                : throw new InvalidOperationException(
                    $"LayerTrace: {Name}, has no gates of a GRU; look at Hidden, or at the gates of GateNames.");
        }
    }

    /// <summary>The activations of one gate of any kind of layer.</summary>
    /// <param name="gate">One of <see cref="GateNames"/>, case-sensitive, such as <c>"Forget"</c>.</param>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    /// <exception cref="KeyNotFoundException">The layer has no gate of that name.</exception>
    public Tensor<float> this[string gate] =>
        _gates[LayerNames.IndexOf(GateNames, gate, $"LayerTrace: {Name}, has no gate")];

    /// <summary>One part of the state after each step.</summary>
    /// <param name="name">One of <see cref="PartNames"/>, case-sensitive, such as <c>"Hidden"</c>.</param>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    /// <exception cref="KeyNotFoundException">The state has no part of that name.</exception>
    public Tensor<float> Part(string name) =>
        _parts[LayerNames.IndexOf(PartNames, name, $"LayerTrace: the state of {Name}, has no part")];

    /// <summary>The largest |h| of all rows and units after each step. With <see cref="Activation.Relu"/> or
    /// <see cref="Activation.Identity"/> nothing bounds it: docs/math/rnn.md, section 7.</summary>
    /// <returns>A value for each step; 0 where no row has it, NaN where a value is NaN.</returns>
    public float[] LargestHidden() => Largest(Hidden);

    /// <summary>The largest |c| of all rows and units after each step.</summary>
    /// <returns>A value for each step; 0 where no row has it, NaN where a value is NaN.</returns>
    /// <exception cref="InvalidOperationException">The layer has no memory cell.</exception>
    public float[] LargestCell() => Largest(Cell);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}, {SequenceLength} steps of {BatchSize} rows";

    private string Name => $"layer {Path}, {Layer}";

    /// <summary>Copies what a pass kept of its last run forward.</summary>
    internal static LayerTrace Of(RecurrentPass pass)
    {
        RecurrentCell cell = pass.Layer.Cell;
        int[] lengths = new int[pass.Steps.BatchSize];
        for (int row = 0; row < lengths.Length; row++)
        {
            lengths[pass.Steps.PlaceOf(row)] = pass.Steps.LengthOf(row);
        }

        return new LayerTrace(
            pass.Layer,
            pass.IsReversed,
            lengths,
            [.. Enumerable.Range(0, cell.StateParts.Length).Select(part => Copy(pass.StateAfterSteps(part), pass.IsReversed))],
            [.. Enumerable.Range(0, cell.GateDescriptions.Count).Select(gate => Copy(pass.ActivationsOf(gate), pass.IsReversed))]);
    }

    private static unsafe Tensor<float> Copy(SequenceRows rows, bool isReversed)
    {
        AlignedBuffer turned = new();
        rows = isReversed ? RowReversal.Copy(Crew.Alone, rows, turned) : rows;
        Tensor<float> copy = Tensor.CreateFromShape<float>([rows.SequenceLength, rows.BatchSize, rows.Width]);
        fixed (float* dense = TensorValues.Of(copy))
        {
            RowCopy.CopyOut(Crew.Alone, rows, dense);
        }

        GC.KeepAlive(turned);
        return copy;
    }

    private float[] Largest(Tensor<float> values) =>
        BatchSize == 0 ? new float[SequenceLength] : [.. Enumerable.Range(0, SequenceLength).Select(t => LargestOf(values, t))];

    private static float LargestOf(Tensor<float> values, int t) =>
        MathF.Abs(TensorPrimitives.MaxMagnitude<float>(TensorValues.Step(values, t)));
}
