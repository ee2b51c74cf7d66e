using System.Numerics.Tensors;

namespace LstmSharp.Samples.LongMemory;

/// <summary>Trains a network to name the first symbol of a sequence, and tests it on sequences that it never saw.</summary>
/// <remarks>Every network gets the same sequences, optimizer and number of updates. The loop is written out with the library's
/// primitives: forward, loss, backward, clip, step. <c>model.Fit</c> does the same for a fixed set of data.</remarks>
public sealed class RecallExperiment
{
    private const int BatchSize = 32;
    private const int TestCount = 1000;
    private const float LearningRate = 1e-3f;
    private const float LargestGradientNorm = 1;

    /// <summary>The number T of symbols: the first one and T − 1 distractors.</summary>
    public required int SequenceLength { get; init; }

    /// <summary>How many batches of new sequences to train on.</summary>
    public int Updates { get; init; } = 800;

    /// <summary>Decides the weights and the sequences.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Trains a fresh network.</summary>
    public SequenceModel Train(Network network)
    {
        SequenceModel model = network.Build(Seed);
        var optimizer = new Adam(LearningRate);
        var batch = new FirstSymbolBatch(SequenceLength, BatchSize);
        var random = new Random(1000 + Seed);
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        float[] logitGradient = new float[BatchSize * FirstSymbolBatch.ClassCount];
        for (int update = 0; update < Updates; update++)
        {
            batch.Draw(random);
            pass.Forward(batch.Input);
            Loss.CrossEntropy.Evaluate(pass.OutputValues, batch.Classes, logitGradient);
            gradients.Clear();
            pass.Backward(new ReadOnlyTensorSpan<float>(logitGradient, pass.Output.Lengths), gradients, wantInputGradient: false);
            GradientClipping.ByGlobalNorm(gradients, LargestGradientNorm);
            optimizer.Step(model.Parameters, gradients);
        }

        return model;
    }

    /// <summary>The share of new sequences whose first symbol the model names.</summary>
    public double Test(SequenceModel model)
    {
        var batch = new FirstSymbolBatch(SequenceLength, TestCount);
        batch.Draw(new Random(2000 + Seed));
        float[] logits = new float[TestCount * FirstSymbolBatch.ClassCount];
        model.Predict(batch.Input).FlattenTo(logits);
        int right = 0;
        for (int row = 0; row < TestCount; row++)
        {
            ReadOnlySpan<float> answer = logits.AsSpan(row * FirstSymbolBatch.ClassCount, FirstSymbolBatch.ClassCount);
            right += TensorPrimitives.IndexOfMax(answer) == batch.Classes[row] ? 1 : 0;
        }

        return (double)right / TestCount;
    }
}
