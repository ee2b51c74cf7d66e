namespace LstmSharp.Tests.Serialization;

/// <summary>Names of modules that fit a model, and that do not.</summary>
public sealed class ModuleNamesTests
{
    [Theory]
    [InlineData(new[] { "encoder", "head" }, "modules must hold 3 names, one for each layer with weights (LstmCell(3 => 5, ")]
    [InlineData(new[] { "encoder", "head", "head" }, "repeats 'head' for layer 3, Dense(5 => 2")]
    [InlineData(new[] { "a", "b", "a" }, "repeats 'a' for layer 3, Dense(5 => 2")]
    [InlineData(new[] { "encoder.", "encoder.", "head" }, "neither begins nor ends with '.', but is 'encoder.'")]
    [InlineData(new[] { ".encoder", "encoder", "head" }, "neither begins nor ends with '.', but is '.encoder'")]
    public void SaveAndLoad_NamesThatDoNotFit_AreTold(string[] modules, string fault)
    {
        SequenceModel model = Model();

        new Action(() => model.LoadStateDict(new MemoryStream(), modules))
            .Should().Throw<ArgumentException>().WithParameterName(nameof(modules)).WithMessage($"*{fault}*");
        new Action(() => model.SaveStateDict(new MemoryStream(), modules))
            .Should().Throw<ArgumentException>().WithParameterName(nameof(modules)).WithMessage($"*{fault}*");
    }

    [Fact]
    public void Save_RepeatedNameForLayersThatPyTorchCannotStack_IsTold()
    {
        SequenceModel[] models =
        [
            SequenceModel.Create(3).Lstm(5).Lstm(6).Build(),
            SequenceModel.Create(3).Lstm(5).VanillaRnn(5).Build(),
            SequenceModel.Create(3).VanillaRnn(5).VanillaRnn(5, Activation.Relu).Build(),
            SequenceModel.Create(3).Lstm(5).TakeLast().Lstm(5).Build(),
        ];
        foreach (SequenceModel model in models)
        {
            new Action(() => model.SaveStateDict(new MemoryStream(), ["a", "a"]))
                .Should().Throw<ArgumentException>().WithMessage("*may repeat a name only for recurrent layers of one kind and size*");
        }
    }

    [Fact]
    public void SaveAndLoad_LongestAndOddestNames_AreReadBack()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(5).Lstm(5).TakeLast().Dense(2).Build(seed: 9);
        string[] modules = [new string('\u0001', 500), new string('\u0001', 500), "한.\"😀\\"];
        using var stream = new MemoryStream();
        model.SaveStateDict(stream, modules);

        SequenceModel loaded = Model();
        loaded.LoadStateDict(new MemoryStream(stream.ToArray()), modules);

        loaded.Parameters.SelectMany(parameter => parameter.Values.ToArray()).Should()
            .Equal(model.Parameters.SelectMany(parameter => parameter.Values.ToArray()));
    }

    [Fact]
    public void SaveAndLoad_WrongArguments_NameTheFault()
    {
        SequenceModel model = Model(), none = null!;
        using var closed = new MemoryStream();
        closed.Dispose();

        new Action(() => none.SaveStateDict("x")).Should().Throw<ArgumentNullException>().WithParameterName("model");
        new Action(() => none.LoadStateDict("x")).Should().Throw<ArgumentNullException>().WithParameterName("model");
        new Action(() => model.SaveStateDict(string.Empty)).Should().Throw<ArgumentException>().WithParameterName("path");
        new Action(() => model.LoadStateDict(string.Empty)).Should().Throw<ArgumentException>().WithParameterName("path");
        new Action(() => model.SaveStateDict(closed)).Should().Throw<ArgumentException>().WithParameterName("stream");
        new Action(() => model.LoadStateDict(closed)).Should().Throw<ArgumentException>().WithParameterName("stream");
        new Action(() => model.LoadStateDict((Stream)null!)).Should().Throw<ArgumentNullException>().WithParameterName("stream");
        new Action(() => model.SaveStateDict(new MemoryStream(), [null!, "b", "c"])).Should().Throw<ArgumentNullException>();
        new Action(() => model.SaveStateDict(new MemoryStream(), ["\ud800", "b", "c"])).Should().Throw<ArgumentException>();
        new Action(() => model.SaveStateDict(new MemoryStream(), [new string('x', 501), "b", "c"])).Should().Throw<ArgumentException>();
        new Action(() => model.SaveStateDict(new MemoryStream(), type: (WeightType)2)).Should().Throw<ArgumentOutOfRangeException>();
        new Action(() => model.Save(new MemoryStream(), (WeightType)(-1))).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static SequenceModel Model() => SequenceModel.Create(3).Lstm(5).Lstm(5).TakeLast().Dense(2).Build(seed: 1);
}
