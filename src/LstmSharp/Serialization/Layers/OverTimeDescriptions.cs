using System.Text.Json;

namespace LstmSharp;

/// <summary>A layer in a file that makes one step of all.</summary>
internal abstract record OverTimeDescription : LayerDescription
{
    public sealed override bool IsStepwise => false;
}

/// <summary>The layer in a file that lets the last step through.</summary>
internal sealed record TakeLastDescription : OverTimeDescription
{
    public static LayerKind Entry { get; } =
        new("TakeLast", layer => layer is TakeLastLayer ? new TakeLastDescription() : null, _ => new TakeLastDescription());

    public override LayerKind Kind => Entry;

    public override void AddTo(SequenceModelBuilder builder) => builder.TakeLast();
}

/// <summary>The mean over time in a file.</summary>
internal sealed record MeanOverTimeDescription : OverTimeDescription
{
    public static LayerKind Entry { get; } =
        new("MeanOverTime", layer => layer is MeanOverTimeLayer ? new MeanOverTimeDescription() : null, _ => new MeanOverTimeDescription());

    public override LayerKind Kind => Entry;

    public override void AddTo(SequenceModelBuilder builder) => builder.MeanOverTime();
}

/// <summary>The maximum over time in a file.</summary>
internal sealed record MaxOverTimeDescription : OverTimeDescription
{
    public static LayerKind Entry { get; } =
        new("MaxOverTime", layer => layer is MaxOverTimeLayer ? new MaxOverTimeDescription() : null, _ => new MaxOverTimeDescription());

    public override LayerKind Kind => Entry;

    public override void AddTo(SequenceModelBuilder builder) => builder.MaxOverTime();
}

/// <summary>The layer in a file that makes one vector of a whole window.</summary>
/// <param name="SequenceLength">The windows' length.</param>
internal sealed record FlattenDescription(int SequenceLength) : OverTimeDescription
{
    private const string LengthKey = "sequenceLength";

    public static LayerKind Entry { get; } =
        new("Flatten", layer => layer is FlattenLayer flatten ? new FlattenDescription(flatten.SequenceLength) : null, Read);

    public override LayerKind Kind => Entry;

    public override void Write(Utf8JsonWriter json) => json.WriteNumber(LengthKey, SequenceLength);

    public override long OutputSizeFor(long inputSize) => inputSize * SequenceLength;

    public override void AddTo(SequenceModelBuilder builder) => builder.Flatten(SequenceLength);

    private static FlattenDescription Read(LayerFields fields)
    {
        int length = fields.Size(LengthKey);
        return length > 1 && fields.FollowsOneStep
            ? throw fields.Fault(LengthKey, "1, as a layer before lets only one step through", $"{length}")
            : new FlattenDescription(length);
    }
}
