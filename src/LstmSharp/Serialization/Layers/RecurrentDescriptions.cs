using System.Text.Json;

namespace LstmSharp;

/// <summary>A recurrent layer in a file.</summary>
/// <param name="HiddenSize">The number of units.</param>
/// <param name="RowsOfUnit">How many rows of its weights each unit has.</param>
internal abstract record RecurrentDescription(int HiddenSize, int RowsOfUnit) : LayerDescription
{
    protected const string SizeKey = "hiddenSize";

    public sealed override bool CanStack => true;

    public override void Write(Utf8JsonWriter json) => json.WriteNumber(SizeKey, HiddenSize);

    public sealed override long OutputSizeFor(long inputSize) => HiddenSize;

    public sealed override ModelTensor[] Tensors(TensorNames names, long inputSize)
    {
        long rows = RowsOfUnit * (long)HiddenSize;
        return
        [
            names.Tensor($"weight_ih_l{names.Place.Level}", nameof(RecurrentCell.InputWeights), rows, inputSize),
            names.Tensor($"weight_hh_l{names.Place.Level}", nameof(RecurrentCell.RecurrentWeights), rows, HiddenSize),
            names.Tensor($"bias_ih_l{names.Place.Level}", nameof(RecurrentCell.Bias), rows),
            names.Tensor($"bias_hh_l{names.Place.Level}", nameof(RecurrentCell.Bias), rows) with { IsSecondBias = true },
        ];
    }
}

/// <summary>A vanilla RNN layer in a file.</summary>
/// <param name="HiddenSize">The number of units.</param>
/// <param name="Activation">What gives h.</param>
internal sealed record VanillaRnnDescription(int HiddenSize, Activation Activation) : RecurrentDescription(HiddenSize, RowsOfUnit: 1)
{
    public static LayerKind Entry { get; } = new(
        "VanillaRnn",
        layer => layer is RecurrentLayer { Cell: VanillaRnnCell cell } ? new VanillaRnnDescription(cell.HiddenSize, cell.Activation) : null,
        fields => new VanillaRnnDescription(fields.Size(SizeKey), fields.Activation()));

    public override LayerKind Kind => Entry;

    public override void Write(Utf8JsonWriter json)
    {
        base.Write(json);
        LayerFields.Write(json, Activation);
    }

    public override void AddTo(SequenceModelBuilder builder) => builder.VanillaRnn(HiddenSize, Activation);
}

/// <summary>An LSTM layer in a file.</summary>
/// <param name="HiddenSize">The number of units.</param>
internal sealed record LstmDescription(int HiddenSize) : RecurrentDescription(HiddenSize, LstmCell.Gates)
{
    public static LayerKind Entry { get; } = new(
        "Lstm",
        layer => layer is RecurrentLayer { Cell: LstmCell cell } ? new LstmDescription(cell.HiddenSize) : null,
        fields => new LstmDescription(fields.Size(SizeKey)));

    public override LayerKind Kind => Entry;

    public override void AddTo(SequenceModelBuilder builder) => builder.Lstm(HiddenSize);
}
