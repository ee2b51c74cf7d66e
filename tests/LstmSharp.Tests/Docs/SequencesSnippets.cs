// <sequences-usings>
using System.Numerics.Tensors;
using LstmSharp;
// </sequences-usings>

namespace Documentation;

/// <summary>The examples of docs/guide/sequences.md.</summary>
public sealed class SequencesSnippets
{
    private static readonly int[] Speakers = [.. Enumerable.Range(0, 90).Select(n => n % 3)];
    private static readonly float[][] Recordings = [.. Speakers.Select((speaker, n) => Recording(5 + (n * 7 % 36), speaker))];

    [Fact]
    public void Datasets_OfSequencesOfManyLengths_TrainAndPredict()
    {
        (float[][] recordings, int[] speakers) = (Recordings, Speakers);
        float[][] levels = [.. recordings.Select(recording => recording.Chunk(2).Select(step => step[0] + step[1]).ToArray())];

        // <sequences-dataset>
        SequenceList<float> inputs = SequenceList.Of(recordings, size: 2);      // float[][] recordings: each [steps, 2]
        var once = new SequenceDataset(inputs, SequenceList.OfSingleSteps<int>(speakers));      // int[] speakers: one class a sequence
        var everyStep = new SequenceDataset(inputs, SequenceList.Of(levels));   // float[][] levels: one value a step
        Console.WriteLine(once);
        Console.WriteLine(everyStep);
        // </sequences-dataset>

        $"{once}\n{everyStep}".Should().Be(Repository.Read("docs/guide/sequences.md").Blocks("text")[0].TrimEnd('\n'));

        // <sequences-fit>
        SequenceDataset train = once.Subset(..60), test = once.Subset(60..);
        SequenceModel model = SequenceModel.Create(inputSize: 2).Lstm(16).TakeLast().Dense(3).Build(seed: 1);
        model.Fit(train, new TrainingOptions
        {
            Loss = Loss.CrossEntropy,
            Optimizer = new Adam(learningRate: 1e-2f),
            Epochs = 20,
            BatchSize = 10,
        });
        EvaluationResult result = model.Evaluate(test, Loss.CrossEntropy, [new Accuracy()]);
        Console.WriteLine($"{result.Metrics[0].Value:P0} right");
        // </sequences-fit>

        result.Metrics[0].Value.Should().BeGreaterThan(0.9);

        // <sequences-list>
        SequenceList<float> answers = model.Predict(inputs);                    // one step of 3 logits for each recording
        float firstLogit = answers[30][0];
        // </sequences-list>

        // <sequences-copy>
        int[] samples = [30, 7, 54], steps = new int[3];
        int longest = once.CopyLengths(samples, steps);                         // the longest of the three
        float[] values = new float[longest * 3 * 2];
        int[] classes = new int[3];
        once.CopyBatch(samples, values, classes);                               // zeros behind the shorter ones
        Tensor<float> logits = model.Predict(new SequenceInput(new ReadOnlyTensorSpan<float>(values, [longest, 3, 2]), steps));  // [1, 3, 3]
        // </sequences-copy>

        firstLogit.Should().Be(logits[0, 0, 0]);
        for (int row = 0; row < 3; row++)
        {
            float[] alone = recordings[samples[row]];
            logits[0, row, 1].Should().Be(model.Predict(Tensor.Create(alone, [alone.Length / 2, 1, 2]))[0, 0, 1]);
        }
    }

    [Fact]
    public void Lengths_OfABatch_AreThoseOfPredictAndPass()
    {
        SequenceModel tagger = SequenceModel.Create(inputSize: 2).Lstm(16).Dense(1).Build(seed: 1);
        float[] targets = new float[7 * 3];

        // <sequences-predict>
        int[] lengths = [4, 7, 0];                                              // three rows; the last one is empty
        Tensor<float> batch = Tensor.CreateFromShape<float>([7, 3, 2]);         // [longest, rows, features]
        batch[0, 0, 1] = 0.5f;                                                  // step 0, row 0, feature 1
        ModelState final = tagger.CreateState(batchSize: 3);
        Tensor<float> outputs = tagger.Predict(new SequenceInput(batch, lengths), finalState: final);   // [7, 3, 1]
        float lastOfRow0 = outputs[3, 0, 0];                                    // outputs[4, 0, 0] and what follows is 0
        // </sequences-predict>

        lastOfRow0.Should().NotBe(0);
        outputs[4, 0, 0].Should().Be(0);
        final[0].Hidden[(2 * 16)..].ToArray().Should().OnlyContain(value => value == 0);

        // <sequences-loop>
        SequencePass pass = tagger.CreatePass();
        pass.Forward(new SequenceInput(batch, lengths));
        float[] weights = new float[7 * 3], upstream = new float[7 * 3 * 1];    // targets [7, 3, 1]
        for (int row = 0; row < 3; row++)
        {
            for (int t = 0; t < lengths[row]; t++)
            {
                weights[(t * 3) + row] = 1;
            }
        }

        double total = Loss.MeanSquaredError.TotalWeight(targets, weights);     // the number of values that count
        double loss = Loss.MeanSquaredError.Sum(pass.OutputValues, targets, upstream, total, weights) / total;
        ParameterSet gradients = tagger.Parameters.CreateZeros();
        pass.Backward(new ReadOnlyTensorSpan<float>(upstream, [7, 3, 1]), gradients);
        // </sequences-loop>

        total.Should().Be(11);
        float[] said = [.. outputs];
        loss.Should().BeApproximately(said.Sum(value => (double)value * value) / 11, 1e-9);
    }

    [Theory]
    [InlineData("docs/guide/sequences.md", "## 6. Errors and what they mean")]
    [InlineData("docs/ko/guide/sequences.md", "## 6. 오류와 그 뜻")]
    public void Errors_OfThePagesTable_AreWhatTheirCausesThrow(string path, string heading) => ErrorTable.ShouldQuote(path, heading, Causes());

    private static IEnumerable<Action> Causes()
    {
        SequenceModel tagger = SequenceModel.Create(inputSize: 2).Lstm(4).Dense(1).Build();
        Tensor<float> batch = Tensor.CreateFromShape<float>([7, 3, 2]);
        var once = new SequenceDataset(SequenceList.Of(Recordings, size: 2), SequenceList.OfSingleSteps<int>(Speakers));
        yield return () => tagger.Predict(new SequenceInput(batch, [4, 7]));
        yield return () => tagger.Predict(new SequenceInput(batch, [4, 8, 0]));
        yield return () => SequenceModel.Create(inputSize: 2).Flatten(7).Build().Predict(new SequenceInput(batch, [4, 7, 7]));
        yield return () => SequenceModel.Create(inputSize: 2).Flatten(40).Dense(3).Build()
            .Fit(once, new TrainingOptions { Loss = Loss.CrossEntropy, Optimizer = new Adam() });
        yield return () => _ = once.SequenceLength;
        yield return () => _ = new SequenceDataset(SequenceList.Of<float>([[1, 2]]), SequenceList.Of<float>([[1, 2, 3]]));
    }

    /// <summary>Noise round a level that is the speaker's.</summary>
    private static float[] Recording(int steps, int speaker) =>
        [.. Enumerable.Range(0, 2 * steps).Select(n => (MathF.Sin(n * n) / 2) + speaker - 1)];
}
