using System.Numerics.Tensors;
using static LstmSharp.Tests.Serialization.ModelBytes;

namespace LstmSharp.Tests.Serialization;

/// <summary>Models of tokens in files.</summary>
public sealed class TokenModelFileTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    public void Load_SavedModel_PredictsTheSameBits(int? paddingToken)
    {
        SequenceModel model = SequenceModel.CreateForTokens(5, 3, paddingToken).Lstm(4).TakeLast().Dense(2).Build(seed: 7);
        SequenceModel copy = Copy(model);
        copy.ToString().Should().Be(model.ToString());
        ((EmbeddingLayer)copy.Layers[0]).PaddingToken.Should().Be(paddingToken);
        Tensor<int> tokens = Tensor.Create([0, 1, 2, 3, 4, 2], [3, 2]);
        TensorValues.Of(copy.Predict(tokens)).ShouldHaveTheBitsOf(TensorValues.Of(model.Predict(tokens)));
    }

    [Fact]
    public void LoadStateDict_NamesOfPyTorch_AreThoseOfNnEmbedding()
    {
        float[] table = [1, 2, 3, 4, 5, 6];
        byte[] file = NaiveSafeTensors.File(
            [], [("embedding.weight", [3, 2], table), ("head.weight", [1, 2], [10, 1]), ("head.bias", [1], [0.5f])]);
        SequenceModel model = SequenceModel.CreateForTokens(3, 2).Dense(1).Build();
        model.LoadStateDict(new MemoryStream(file), ["embedding", "head"]);
        model.Predict(Tensor.Create([2, 0, 1], [3, 1])).Should().Equal(56.5f, 12.5f, 34.5f);

        var saved = new MemoryStream();
        model.SaveStateDict(saved, ["embedding", "head"]);
        saved.Position = 0;
        SequenceModel copy = SequenceModel.CreateForTokens(3, 2).Dense(1).Build();
        copy.LoadStateDict(saved, ["embedding", "head"]);
        copy.Parameters[0].Values.ToArray().Should().Equal(table);
    }

    [Fact]
    public void LoadStateDict_AnotherVocabulary_IsRefused()
    {
        byte[] file = NaiveSafeTensors.File([], [("0.weight", [3, 2], [1, 2, 3, 4, 5, 6])]);
        Action load = () => SequenceModel.CreateForTokens(4, 2).Build().LoadStateDict(new MemoryStream(file));
        load.Should().Throw<ModelFileException>().WithMessage("*tensor '0.weight' must be [4, 2], but is [3, 2]*'0' is nn.Embedding(3, 2) in the file*");
    }

    [Fact]
    public void Load_APaddingRowWithWeights_IsRefusedAndNothingChanges()
    {
        byte[] file = NaiveSafeTensors.File([], [("0.weight", [3, 2], [1, 2, 0, 4, 5, 6])]);
        SequenceModel model = SequenceModel.CreateForTokens(3, 2, paddingToken: 1).Build(seed: 3);
        float[] before = model.Parameters[0].Values.ToArray();
        Action load = () => model.LoadStateDict(new MemoryStream(file));
        load.Should().Throw<ModelFileException>().WithMessage(
            "*tensor '0.weight' must be 0 in row 1, that of the padding token, but is 4*Set this row to 0 before saving*");
        model.Parameters[0].Values.ShouldHaveTheBitsOf(before);

        model.Parameters[0].Edit(static values => values.Fill(1));
        Fault(Saved(model)).Should().Contain("0 in row 1");
    }
}
