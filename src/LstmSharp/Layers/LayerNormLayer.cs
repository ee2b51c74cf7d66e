using LstmSharp.Kernels;
using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>Normalizes the values of each step of each row to mean 0 and variance 1, then stretches and moves each unit as was
/// learned.</summary>
/// <remarks><para>y = Gain ⊙ (x − μ)/√(σ² + ε) + Bias, with μ and σ² the mean and the variance over the step's values and ε = 10⁻⁵, as in
/// PyTorch's nn.LayerNorm.</para>
/// <para>Source: Ba, Kiros and Hinton, "Layer normalization", 2016.</para></remarks>
public sealed class LayerNormLayer : Layer
{
    internal LayerNormLayer(int inputSize, string namePrefix)
        : this(
            new Parameter($"{namePrefix}{nameof(Gain)}", inputSize),
            new Parameter($"{namePrefix}{nameof(Bias)}", inputSize))
    {
    }

    private LayerNormLayer(Parameter gain, Parameter bias)
        : base(gain.Shape[0], gain.Shape[0], new ParameterSet(gain, bias)) => (Gain, Bias) = (gain, bias);

    /// <summary>What the normalized values are multiplied by, shape [InputSize]; 1 at first.</summary>
    public Parameter Gain { get; }

    /// <summary>What is added to them, shape [InputSize]; 0 at first.</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    public override string ToString() => $"LayerNorm({InputSize}, {Parameters.TotalCount} parameters)";

    internal override long FloatsKept => Panels.RowStride(InputSize) + LayerNormPass.FloatsOfRow;

    internal override void Initialize(RandomKey key, WeightInitialization initialization)
    {
        Gain.Edit(values => values.Fill(1));
        Bias.Edit(values => values.Clear());
    }

    internal override LayerPass CreatePass(bool keep) => new LayerNormPass(this);
}
