using LstmSharp;

namespace Documentation;

/// <summary>The examples of docs/guide/long-sequences.md.</summary>
public sealed class LongSequencesSnippets
{
    [Fact]
    public void MemoryBudget_OfFitAndPass_KeepsTheBits()
    {
        float[][] sequences = [Wave(1_200)];
        var longData = new SequenceDataset(SequenceList.Of(sequences), SequenceList.Of(sequences));

        // <long-budget>
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(128).Dense(1).Build(seed: 1);
        model.Fit(longData, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(learningRate: 1e-3f),
            Epochs = 2,
            BatchSize = 1,
            MemoryBudget = 64 << 20,                                            // bytes of activations
        });
        SequencePass pass = model.CreatePass(memoryBudget: 64 << 20);           // the same in a loop of your own
        // </long-budget>

        SequenceModel expected = SequenceModel.Create(inputSize: 1).Lstm(128).Dense(1).Build(seed: 1);
        expected.Fit(longData, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(learningRate: 1e-3f),
            Epochs = 2,
            BatchSize = 1,
            MemoryBudget = 1,
        });
        pass.Model.Should().BeSameAs(model);
        model.Parameters["0.RecurrentWeights"].Values.SequenceEqual(expected.Parameters["0.RecurrentWeights"].Values).Should().BeTrue();
    }

    [Fact]
    public void Windows_OfALongSequence_AreStepsOfTheOptimizer()
    {
        float[][] sequences = [Wave(1_200)];
        var longData = new SequenceDataset(SequenceList.Of(sequences), SequenceList.Of(sequences));
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(8).Dense(1).Build(seed: 1);
        float[] stream = Wave(1_001);

        // <long-windows>
        model.Fit(longData, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(learningRate: 1e-3f),
            Epochs = 2,
            BatchSize = 1,
            TruncateAfter = 200,                                                // 6 windows of 1,200 steps, an update each
        });
        // </long-windows>

        // <long-contiguous>
        SequenceList<float> inputs = SequenceList.Contiguous<float>(stream.AsSpan(..^1), rows: 8);      // float[] stream: 1,001 steps
        SequenceList<float> next = SequenceList.Contiguous<float>(stream.AsSpan(1..), rows: 8);         // of each step, the one after it
        model.Fit(new SequenceDataset(inputs, next), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(learningRate: 1e-3f),
            Epochs = 5,
            BatchSize = 8,                                                      // all rows
            TruncateAfter = 25,                                                 // 125 steps a row: 5 windows
            ClipGradientNorm = 1f,
        });
        // </long-contiguous>

        (inputs.Count, next.Count).Should().Be((8, 8));
        var counted = new Sgd(learningRate: 1e-3f);
        model.Fit(longData, new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = counted, Epochs = 2, TruncateAfter = 200 });
        counted.Steps.Should().Be(2 * 6);
    }

    [Theory]
    [InlineData("docs/guide/long-sequences.md", "## 3. Errors and what they mean")]
    [InlineData("docs/ko/guide/long-sequences.md", "## 3. 오류와 그 뜻")]
    public void Errors_OfThePagesTable_AreWhatTheirCausesThrow(string path, string heading) => ErrorTable.ShouldQuote(path, heading, Causes());

    private static IEnumerable<Action> Causes()
    {
        SequenceList<float> sequences = SequenceList.Of<float>([Wave(300)]);
        SequenceModel last = SequenceModel.Create(inputSize: 1).Lstm(8).TakeLast().Dense(1).Build();
        SequenceModel every = SequenceModel.Create(inputSize: 1).Lstm(8).Dense(1).Build();
        TrainingOptions Options(int accumulate) => new()
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(),
            TruncateAfter = 200,
            AccumulateBatches = accumulate,
        };
        yield return () => last.Fit(new SequenceDataset(sequences, SequenceList.OfSingleSteps<float>([1])), Options(1));
        yield return () => every.Fit(new SequenceDataset(sequences, sequences), Options(2));
        yield return () => every.CreatePass(memoryBudget: 0);
    }

    private static float[] Wave(int length) => [.. Enumerable.Range(0, length).Select(t => MathF.Sin(t * 0.1f))];
}
