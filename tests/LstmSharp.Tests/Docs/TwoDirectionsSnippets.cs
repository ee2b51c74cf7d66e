using System.Numerics.Tensors;
using LstmSharp;

namespace Documentation;

/// <summary>The examples of docs/guide/two-directions.md.</summary>
public sealed class TwoDirectionsSnippets
{
    [Fact]
    public void Tagger_HasAnAnswerForEveryStep()
    {
        // <two-directions-tagger>
        SequenceModel tagger = SequenceModel.Create(inputSize: 3)
            .Bidirectional(layer => layer.Lstm(16))                             // [T, B, 32]: 16 values of each direction
            .Dense(5)
            .Build(seed: 1);
        Console.WriteLine(tagger.Summary());
        // </two-directions-tagger>

        tagger.OutputLength(9).Should().Be(9);
        Repository.Read("docs/guide/two-directions.md").Blocks("text").Should().Equal(
            string.Join('\n', tagger.Summary().ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())));
    }

    [Fact]
    public void Classifier_HasOneAnswerForASequence()
    {
        Tensor<float> input = Tensor.Create(new float[7 * 2 * 3], [7, 2, 3]);

        // <two-directions-classifier>
        SequenceModel classifier = SequenceModel.Create(inputSize: 3)
            .Bidirectional(layer => layer.Lstm(16).TakeLast(), BidirectionalMerge.Sum)  // what each direction knows at its end
            .Dense(2)
            .Build(seed: 1);
        Tensor<float> answers = classifier.Predict(new SequenceInput(input, lengths: [7, 4]));  // rows of 7 and 4 steps: [1, 2, 2]
        // </two-directions-classifier>

        answers.Lengths.ToArray().Should().Equal(1, 2, 2);
    }

    [Fact]
    public void Errors_OfTheTable_AreThrown() => ErrorTable.ShouldQuote(
        "docs/guide/two-directions.md",
        "## 5. Errors",
        [
            () => SequenceModel.Create(3).Bidirectional(_ => { }),
            () => SequenceModel.Create(3).Bidirectional(layer => layer.Lstm(16)).Build().OpenStream(),
            () => SequenceModel.Create(1).Bidirectional(layer => layer.Lstm(3)).Dense(1).Build().Fit(
                new SequenceDataset(Tensor.Create(new float[40], [40, 1, 1]), Tensor.Create(new float[40], [40, 1, 1])),
                new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = new Adam(), Epochs = 1, TruncateAfter = 7 }),
        ]);
}
