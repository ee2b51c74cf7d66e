using System.Numerics.Tensors;
using static LstmSharp.Tests.Serialization.ModelBytes;

namespace LstmSharp.Tests.Serialization;

/// <summary>Models whose last layer shares the embedding's weights, in files.</summary>
public sealed class TiedModelFileTests
{
    private static readonly string[] s_modules = ["embedding", "head"];
    private static readonly float[] s_table = [1, 2, 3, 4, 5, 6];

    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    public void Load_SavedModel_PredictsTheSameBitsAndSharesAgain(int? paddingToken)
    {
        SequenceModel model = SequenceModel.CreateForTokens(5, 4, paddingToken).Lstm(4).TiedDense().Build(seed: 7);
        byte[] file = Saved(model);
        SequenceModel copy = Loaded(file);
        copy.ToString().Should().Be(model.ToString());
        ((DenseLayer)copy.Layers[2]).Weights.Should().BeSameAs(((EmbeddingLayer)copy.Layers[0]).Weights);
        Tensor<int> tokens = Tensor.Create([0, 1, 2, 3, 4, 2], [3, 2]);
        TensorValues.Of(copy.Predict(tokens)).ShouldHaveTheBitsOf(TensorValues.Of(model.Predict(tokens)));
        NamesIn(file).Should().NotContain("2.weight").And.Contain("0.weight").And.Contain("2.bias", "a file of one's own holds them once");
    }

    [Fact]
    public void SaveStateDict_SharedWeights_StandUnderBothNames()
    {
        SequenceModel model = SequenceModel.CreateForTokens(3, 2).TiedDense().Build(seed: 1);
        model.Parameters[0].CopyFrom(s_table);
        using var saved = new MemoryStream();
        model.SaveStateDict(saved, s_modules);
        NamesIn(saved.ToArray()).Should().Equal("embedding.weight", "head.weight", "head.bias");
        SequenceModel apart = SequenceModel.CreateForTokens(3, 2).Dense(3).Build();
        saved.Position = 0;
        apart.LoadStateDict(saved, s_modules);
        apart.Parameters[0].Values.ToArray().Should().Equal(s_table);
        apart.Parameters[1].Values.ToArray().Should().Equal(s_table);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)] // as safetensors.torch.save_model writes them, which keeps one name
    [InlineData(false, true)]
    public void LoadStateDict_BothNamesOrOne_GivesTheWeights(bool hasEmbedding, bool hasHead)
    {
        List<(string, int[], float[])> tensors = [("head.bias", [3], [7, 8, 9])];
        if (hasEmbedding)
        {
            tensors.Add(("embedding.weight", [3, 2], s_table));
        }

        if (hasHead)
        {
            tensors.Add(("head.weight", [3, 2], s_table));
        }

        SequenceModel model = SequenceModel.CreateForTokens(3, 2).TiedDense().Build();
        model.LoadStateDict(new MemoryStream(NaiveSafeTensors.File([], tensors)), s_modules);
        model.Parameters[0].Values.ToArray().Should().Equal(s_table);
        model.Parameters[1].Values.ToArray().Should().Equal(7, 8, 9);
    }

    [Fact]
    public void LoadStateDict_OtherWeightsUnderTheSecondName_AreRefusedAndNothingChanges()
    {
        byte[] file = NaiveSafeTensors.File(
            [], [("embedding.weight", [3, 2], s_table), ("head.weight", [3, 2], [1, 2, 3, 4.5f, 5, 6]), ("head.bias", [3], [7, 8, 9])]);
        SequenceModel model = SequenceModel.CreateForTokens(3, 2).TiedDense().Build(seed: 3);
        float[] before = model.Parameters[0].Values.ToArray();
        Action load = () => model.LoadStateDict(new MemoryStream(file), s_modules);
        load.Should().Throw<ModelFileException>().WithMessage(
            "*tensor 'head.weight' must be equal to 'embedding.weight', whose weights it shares, with 4 at row 1, column 1, but is 4.5 there*"
            + "build the model with a Dense layer instead of TiedDense.");
        model.Parameters[0].Values.ShouldHaveTheBitsOf(before);
    }

    [Fact]
    public void LoadStateDict_NeitherName_IsMissing()
    {
        byte[] file = NaiveSafeTensors.File([], [("head.bias", [3], [7, 8, 9])]);
        Action load = () => SequenceModel.CreateForTokens(3, 2).TiedDense().Build().LoadStateDict(new MemoryStream(file), s_modules);
        load.Should().Throw<ModelFileException>().WithMessage("*tensor 'embedding.weight' must be [3, 2], but is missing*");
    }

    [Fact]
    public void Fit_ResumedFromACheckpoint_HasTheBitsOfAnUnbrokenRun()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        SequenceModel whole = Model(), broken = Model(), resumed = Model();
        var data = new SequenceDataset(SequenceList.Of<int>([[0, 1, 2], [3, 4], [2]]), SequenceList.Of<int>([[1, 2, 3], [4, 0], [1]]));
        whole.Fit(data, Options(epochs: 4));
        broken.Fit(data, Options(epochs: 2, checkpoint: path));
        resumed.Fit(data, Options(epochs: 4, resumeFrom: path));
        SequenceModel loaded = Checkpoint.LoadModel(path);
        for (int n = 0; n < whole.Parameters.Count; n++)
        {
            resumed.Parameters[n].Values.ShouldHaveTheBitsOf(whole.Parameters[n].Values);
            loaded.Parameters[n].Values.ShouldHaveTheBitsOf(broken.Parameters[n].Values);
        }
    }

    [Fact]
    public void Fit_AFrozenEmbedding_KeepsTheSharedWeightsAndTrainsTheBias()
    {
        SequenceModel model = Model();
        float[] weights = model.Parameters[0].Values.ToArray();
        var data = new SequenceDataset(SequenceList.Of<int>([[0, 1, 2], [3, 4]]), SequenceList.Of<int>([[1, 2, 3], [4, 0]]));
        TrainingOptions options = Options(epochs: 2);
        model.Fit(data, new TrainingOptions { Loss = options.Loss, Optimizer = options.Optimizer, Epochs = 2, FrozenLayers = [model.Layers[0]] });
        model.Parameters[0].Values.ShouldHaveTheBitsOf(weights);
        model.Parameters[model.Parameters.Count - 1].Values.ToArray().Should().Contain(value => value != 0);
    }

    private static SequenceModel Model() => SequenceModel.CreateForTokens(5, 4).Lstm(4).TiedDense().Build(seed: 7);

    private static TrainingOptions Options(int epochs, string? checkpoint = null, string? resumeFrom = null) => new()
    {
        Loss = Loss.CrossEntropy,
        Optimizer = new Adam(0.02f),
        Epochs = epochs,
        BatchSize = 2,
        Callbacks = checkpoint is null ? [] : [new PeriodicCheckpoint(checkpoint)],
        ResumeFrom = resumeFrom,
    };

    private static List<string> NamesIn(byte[] file)
    {
        int length = (int)System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(file);
        using var header = System.Text.Json.JsonDocument.Parse(file.AsMemory(8, length));
        return [.. header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__").Select(entry => entry.Name)];
    }
}
