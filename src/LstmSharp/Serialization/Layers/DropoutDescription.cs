using System.Text.Json;

namespace LstmSharp;

/// <summary>Dropout in a file.</summary>
/// <param name="Rate">The share of the values that is dropped.</param>
internal sealed record DropoutDescription(float Rate) : LayerDescription
{
    private const string RateKey = "rate";

    public static LayerKind Entry { get; } = new(
        "Dropout",
        layer => layer is DropoutLayer dropout ? new DropoutDescription(dropout.Rate) : null,
        fields => new DropoutDescription(fields.Rate(RateKey)));

    public override LayerKind Kind => Entry;

    public override void Write(Utf8JsonWriter json) => json.WriteNumber(RateKey, Rate);

    public override void AddTo(SequenceModelBuilder builder) => builder.Dropout(Rate);
}
