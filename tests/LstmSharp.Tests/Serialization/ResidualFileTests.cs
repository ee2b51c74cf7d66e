using System.Numerics.Tensors;
using static LstmSharp.Tests.Serialization.ModelBytes;

namespace LstmSharp.Tests.Serialization;

/// <summary>Layers inside others in files. What is refused stands in ModelArchitectureTests.</summary>
public sealed class ResidualFileTests
{
    [Fact]
    public void Load_SavedModel_PredictsTheSameBits()
    {
        SequenceModel model = Model(seed: 7), copy = Copy(model);
        copy.ToString().Should().Be(model.ToString());
        Tensor<float> input = Tensor.Create(RandomValues.Uniform(new Random(1), 5 * 2 * 3), [5, 2, 3]);
        TensorValues.Of(copy.Predict(input)).ShouldHaveTheBitsOf(TensorValues.Of(model.Predict(input)));
        Saved(copy).Should().Equal(Saved(model));
    }

    [Fact]
    public void SaveStateDict_WithoutNames_HasThoseOfSequentialsInSequentials()
    {
        using var stream = new MemoryStream();
        Model(seed: 7).SaveStateDict(stream);
        var reader = new SafeTensorsReader(new MemoryStream(stream.ToArray()));

        reader.Names.Should().BeEquivalentTo(
            "0.weight_ih_l0", "0.weight_hh_l0", "0.bias_ih_l0", "0.bias_hh_l0",
            "1.0.weight_ih_l0", "1.0.weight_hh_l0", "1.0.bias_ih_l0", "1.0.bias_hh_l0",
            "1.1.weight_ih_l0", "1.1.weight_hh_l0", "1.1.bias_ih_l0", "1.1.bias_hh_l0",
            "1.3.0.weight", "1.3.0.bias", "3.weight", "3.bias");
        SequenceModel other = Model(seed: 8);
        other.LoadStateDict(new MemoryStream(stream.ToArray()));
        Saved(other).Should().Equal(Saved(Model(seed: 7)));
    }

    [Fact]
    public void SaveAndLoadStateDict_OneNameForEachLayerWithWeights_DepthFirst()
    {
        string[] names = ["encoder", "block.rnn", "block.rnn", "block.norm", "head"];
        using var stream = new MemoryStream();
        Model(seed: 7).SaveStateDict(stream, names);
        var reader = new SafeTensorsReader(new MemoryStream(stream.ToArray()));
        reader.Find("block.rnn.weight_hh_l1").Should().NotBeNull();
        reader.Find("block.norm.weight").Should().NotBeNull();

        SequenceModel other = Model(seed: 8);
        other.LoadStateDict(new MemoryStream(stream.ToArray()), names);
        Saved(other).Should().Equal(Saved(Model(seed: 7)));
    }

    [Fact]
    public void SaveStateDict_NamesThatDoNotFit_AreTold()
    {
        void ShouldTell(SequenceModel model, string[] names, string message) =>
            model.Invoking(m => m.SaveStateDict(new MemoryStream(), names)).Should().Throw<ArgumentException>().WithMessage(message);

        ShouldTell(Model(seed: 1), ["a", "b"], "*modules must hold 5 names, one for each layer with weights (LstmCell(3 => 4, *LayerNorm(4, *Dense(4 => 2, *");
        ShouldTell(Model(seed: 1), ["a", "b", "c", "c", "d"], "*but repeats 'c' for layer 1.3.0, LayerNorm(4, *");
        ShouldTell(
            SequenceModel.Create(4).Lstm(4).Residual(inner => inner.Lstm(4)).Build(), ["a", "a"], "*but repeats 'a' for layer 1.0, LstmCell(4 => 4, *");
    }

    [Fact]
    public void LoadModel_OfACheckpoint_HasTheLayersInside()
    {
        using TemporaryFolder folder = new();
        SequenceModel model = Model(seed: 7);
        model.Fit(
            new SequenceDataset(
                Tensor.Create(RandomValues.Uniform(new Random(1), 4 * 5 * 3), [4, 5, 3]),
                Tensor.Create(RandomValues.Uniform(new Random(2), 5 * 2), [5, 2])),
            new TrainingOptions
            {
                Loss = Loss.MeanSquaredError,
                Optimizer = new Adam(),
                Epochs = 1,
                Callbacks = [new PeriodicCheckpoint(folder.File("run"))],
            });

        Saved(Checkpoint.LoadModel(folder.File("run"))).Should().Equal(Saved(model));
    }

    private static SequenceModel Model(int seed) => SequenceModel.Create(3).Lstm(4)
        .Residual(inner => inner.Lstm(4).Lstm(4).Dropout(0.1f).Residual(inmost => inmost.LayerNorm())).TakeLast().Dense(2).Build(seed);
}
