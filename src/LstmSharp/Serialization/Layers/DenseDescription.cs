using System.Text.Json;

namespace LstmSharp;

/// <summary>A dense layer in a file.</summary>
/// <param name="OutputSize">The number of outputs.</param>
/// <param name="Activation">What gives them.</param>
internal sealed record DenseDescription(int OutputSize, Activation Activation) : LayerDescription
{
    private const string SizeKey = "outputSize";

    public static LayerKind Entry { get; } = new(
        "Dense",
        layer => layer is DenseLayer { IsTied: false } dense ? new DenseDescription(dense.OutputSize, dense.Activation) : null,
        fields => new DenseDescription(fields.Size(SizeKey), fields.Activation()));

    public override LayerKind Kind => Entry;

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteNumber(SizeKey, OutputSize);
        LayerFields.Write(json, Activation);
    }

    public override long OutputSizeFor(long inputSize) => OutputSize;

    public override ModelTensor[] Tensors(TensorNames names, long inputSize) =>
    [
        names.Tensor("weight", nameof(DenseLayer.Weights), OutputSize, inputSize),
        names.Tensor("bias", nameof(DenseLayer.Bias), OutputSize),
    ];

    public override void AddTo(SequenceModelBuilder builder) => builder.Dense(OutputSize, Activation);
}
