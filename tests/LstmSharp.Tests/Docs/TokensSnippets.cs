using System.Numerics.Tensors;
using LstmSharp;

namespace Documentation;

/// <summary>The examples of docs/guide/tokens.md.</summary>
public sealed class TokensSnippets
{
    [Fact]
    public void Words_OfAFewSentences_AreLearnedAndWritten()
    {
        // <tokens-model>
        string[] words = ["", "the", "cat", "dog", "sat", "ran", "."];          // number 0 is the padding
        SequenceModel model = SequenceModel.CreateForTokens(vocabularySize: words.Length, embeddingSize: 16, paddingToken: 0)
            .Lstm(32)
            .Dense(words.Length)                                                // a logit for each word
            .Build(seed: 1);
        // </tokens-model>

        // <tokens-tied>
        SequenceModel tied = SequenceModel.CreateForTokens(vocabularySize: words.Length, embeddingSize: 16)
            .Lstm(16)
            .TiedDense()                                                        // the words' vectors once more: 112 weights fewer
            .Build(seed: 1);
        // </tokens-tied>

        // <tokens-fit>
        int[][] sentences = [[1, 2, 4, 6], [1, 2, 4, 6], [1, 3, 5, 6], [3, 5, 6]];
        int[][] inputs = [.. sentences.Select(sentence => sentence[..^1])], next = [.. sentences.Select(sentence => sentence[1..])];
        var data = new SequenceDataset(SequenceList.Of<int>(inputs), SequenceList.Of<int>(next));
        model.Fit(data, new TrainingOptions { Loss = Loss.CrossEntropy, Optimizer = new Adam(learningRate: 1e-2f), Epochs = 100 });
        // </tokens-fit>

        // <tokens-predict>
        Tensor<float> logits = model.Predict(Tensor.Create([1, 2], [2, 1]));    // "the cat", shape [SequenceLength, BatchSize]
        Tensor<int> batch = Tensor.Create([1, 3, 2, 5, 4, 0], [3, 2]);          // "the cat sat" and "dog ran", side by side
        Tensor<float> ofBoth = model.Predict(new SequenceInput(batch, lengths: [3, 2]));
        // </tokens-predict>

        // <tokens-stream>
        SequenceStream stream = model.OpenStream();
        float[] scores = new float[words.Length];
        string text = words[1];
        for (int word = 1; words[word] != ".";)
        {
            stream.Step([word], scores);                                        // one token for each row of the stream
            word = Array.IndexOf(scores, scores.Max());
            text += " " + words[word];
        }
        // </tokens-stream>

        tied.Parameters.TotalCount.Should().Be((7 * 16) + (64 * (16 + 16 + 1)) + 7);
        text.Should().Be("the cat sat .");
        logits.Lengths.ToArray().Should().Equal(2, 1, words.Length);
        ofBoth.Lengths.ToArray().Should().Equal(3, 2, words.Length);
        ofBoth[2, 1, 1].Should().Be(0);
        SequenceModel copy = SequenceModel.CreateForTokens(words.Length, 16, paddingToken: 0).Lstm(32).Dense(words.Length).Build();
        var file = new MemoryStream();
        model.SaveStateDict(file, ["embedding", "encoder", "head"]);
        file.Position = 0;
        copy.LoadStateDict(file, ["embedding", "encoder", "head"]);
        copy.Predict(batch).Should().Equal(model.Predict(batch));
    }
}
