using System.Numerics.Tensors;

namespace LstmSharp.Samples.LongMemory;

/// <summary>What happens to the state when the same recurrent layer is applied again and again.</summary>
public static class StateGrowth
{
    private const int HiddenSize = 32;

    /// <summary>Runs a layer over one input of 1 at the first step and nothing after it.</summary>
    /// <remarks>The recurrent weights are the same for every activation: an orthogonal matrix times <paramref name="gain"/>, so that all
    /// its singular values are that gain. With Identity h_t = Wh·h_(t−1) grows by exactly that factor in norm:
    /// docs/math/rnn.md, section 7.</remarks>
    public static LayerTrace Run(Activation activation, float gain, int steps)
    {
        SequenceModel model = SequenceModel.Create(inputSize: 1).VanillaRnn(HiddenSize, activation).Build(seed: 1);
        model.Parameters["0.RecurrentWeights"].Edit(weights => TensorPrimitives.Multiply(weights, gain, weights));

        float[] input = new float[steps];
        input[0] = 1;
        return GateTrace.Record(model, new ReadOnlyTensorSpan<float>(input, [steps, 1, 1])).Layers[0];
    }
}
