using System.Text.Json;

namespace LstmSharp;

/// <summary>A recurrent layer in a file.</summary>
/// <param name="HiddenSize">The number of units.</param>
/// <param name="RowsOfUnit">How many rows of its weights each unit has.</param>
internal abstract record RecurrentDescription(int HiddenSize, int RowsOfUnit) : LayerDescription
{
    protected const string SizeKey = "hiddenSize";

    private const string DropoutKey = "dropout";
    private const string ZoneoutKey = "zoneout";
    private const string CellZoneoutKey = "cellZoneout";

    /// <summary>The random masks on the state: optional keys.</summary>
    public RecurrentRegularization Regularization { get; init; } = new();

    /// <summary>The parameter that the last HiddenSize values of PyTorch's second bias are; null where all of it is added to the
    /// first.</summary>
    protected virtual string? LastBias => null;

    /// <summary>Masks have no weights, and no say in how those are called.</summary>
    public sealed override bool CanStackOn(LayerDescription other) =>
        other is RecurrentDescription recurrent && this with { Regularization = recurrent.Regularization } == recurrent;

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteNumber(SizeKey, HiddenSize);
        foreach ((string key, float rate) in (ReadOnlySpan<(string, float)>)
        [
            (DropoutKey, Regularization.Dropout), (ZoneoutKey, Regularization.Zoneout), (CellZoneoutKey, Regularization.CellZoneout),
        ])
        {
            if (rate > 0)
            {
                json.WriteNumber(key, rate);
            }
        }
    }

    /// <summary>Reads the masks.</summary>
    protected static RecurrentRegularization Masks(LayerFields fields, bool hasMemory) => new()
    {
        Dropout = fields.RateIfAny(DropoutKey),
        Zoneout = fields.RateIfAny(ZoneoutKey),
        CellZoneout = hasMemory ? fields.RateIfAny(CellZoneoutKey) : 0,
    };

    public sealed override long OutputSizeFor(long inputSize) => HiddenSize;

    public sealed override ModelTensor[] Tensors(TensorNames names, long inputSize)
    {
        long rows = RowsOfUnit * (long)HiddenSize;
        return
        [
            names.Tensor($"weight_ih_l{names.Place.Level}{names.Suffix}", nameof(RecurrentCell.InputWeights), rows, inputSize),
            names.Tensor($"weight_hh_l{names.Place.Level}{names.Suffix}", nameof(RecurrentCell.RecurrentWeights), rows, HiddenSize),
            names.Tensor($"bias_ih_l{names.Place.Level}{names.Suffix}", nameof(RecurrentCell.Bias), rows),
            names.Tensor($"bias_hh_l{names.Place.Level}{names.Suffix}", nameof(RecurrentCell.Bias), rows) with
            {
                IsSecondBias = true,
                LastParameter = LastBias is null ? null : $"{names.Path}.{LastBias}",
                LastSize = LastBias is null ? 0 : HiddenSize,
            },
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
        layer => layer is RecurrentLayer { Cell: VanillaRnnCell cell } recurrent
            ? new VanillaRnnDescription(cell.HiddenSize, cell.Activation) { Regularization = recurrent.Regularization }
            : null,
        fields => new VanillaRnnDescription(fields.Size(SizeKey), fields.Activation())
        {
            Regularization = Masks(fields, hasMemory: false),
        });

    public override LayerKind Kind => Entry;

    public override void Write(Utf8JsonWriter json)
    {
        base.Write(json);
        LayerFields.Write(json, Activation);
    }

    public override void AddTo(SequenceModelBuilder builder) => builder.VanillaRnn(HiddenSize, Activation, Regularization);
}

/// <summary>An LSTM layer in a file.</summary>
/// <param name="HiddenSize">The number of units.</param>
internal sealed record LstmDescription(int HiddenSize) : RecurrentDescription(HiddenSize, LstmCell.Gates)
{
    public static LayerKind Entry { get; } = new(
        "Lstm",
        layer => layer is RecurrentLayer { Cell: LstmCell cell } recurrent
            ? new LstmDescription(cell.HiddenSize) { Regularization = recurrent.Regularization }
            : null,
        fields => new LstmDescription(fields.Size(SizeKey)) { Regularization = Masks(fields, hasMemory: true) });

    public override LayerKind Kind => Entry;

    public override void AddTo(SequenceModelBuilder builder) => builder.Lstm(HiddenSize, Regularization);
}

/// <summary>A GRU layer in a file.</summary>
/// <param name="HiddenSize">The number of units.</param>
/// <param name="Reset">Where the reset gate acts.</param>
internal sealed record GruDescription(int HiddenSize, GruReset Reset) : RecurrentDescription(HiddenSize, GruCell.Gates)
{
    private const string ResetKey = "reset";

    public static LayerKind Entry { get; } = new(
        "Gru",
        layer => layer is RecurrentLayer { Cell: GruCell cell } recurrent
            ? new GruDescription(cell.HiddenSize, cell.Reset) { Regularization = recurrent.Regularization }
            : null,
        fields => new GruDescription(fields.Size(SizeKey), fields.Enum<GruReset>(ResetKey))
        {
            Regularization = Masks(fields, hasMemory: false),
        });

    public override LayerKind Kind => Entry;

    protected override string? LastBias => Reset == GruReset.AfterProduct ? nameof(GruCell.RecurrentBias) : null;

    public override void Write(Utf8JsonWriter json)
    {
        base.Write(json);
        json.WriteString(ResetKey, Reset.ToString());
    }

    public override void AddTo(SequenceModelBuilder builder) => builder.Gru(HiddenSize, Reset, Regularization);
}
