using System.Numerics.Tensors;
using LstmSharp.Samples.LongMemory;

namespace LstmSharp.Tests.Samples;

public sealed class LongMemoryGradientTests
{
    [Fact]
    public void Measure_FreshNetworks_OnlyTheCarouselReachesFarBack()
    {
        FirstSymbolBatch batch = Draw(sequenceLength: 101);

        GradientByLag rnn = GradientByLag.Measure(Network.VanillaRnn.Build(seed: 1), batch);
        GradientByLag lstm = GradientByLag.Measure(Network.LongMemoryLstm.Build(seed: 1), batch);

        rnn.Cell.Should().BeEmpty();
        rnn.Hidden[99].Should().BeLessThan(1e-5);
        lstm.Hidden.Min().Should().BeGreaterThan(0.1);
        lstm.Cell.Min().Should().BeGreaterThan(0.1);
    }

    [Fact]
    public void Measure_EveryLag_EqualsOnePassOverTheLastSteps()
    {
        const int Length = 9;
        FirstSymbolBatch batch = Draw(Length);
        SequenceModel model = Network.Lstm.Build(seed: 3);

        GradientByLag measured = GradientByLag.Measure(model, batch);

        double[] hidden = new double[Length - 1], cell = new double[Length - 1];
        for (int lag = 1; lag < Length; lag++)
        {
            var gradient = (LstmState)GradientAt(model, batch, Length - lag)[0];
            hidden[lag - 1] = Norm(gradient.Hidden);
            cell[lag - 1] = Norm(gradient.Cell);
        }

        for (int n = 0; n < hidden.Length; n++)
        {
            measured.Hidden[n].Should().BeApproximately(hidden[n] / hidden[0], 1e-13, "squares are added in another order, in double");
            measured.Cell[n].Should().BeApproximately(cell[n] / cell[0], 1e-13);
        }
    }

    /// <summary>The gradient of the state before step t, by one pass over all steps from t on.</summary>
    private static ModelState GradientAt(SequenceModel model, FirstSymbolBatch batch, int t)
    {
        float[] input = new float[batch.Input.FlattenedLength];
        batch.Input.FlattenTo(input);
        int split = t * batch.BatchSize * FirstSymbolBatch.SymbolCount;
        ModelState state = model.CreateState(batch.BatchSize);
        model.Predict(
            new ReadOnlyTensorSpan<float>(input.AsSpan(0, split), [t, batch.BatchSize, FirstSymbolBatch.SymbolCount]), finalState: state);
        SequencePass pass = model.CreatePass();
        nint[] rest = [batch.SequenceLength - t, batch.BatchSize, FirstSymbolBatch.SymbolCount];
        pass.Forward(new ReadOnlyTensorSpan<float>(input.AsSpan(split), rest), state);
        float[] logits = new float[pass.Output.FlattenedLength], logitGradient = new float[logits.Length];
        pass.Output.FlattenTo(logits);
        Loss.CrossEntropy.Evaluate(logits, batch.Classes, logitGradient);
        pass.Backward(new ReadOnlyTensorSpan<float>(logitGradient, pass.Output.Lengths), model.Parameters.CreateZeros());
        return pass.InitialStateGradient;
    }

    private static FirstSymbolBatch Draw(int sequenceLength)
    {
        var batch = new FirstSymbolBatch(sequenceLength, batchSize: 5);
        batch.Draw(new Random(4));
        return batch;
    }

    private static double Norm(ReadOnlySpan<float> values) => Math.Sqrt(values.ToArray().Sum(value => (double)value * value));
}
