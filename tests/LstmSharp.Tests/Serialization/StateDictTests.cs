using System.Numerics.Tensors;
using CsCheck;
using LstmSharp.Tests.Golden;
using LstmSharp.Tests.Models;

namespace LstmSharp.Tests.Serialization;

/// <summary>Weights under PyTorch's names, in both directions, with the naive reader and libtorch's numbers as oracles.</summary>
public sealed class StateDictTests
{
    private static readonly string[] Names = ["encoder", "encoder", "head"];

    [Theory]
    [InlineData("lstm")]
    [InlineData("lstm_wide")]
    [InlineData("lstm_3layer_long")]
    [InlineData("gru")]
    [InlineData("gru_wide")]
    [InlineData("rnn_tanh")]
    [InlineData("rnn_relu_wide")]
    public void Load_FileOfLibtorch_PredictsWhatLibtorchDid(string name)
    {
        GoldenFile golden = GoldenFile.Read(name);
        SequenceModel model = ModelOf(golden, out string[] modules);
        ModelState state = model.CreateState((int)golden.Number("B", 0));
        for (int layer = 0; layer < state.Count; layer++)
        {
            int count = state[layer].Hidden.Length;
            golden.Floats("h0").AsSpan(layer * count, count).CopyTo(state[layer].Hidden);
            if (state[layer] is LstmState lstm)
            {
                golden.Floats("c0").AsSpan(layer * count, count).CopyTo(lstm.Cell);
            }
        }

        model.LoadStateDict(Path.Combine(AppContext.BaseDirectory, "Golden", name + ".safetensors"), modules, strict: false);

        Tensor<float> input = Tensor.Create(golden.Floats("x"), Array.ConvertAll(golden.Shape("x"), size => (nint)size));
        Tolerance.WorstError([.. model.Predict(input, state)], golden.Floats("y")).Should().BeLessThan(1e-5);
    }

    [Theory]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    [InlineData("F64")]
    public void Load_PrefixedFileOfAnyType_HasThePartsOfTheNaiveReader(string type)
    {
        GoldenFile golden = GoldenFile.Read("lstm_3layer_long");
        SequenceModel model = ModelOf(golden, out string[] modules);
        byte[] file = NaiveSafeTensors.File(
            [],
            [.. golden.Names.Where(name => name.StartsWith("weight") || name.StartsWith("bias"))
                .Select(name => ($"net.encoder.{name}", golden.Shape(name), golden.Floats(name)))],
            type);
        Dictionary<string, (int[] Shape, float[] Values)> naive = NaiveSafeTensors.Read(file);

        model.LoadStateDict(new MemoryStream(file), [.. modules.Select(_ => "net.encoder")]);

        for (int layer = 0; layer < 3; layer++)
        {
            Equal(model, $"{layer}.InputWeights", naive[$"net.encoder.weight_ih_l{layer}"].Values);
            Equal(model, $"{layer}.RecurrentWeights", naive[$"net.encoder.weight_hh_l{layer}"].Values);
            float[] first = naive[$"net.encoder.bias_ih_l{layer}"].Values, second = naive[$"net.encoder.bias_hh_l{layer}"].Values;
            second.Should().Contain(value => value != 0);
            Equal(model, $"{layer}.Bias", [.. first.Zip(second, (a, b) => a + b)]);
        }
    }

    [Fact]
    public void Save_StackedAndSingleModules_HasPyTorchsNamesShapesAndTwoBiases()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(5).Lstm(5).VanillaRnn(4).TakeLast().Dense(6).Dense(2).Build(seed: 3);

        byte[] file = Saved(model, ["encoder", "encoder", "mid", "head.0", "head.2"]);

