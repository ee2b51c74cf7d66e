using System.Globalization;
using System.Text.Json;

namespace LstmSharp;

/// <summary>Dropout in a file.</summary>
/// <param name="Rate">The share of the values that is dropped.</param>
internal sealed record DropoutDescription(float Rate) : LayerDescription
{
    private const string RateKey = "rate";

    public static LayerKind Entry { get; } =
        new("Dropout", layer => layer is DropoutLayer dropout ? new DropoutDescription(dropout.Rate) : null, Read);

    public override LayerKind Kind => Entry;

    public override void Write(Utf8JsonWriter json) => json.WriteNumber(RateKey, Rate);

    public override void AddTo(SequenceModelBuilder builder) => builder.Dropout(Rate);

    private static DropoutDescription Read(LayerFields fields)
    {
        double rate = fields.Number(RateKey);
        return rate >= 0 && (float)rate < 1
            ? new DropoutDescription((float)rate)
            : throw fields.Fault(RateKey, "from 0 to before 1", rate.ToString(CultureInfo.InvariantCulture));
    }
}
