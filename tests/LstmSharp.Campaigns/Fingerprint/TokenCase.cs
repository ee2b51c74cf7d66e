using System.Numerics.Tensors;

namespace LstmSharp.Campaigns.Fingerprint;

/// <summary>A model of tokens: predicted in rows of different length, run backward, and trained by <c>Fit</c>.</summary>
internal sealed class TokenCase : Case
{
    private const int Vocabulary = 23;
    private const int Length = 9;
    private const int Samples = 31;

    /// <summary>Whether the last layer shares the embedding's weights.</summary>
    public bool IsTied { get; init; }

    public override void Run(Setting setting, Digest digest)
    {
        var random = new RandomData(Samples);
        SequenceModelBuilder builder = SequenceModel.CreateForTokens(Vocabulary, 17, paddingToken: 2);
        builder = IsTied ? builder.Lstm(17).TiedDense() : builder.Lstm(13).Dense(Vocabulary);
        SequenceModel model = setting.Apply(builder.Build(3));
        digest.Add(model.Parameters);
        int[] tokens = Tokens(random, Length * Samples), lengths = [.. Enumerable.Range(0, Samples).Select(row => row % (Length + 1))];
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        pass.Forward(new SequenceInput(Tensor.Create(tokens, [Length, Samples]), lengths));
        digest.Add(pass.OutputValues);
        pass.Backward(random.Tensor(Length, Samples, Vocabulary), gradients);
        digest.Add(gradients);

        int[][] sequences = [.. lengths.Where(length => length > 0).Select(length => Tokens(random, length))];
        TrainingResult result = model.Fit(new SequenceDataset(SequenceList.Of(sequences), SequenceList.Of(sequences)), new TrainingOptions
        {
            Loss = Loss.CrossEntropy,
            Optimizer = new Adam(0.01f, weightDecay: 0.01f) { Width = setting.Width },
            Epochs = 3,
            BatchSize = 7,
            MaxDegreeOfParallelism = setting.Threads,
            ClipGradientNorm = 0.5f,
        });
        foreach (EpochSummary epoch in result.History)
        {
            digest.Add(epoch.TrainingLoss);
        }

        digest.Add(model.Parameters);
    }

    private static int[] Tokens(RandomData random, int count) =>
        Array.ConvertAll(random.Classes(count, Vocabulary), token => Math.Max(token, 0));
}