        Dictionary<string, (int[] Shape, float[] Values)> naive = NaiveSafeTensors.Read(file);
        naive.Select(tensor => $"{tensor.Key} [{string.Join(", ", tensor.Value.Shape)}]").Should().Equal(
            "encoder.weight_ih_l0 [20, 3]", "encoder.weight_hh_l0 [20, 5]", "encoder.bias_ih_l0 [20]", "encoder.bias_hh_l0 [20]",
            "encoder.weight_ih_l1 [20, 5]", "encoder.weight_hh_l1 [20, 5]", "encoder.bias_ih_l1 [20]", "encoder.bias_hh_l1 [20]",
            "mid.weight_ih_l0 [4, 5]", "mid.weight_hh_l0 [4, 4]", "mid.bias_ih_l0 [4]", "mid.bias_hh_l0 [4]",
            "head.0.weight [6, 4]", "head.0.bias [6]", "head.2.weight [2, 6]", "head.2.bias [2]");
        Equal(model, "1.RecurrentWeights", naive["encoder.weight_hh_l1"].Values);
        Equal(model, "1.Bias", naive["encoder.bias_ih_l1"].Values);
        Equal(model, "5.Weights", naive["head.2.weight"].Values);
        naive["encoder.bias_hh_l1"].Values.Should().OnlyContain(value => BitConverter.SingleToInt32Bits(value) == 0);
        new SafeTensorsReader(new MemoryStream(file)).Text("format", 2).Should().Be("pt");
    }

    [Fact]
    public void Save_TwoDirections_HasPyTorchsNames()
    {
        SequenceModel model = SequenceModel.Create(3).Bidirectional(layer => layer.Lstm(2)).Bidirectional(layer => layer.Lstm(2).TakeLast()).Dense(1)
            .Build(seed: 3);

        Dictionary<string, (int[] Shape, float[] Values)> naive = NaiveSafeTensors.Read(Saved(model, ["lstm", "lstm", "head"]));

        naive.Select(tensor => $"{tensor.Key} [{string.Join(", ", tensor.Value.Shape)}]").Should().BeEquivalentTo(
            "lstm.weight_ih_l0 [8, 3]", "lstm.weight_hh_l0 [8, 2]", "lstm.bias_ih_l0 [8]", "lstm.bias_hh_l0 [8]",
            "lstm.weight_ih_l0_reverse [8, 3]", "lstm.weight_hh_l0_reverse [8, 2]", "lstm.bias_ih_l0_reverse [8]", "lstm.bias_hh_l0_reverse [8]",
            "lstm.weight_ih_l1 [8, 4]", "lstm.weight_hh_l1 [8, 2]", "lstm.bias_ih_l1 [8]", "lstm.bias_hh_l1 [8]",
            "lstm.weight_ih_l1_reverse [8, 4]", "lstm.weight_hh_l1_reverse [8, 2]", "lstm.bias_ih_l1_reverse [8]", "lstm.bias_hh_l1_reverse [8]",
            "head.weight [1, 4]", "head.bias [1]");
        naive["lstm.weight_ih_l1_reverse"].Values.ShouldHaveTheBitsOf(model.Parameters["1.2.InputWeights"].Values);
    }

    [Fact]
    public void Save_Gru_HasPyTorchsTwoBiasesAndTheCandidatesInTheSecond()
    {
        SequenceModel model = SequenceModel.Create(3).Gru(2).Gru(2).Build(seed: 3, WeightInitialization.PyTorchUniform);

        Dictionary<string, (int[] Shape, float[] Values)> naive = NaiveSafeTensors.Read(Saved(model, ["cell", "cell"]));

        naive.Select(tensor => $"{tensor.Key} [{string.Join(", ", tensor.Value.Shape)}]").Should().Equal(
            "cell.weight_ih_l0 [6, 3]", "cell.weight_hh_l0 [6, 2]", "cell.bias_ih_l0 [6]", "cell.bias_hh_l0 [6]",
            "cell.weight_ih_l1 [6, 2]", "cell.weight_hh_l1 [6, 2]", "cell.bias_ih_l1 [6]", "cell.bias_hh_l1 [6]");
        naive["cell.bias_ih_l1"].Values.ShouldHaveTheBitsOf(model.Parameters["1.Bias"].Values);
        naive["cell.bias_hh_l1"].Values.ShouldHaveTheBitsOf([0, 0, 0, 0, .. model.Parameters["1.RecurrentBias"].Values]);
    }

    [Fact]
    public void Load_GruWithTwoBiases_AddsThoseOfTheGatesAlone()
    {
        SequenceModel model = SequenceModel.Create(1).Gru(1).Build();
        byte[] file = NaiveSafeTensors.File(
            [],
            [
                ("0.weight_ih_l0", [3, 1], [1, 2, 3]), ("0.weight_hh_l0", [3, 1], [4, 5, 6]),
                ("0.bias_ih_l0", [3], [10, 20, 30]), ("0.bias_hh_l0", [3], [1, 2, 3]),
            ]);

        model.LoadStateDict(new MemoryStream(file));

        Equal(model, "0.Bias", [11, 22, 30]);
        Equal(model, "0.RecurrentBias", [3]);
    }

    [Fact]
    public void Load_GruWithoutBiases_HasBiasesOfZero()
    {
        SequenceModel model = SequenceModel.Create(1).Gru(1).Build(seed: 1, WeightInitialization.PyTorchUniform);
        byte[] file = NaiveSafeTensors.File(
            [], [("0.weight_ih_l0", [3, 1], [1, 2, 3]), ("0.weight_hh_l0", [3, 1], [4, 5, 6])]);

        model.LoadStateDict(new MemoryStream(file));

        Equal(model, "0.RecurrentWeights", [4, 5, 6]);
        Equal(model, "0.Bias", [0, 0, 0]);
        Equal(model, "0.RecurrentBias", [0]);
    }

    [Fact]
    public void SaveAndLoad_GruWithTheResetBeforeTheProduct_AreRefusedInWords()
    {
        SequenceModel model = SequenceModel.Create(1).Gru(1, GruReset.BeforeProduct).Build();
        const string message = "*PyTorch has no layer like GruCell(1 => 1, reset before the product, 9 parameters), whose reset gate acts before the product*";

        model.Invoking(it => Saved(it, null)).Should().Throw<NotSupportedException>().WithMessage(message);
        model.Invoking(it => it.LoadStateDict(new MemoryStream())).Should().Throw<NotSupportedException>().WithMessage(message);
    }

    [Fact]
    public void Load_OfSaved_IsTheSameModelToTheBit() => Gen.Int.Sample(
        seed =>
        {
            SequenceModel model = RandomModels.Draw(new Random(seed), length: 3), other = RandomModels.Draw(new Random(seed), length: 3);
            if (model.AllLayers.Any(layer => layer.Layer is RecurrentLayer { Cell: GruCell { Reset: GruReset.BeforeProduct } }))
            {
                return; // PyTorch has no such layer
            }

            other.Parameters.Clear();
            string[] modules =
            [
                .. ModelArchitecture.Of(model).Places("test").Where(layer => layer.Tensors(LayerPlace.AtPath(layer.Path)).Length > 0)
                    .Select((_, n) => $"net.{seed}.{n}"),
            ];

            other.LoadStateDict(new MemoryStream(Saved(model, modules)), modules);

            foreach (Parameter parameter in model.Parameters)
            {
                Equal(other, parameter.Name, parameter.Values.ToArray());
            }
        },
        iter: 100);

    [Fact]
    public void Load_WithoutNames_ReadsTheLayersPositionsAndSavedModels()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(5).TakeLast().Dense(2).Build(seed: 1);
        SequenceModel fromStateDict = SequenceModel.Create(3).Lstm(5).TakeLast().Dense(2).Build(seed: 2);
        SequenceModel fromModel = SequenceModel.Create(3).Lstm(5).TakeLast().Dense(2).Build(seed: 3);
        using var file = new MemoryStream();
        model.Save(file);

        fromStateDict.LoadStateDict(new MemoryStream(Saved(model, null)));
        fromModel.LoadStateDict(new MemoryStream(file.ToArray()));

        foreach (Parameter parameter in model.Parameters)
        {
            Equal(fromStateDict, parameter.Name, parameter.Values.ToArray());
            Equal(fromModel, parameter.Name, parameter.Values.ToArray());
        }
    }

    [Theory]
    [InlineData("encoder")]
    [InlineData("mid")]
    [InlineData("head")]
    [InlineData("")]
    public void Load_ModuleWithoutBiases_HasBiasesOfZero(string module)
    {
        string[] modules = ["encoder", "encoder", "mid", "head"];
        static SequenceModel Build() => SequenceModel.Create(3).Lstm(5).Lstm(5).VanillaRnn(4).Dense(2).Build();
        SequenceModel model = Build(), other = Build();
        foreach (Parameter parameter in model.Parameters.Concat(other.Parameters))
        {
            parameter.Edit(values => values.Fill(0.5f));
        }

        byte[] file = NaiveSafeTensors.File(
            [],
            [.. NaiveSafeTensors.Read(Saved(model, modules))
                .Where(tensor => !(tensor.Key.StartsWith(module) && tensor.Key.Contains("bias")))
                .Select(tensor => (tensor.Key, tensor.Value.Shape, tensor.Value.Values))]);

        other.LoadStateDict(new MemoryStream(file), modules);

        for (int n = 0; n < modules.Length; n++)
        {
            float bias = modules[n].StartsWith(module) ? 0 : 0.5f;
            other.Parameters[$"{n}.Bias"].Values.ToArray().Should().OnlyContain(value => value.Equals(bias));
        }

        other.Parameters["1.InputWeights"].Values.ToArray().Should().OnlyContain(value => value.Equals(0.5f));
    }

    [Fact]
    public void Load_NotStrict_LeavesOtherModulesOut()
    {
        SequenceModel whole = SequenceModel.Create(3).Lstm(5).Lstm(5).Dense(2).Build(seed: 1);
        SequenceModel part = SequenceModel.Create(3).Lstm(5).Lstm(5).Build(seed: 2);
        byte[] file = Saved(whole, Names);

        new Action(() => part.LoadStateDict(new MemoryStream(file), Names[..2])).Should().Throw<ModelFileException>()
            .Which.Tensor.Should().Be("head.weight");
        part.LoadStateDict(new MemoryStream(file), Names[..2], strict: false);

        Equal(part, "1.Bias", whole.Parameters["1.Bias"].Values.ToArray());
    }

    [Fact]
    public void Load_AfterPrediction_TheModelPredictsWithTheNewWeights()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).Build(seed: 1), other = SequenceModel.Create(2).Lstm(3).Build(seed: 2);
        Tensor<float> input = Tensor.Create([1f, 2, 3, 4], [2, 1, 2]);
        model.Predict(input).Should().NotEqual(other.Predict(input));

        model.LoadStateDict(new MemoryStream(Saved(other, null)));

        model.Predict(input).Should().Equal(other.Predict(input));
    }

    [Fact]
    public void SaveAndLoad_AsBF16_RoundsEveryWeightOnce()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(5).TakeLast().Dense(2).Build(seed: 1);
        using var modelFile = new MemoryStream();
        using var stateDict = new MemoryStream();

        model.Save(modelFile, WeightType.BF16);
        model.SaveStateDict(stateDict, type: WeightType.BF16);

        modelFile.Length.Should().BeLessThan(Saved(model, null).Length + 200);
        modelFile.Position = 0;
        SequenceModel loaded = SequenceModel.Load(modelFile);
        foreach (float[] values in NaiveSafeTensors.Read(stateDict.ToArray()).Values.Select(tensor => tensor.Values))
        {
            values.Should().OnlyContain(value => (BitConverter.SingleToInt32Bits(value) & 0xFFFF) == 0);
        }

        foreach (Parameter parameter in model.Parameters)
        {
            Tolerance.WorstError(loaded.Parameters[parameter.Name].Values, parameter.Values).Should().BeLessThan(1.0 / 256);
            loaded.Parameters[parameter.Name].Values.ToArray().Should()
                .OnlyContain(value => (BitConverter.SingleToInt32Bits(value) & 0xFFFF) == 0);
        }
    }

    private static SequenceModel ModelOf(GoldenFile golden, out string[] modules)
    {
        int layers = (int)golden.Number("layers", 1), hiddenSize = (int)golden.Number("H", 0);
        SequenceModelBuilder builder = SequenceModel.Create((int)golden.Number("I", 0));
        for (int layer = 0; layer < layers; layer++)
        {
            builder = golden.Text("kind") switch
            {
                "lstm" => builder.Lstm(hiddenSize),
                "gru" => builder.Gru(hiddenSize),
                "rnn_tanh" => builder.VanillaRnn(hiddenSize),
                _ => builder.VanillaRnn(hiddenSize, Activation.Relu),
            };
        }

        modules = [.. Enumerable.Repeat(string.Empty, layers)];
        return builder.Build();
    }

    private static byte[] Saved(SequenceModel model, string[]? modules)
    {
        using var stream = new MemoryStream();
        model.SaveStateDict(stream, modules);
        return stream.ToArray();
    }

    private static void Equal(SequenceModel model, string parameter, float[] values) =>
        model.Parameters[parameter].Values.ShouldHaveTheBitsOf(values);
}
