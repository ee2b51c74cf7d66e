using System.Numerics.Tensors;

namespace LstmSharp.Tests.Inference;

public sealed class PredictListTests
{
    private static readonly int[] Lengths = [3, 0, 7, 1, 7, 2, 5];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public void Predict_ValuesOfAnyLengths_HaveTheBitsOfEachSequenceAlone(int batchSize)
    {
        var random = new Random(4);
        SequenceList<float> sequences = SequenceList.Of(Lengths.Select(length => RandomValues.Uniform(random, length * 3)), size: 3);
        SequenceModel tagger = SequenceModel.Create(3).Bidirectional(layer => layer.Lstm(5)).Gru(4).Build(seed: 1);
        SequenceModel classifier = SequenceModel.Create(3).Lstm(5).TakeLast().Dense(2).Build(seed: 2);
        SequenceList<float> tags = tagger.Predict(sequences, batchSize), answers = classifier.Predict(sequences, batchSize);
        for (int n = 0; n < Lengths.Length; n++)
        {
            Tensor<float> alone = Tensor.Create(sequences[n].ToArray(), [Lengths[n], 1, 3]);
            tags[n].ShouldHaveTheBitsOf([.. tagger.Predict(alone)], "sequence {0}", n);
            answers.LengthOf(n).Should().Be(Math.Min(Lengths[n], 1));
            answers[n].ShouldHaveTheBitsOf([.. classifier.Predict(alone)], "sequence {0}", n);
        }
    }

    [Fact]
    public void Predict_Tokens_HaveTheBitsOfEachSequenceAlone()
    {
        SequenceModel model = SequenceModel.CreateForTokens(9, 4).Lstm(5).Build(seed: 1);
        SequenceList<int> sequences = SequenceList.Of<int>([[1, 2, 3], [8], [4, 4, 4, 4]]);
        SequenceList<float> answers = model.Predict(sequences, batchSize: 2);
        for (int n = 0; n < sequences.Count; n++)
        {
            answers[n].ShouldHaveTheBitsOf([.. model.Predict(Tensor.Create(sequences[n].ToArray(), [sequences.LengthOf(n), 1]))], "sequence {0}", n);
        }
    }

    [Fact]
    public void Predict_WhatDoesNotFit_IsRefusedInWords()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(5).Build();
        model.Invoking(it => it.Predict(new SequenceList<float>(2))).Should().Throw<ArgumentException>()
            .WithMessage("Predict: a step of sequences must hold 3 values*but holds 2*");
        model.Invoking(it => it.Predict(new SequenceList<float>(3), batchSize: 0)).Should().Throw<ArgumentOutOfRangeException>();
        model.Predict(new SequenceList<float>(3)).Count.Should().Be(0);
    }
}
