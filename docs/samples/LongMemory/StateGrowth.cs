using System.Numerics.Tensors;

namespace LstmSharp.Samples.LongMemory;

/// <summary>What happens to the state when the same recurrent layer is applied again and again.</summary>
public static class StateGrowth
{
    private const int HiddenSize = 32;

    /// <summary>max |h_t| over the units for t = 1, 2, …, at index t − 1: one input of 1 at t = 1, nothing after it.</summary>
    /// <remarks>The recurrent weights are the same for every activation: an orthogonal matrix times <paramref name="gain"/>, so that all
    /// its singular values are that gain. With Identity h_t = Wh·h_(t−1) grows by exactly that factor in norm:
    /// docs/math/rnn.md, section 7.</remarks>
    public static double[] Measure(Activation activation, float gain, int steps)
    {
        SequenceModel model = SequenceModel.Create(inputSize: 1).VanillaRnn(HiddenSize, activation).Build(seed: 1);
        Span<float> recurrentWeights = model.Parameters["0.RecurrentWeights"].Edit();
        TensorPrimitives.Multiply(recurrentWeights, gain, recurrentWeights);

        float[] input = new float[steps];
        input[0] = 1;
        float[] states = new float[steps * HiddenSize];
        model.Predict(new ReadOnlyTensorSpan<float>(input, [steps, 1, 1])).FlattenTo(states);
        return [.. states.Chunk(HiddenSize).Select(h => (double)Math.Abs(TensorPrimitives.MaxMagnitude<float>(h)))];
    }
}
