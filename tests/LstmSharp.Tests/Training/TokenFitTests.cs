using LstmSharp.Tests.Serialization;

namespace LstmSharp.Tests.Training;

/// <summary>Training and evaluation on tokens.</summary>
public sealed class TokenFitTests
{
    private const int Vocabulary = 7;

    [Fact]
    public void Fit_NextTokenOfSequencesOfAnyLengths_IsLearned()
    {
        SequenceModel model = Model();
        SequenceDataset data = NextTokens();
        float before = model.Evaluate(data, Loss.CrossEntropy).Loss;
        TrainingResult result = model.Fit(data, Options(epochs: 30));
        model.Evaluate(data, Loss.CrossEntropy).Loss.Should().BeLessThan(before / 4);
        result.History.Should().HaveCount(30);
        model.Parameters[0].Values[..6].ToArray().Should().OnlyContain(value => value == 0, "the padding row stays");
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(4, 1L)]
    public void Fit_AnyThreadsAndMemoryBudget_GiveTheSameBits(int threads, long? memoryBudget)
    {
        SequenceModel one = Model(), other = Model();
        one.Fit(NextTokens(), Options(epochs: 3));
        other.MaxDegreeOfParallelism = threads;
        other.LeastOperationsToShare = 0;
        other.Fit(NextTokens(), Options(epochs: 3, memoryBudget));
        for (int n = 0; n < one.Parameters.Count; n++)
        {
            other.Parameters[n].Values.ShouldHaveTheBitsOf(one.Parameters[n].Values);
        }
    }

    [Fact]
    public void Fit_OneBatch_TakesTheStepOfACustomLoop()
    {
        SequenceModel fitted = Model(), looped = Model();
        SequenceDataset data = NextTokens().Subset([0, 4, 8]); // of one length
        fitted.Fit(data, new TrainingOptions { Loss = Loss.CrossEntropy, Optimizer = new Sgd(0.5f), Epochs = 1, Shuffle = false });

        SequencePass pass = looped.CreatePass();
        ParameterSet gradients = looped.Parameters.CreateZeros();
        pass.Forward(data.Tokens);
        float[] gradient = new float[pass.OutputValues.Length];
        ((Loss<int>)Loss.CrossEntropy).Evaluate(pass.OutputValues, TensorValues.Of(data.Classes), gradient);
        pass.Backward(gradient, gradients, finalStateGradient: null, wantInputGradient: false);
        new Sgd(0.5f).Step(looped.Parameters, gradients);
        for (int n = 0; n < fitted.Parameters.Count; n++)
        {
            fitted.Parameters[n].Values.ShouldHaveTheBitsOf(looped.Parameters[n].Values);
        }
    }

    [Fact]
    public void Fit_ResumedFromACheckpoint_HasTheBitsOfAnUnbrokenRun()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        SequenceModel whole = Model(), broken = Model();
        whole.Fit(NextTokens(), Options(epochs: 4));
        broken.Fit(NextTokens(), Options(epochs: 2, checkpoint: path));
        SequenceModel resumed = Model();
        resumed.Fit(NextTokens(), Options(epochs: 4, resumeFrom: path));
        for (int n = 0; n < whole.Parameters.Count; n++)
        {
            resumed.Parameters[n].Values.ShouldHaveTheBitsOf(whole.Parameters[n].Values);
        }
    }

    [Fact]
    public void Fit_ATokenOutsideTheVocabulary_IsRefusedBeforeAnythingChanges()
    {
        SequenceModel model = Model();
        var data = new SequenceDataset(SequenceList.Of<int>([[1, 2], [3, 7]]), SequenceList.Of<int>([[1, 2], [3, 4]]));
        Action fit = () => model.Fit(data, Options(epochs: 1));
        fit.Should().Throw<ArgumentException>().WithMessage(
            "Fit: training must have tokens from 0 to 6 for Embedding(7 => 6, padding 0, 42 parameters), but * has 7 at step 1 of sample 1.*");
    }

    [Fact]
    public void Fit_ValuesForTokensOrTheOtherWayRound_IsRefused()
    {
        var values = new SequenceDataset(SequenceList.Of<float>([[1, 2]]), SequenceList.Of<int>([[1, 2]]));
        Action fitValues = () => Model().Fit(values, Options(epochs: 1));
        fitValues.Should().Throw<ArgumentException>().WithMessage("Fit: training must have tokens as inputs for Embedding(*but * has values.*");
        Action fitTokens = () => SequenceModel.Create(1).Lstm(3).Dense(Vocabulary).Build().Fit(NextTokens(), Options(epochs: 1));
        fitTokens.Should().Throw<ArgumentException>().WithMessage("Fit: training must have values as inputs, but * has tokens.*");
        Action measure = () => Model().MeasureGradientFlow(values, Loss.CrossEntropy);
        measure.Should().Throw<ArgumentException>().WithMessage("MeasureGradientFlow: data must have tokens as inputs for Embedding(*but * has values.*");
    }

    [Fact]
    public void Fit_AnOutputThatIsNotFinite_IsExplained()
    {
        SequenceModel model = SequenceModel.CreateForTokens(Vocabulary, 6).Dense(Vocabulary).Build();
        model.Parameters[0].Edit(static values => values.Fill(1e30f));
        model.Parameters[1].Edit(static values => values.Fill(1e30f));
        Action fit = () => model.Fit(NextTokens(), Options(epochs: 1));
        fit.Should().Throw<NonFiniteTrainingException>().WithMessage("*layer 1, Dense(*: its output holds*");
    }

    private static SequenceModel Model() => SequenceModel.CreateForTokens(Vocabulary, 6, paddingToken: 0).Lstm(8).Dense(Vocabulary).Build(seed: 5);

    /// <summary>Counting from 1 to 6 in a circle, from any place, for 2 to 5 steps.</summary>
    private static SequenceDataset NextTokens()
    {
        int[][] tokens = [.. Enumerable.Range(0, 24).Select(n => Enumerable.Range(n, 2 + (n % 4)).Select(place => 1 + (place % 6)).ToArray())];
        int[][] next = [.. tokens.Select(sequence => sequence.Select(token => 1 + (token % 6)).ToArray())];
        return new SequenceDataset(SequenceList.Of<int>(tokens), SequenceList.Of<int>(next));
    }

    private static TrainingOptions Options(
        int epochs, long? memoryBudget = null, string? checkpoint = null, string? resumeFrom = null) =>
        new()
        {
            Loss = Loss.CrossEntropy,
            Optimizer = new Adam(0.02f),
            Epochs = epochs,
            BatchSize = 5,
            ClipGradientNorm = 1,
            MemoryBudget = memoryBudget,
            Callbacks = checkpoint is null ? [] : [new PeriodicCheckpoint(checkpoint)],
            ResumeFrom = resumeFrom,
        };
}
