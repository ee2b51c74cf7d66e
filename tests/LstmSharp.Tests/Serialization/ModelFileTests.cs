using System.Numerics.Tensors;
using CsCheck;
using LstmSharp.Tests.Models;
using static LstmSharp.Tests.Serialization.ModelBytes;

namespace LstmSharp.Tests.Serialization;

public sealed class ModelFileTests
{
    private const string Architecture = "lstmsharp.architecture";

    private const string Dense = """{"inputSize":2,"layers":[{"kind":"Dense","outputSize":1,"activation":"Identity"}]}""";

    [Fact]
    public void Load_OfAnySavedModel_IsTheSameModelToTheBit() => Gen.Int.Sample(
        seed =>
        {
            SequenceModel model = RandomModels.Draw(new Random(seed), length: 3);
            Disturb(model, seed);

            byte[] file = Saved(model);
            SequenceModel loaded = Loaded(file);

            loaded.ToString().Should().Be(model.ToString());
            loaded.Parameters.Select(NameAndShape).Should().Equal(model.Parameters.Select(NameAndShape));
            foreach (Parameter parameter in model.Parameters)
            {
                Bits(loaded.Parameters[parameter.Name].Values).Should().Equal(Bits(parameter.Values));
            }

            Saved(loaded).Should().Equal(file);
        },
        iter: 100);

    [Fact]
    public void Load_OfSavedFile_PredictsTheSameBits()
    {
        using var folder = new TemporaryFolder();
        SequenceModel model = SequenceModel.Create(3).Lstm(17).VanillaRnn(5, Activation.Relu).TakeLast().Dense(2, Activation.Tanh).Build(7);
        Tensor<float> input = Tensor.Create(RandomValues.Uniform(new Random(1), 4 * 6 * 3), [4, 6, 3]);

        model.Save(folder.File("model.safetensors"));
        SequenceModel loaded = SequenceModel.Load(folder.File("model.safetensors"));

        Bits(loaded.Predict(input).ToArray()).Should().Equal(Bits(model.Predict(input).ToArray()));
        folder.FileNames().Should().Equal("model.safetensors");
    }

    /// <summary>The file was saved by the first version, with −0 and a signalling NaN in the first bias.</summary>
    [Fact]
    public void Load_FileOfTheFirstVersion_IsTheSameModelAndIsSavedAsTheSameBytes()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Serialization", "saved-by-0.1.0.safetensors");
        SequenceModel made = SequenceModel.Create(2)
            .Lstm(3).VanillaRnn(2, Activation.Relu).TakeLast().Flatten(1).Dense(2, Activation.Tanh).Build(seed: 5);
        SequenceModel loaded = SequenceModel.Load(path);

        loaded.ToString().Should().Be(made.ToString());
        Bits(loaded.Parameters["0.Bias"].Values)[..2].Should().Equal(int.MinValue, 0x7F812345);
        loaded.Parameters["0.Bias"].Edit(bias => made.Parameters["0.Bias"].Values[..2].CopyTo(bias));
        loaded.Parameters.SelectMany(parameter => Bits(parameter.Values)).Should()
            .Equal(made.Parameters.SelectMany(parameter => Bits(parameter.Values)));
        Saved(SequenceModel.Load(path)).Should().Equal(File.ReadAllBytes(path));
    }

    [Fact]
    public void Save_EveryKindOfLayer_HasPyTorchsNamesAndShapes()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(5).VanillaRnn(4, Activation.Relu).Flatten(2).Dense(6).Build();

        var reader = new SafeTensorsReader(new MemoryStream(Saved(model)), "file");

        reader.Names.Select(name => $"{name} [{string.Join(", ", reader.Find(name)!.Shape)}]").Should().Equal(
            "0.weight_ih_l0 [20, 3]", "0.weight_hh_l0 [20, 5]", "0.bias_ih_l0 [20]", "0.bias_hh_l0 [20]",
            "1.weight_ih_l0 [4, 5]", "1.weight_hh_l0 [4, 4]", "1.bias_ih_l0 [4]", "1.bias_hh_l0 [4]",
            "3.weight [6, 8]", "3.bias [6]");
        reader.Text("lstmsharp.format", 1).Should().Be("1");
        reader.Text(Architecture, 1000).Should().Be(
            """{"inputSize":3,"layers":[{"kind":"Lstm","hiddenSize":5},{"kind":"VanillaRnn","hiddenSize":4,"activation":"Relu"},"""
            + """{"kind":"Flatten","sequenceLength":2},{"kind":"Dense","outputSize":6,"activation":"Identity"}]}""");
    }

    [Fact]
    public void Load_FileWithTwoBiases_AddsThem()
    {
        byte[] file = NaiveSafeTensors.File(
            Metadata("""{"layers":[{"activation":"Tanh","kind":"VanillaRnn","hiddenSize":3},{"kind":"TakeLast"}],"inputSize":1}"""),
            [
                ("0.bias_hh_l0", [3], [0.5f, 0, -0f]),
                ("0.weight_hh_l0", [3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]),
                ("0.weight_ih_l0", [3, 1], [10, 11, 12]),
                ("0.bias_ih_l0", [3], [1, -0f, -0f]),
            ]);

        SequenceModel model = Loaded(file);

        model.Parameters["0.InputWeights"].Values.ToArray().Should().Equal(10, 11, 12);
        model.Parameters["0.RecurrentWeights"].Values.ToArray().Should().Equal(1, 2, 3, 4, 5, 6, 7, 8, 9);
        Bits(model.Parameters["0.Bias"].Values).Should().Equal(Bits([1.5f, -0f, -0f]));
        model.Layers[1].Should().BeOfType<TakeLastLayer>();
    }

    [Fact]
    public void Load_LaterFormatOrForeignFile_SaysSo()
    {
        Dictionary<string, string> later = Metadata(Dense);
        later["lstmsharp.format"] = "2";

        Fault(NaiveSafeTensors.File(later, [("0.weight", [1, 2], [1, 2]), ("0.bias", [1], [3])])).Should().Be(
            "the stream: lstmsharp.format must be 1, but is '2'. A later version of LstmSharp may read it.");
        Fault(NaiveSafeTensors.File([], [("0.weight", [1, 2], [1, 2])])).Should().Be(
            "the stream: the metadata must be a saved model's, with lstmsharp.format and lstmsharp.architecture, but is another's. "
            + "If these are a PyTorch model's weights, build the same model here and call its LoadStateDict; "
            + "if it is a checkpoint, use Checkpoint.LoadModel, or resume the run from it.");
    }

    [Fact]
    public void Load_TensorOfOtherTypeOrShape_NamesIt()
    {
        string metadata = $"\"{Architecture}\":\"{NaiveSafeTensors.Escape(Dense)}\"";
        string header = "{\"__metadata__\":{\"lstmsharp.format\":\"1\"," + metadata + """
            },"0.bias":{"dtype":"I32","shape":[1],"data_offsets":[0,4]},"0.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]}}
            """;

        Fault(NaiveSafeTensors.File(header, new byte[12])).Should().Be(
            "the stream: tensor '0.bias' must be F32, F16, BF16 or F64, but is I32 (byte 173).");
        Fault(NaiveSafeTensors.File(Metadata(Dense), [("0.weight", [2, 1], [1, 2]), ("0.bias", [1], [3])]))
            .Should().Contain("tensor '0.weight' must be [1, 2], but is [2, 1]");
    }

    [Fact]
    public void Load_EveryShorterFile_SaysItIsInvalid()
    {
        byte[] file = Saved(SequenceModel.Create(1).Lstm(1).Dense(1).Build());

        for (int length = 0; length < file.Length; length++)
        {
            Fault(file[..length]).Should().NotBeEmpty();
        }

        Fault([.. file, 0]).Should().Contain("the data behind the header must be ");
    }

    [Fact]
    public void SaveAndLoad_WrongArguments_NameTheFault()
    {
        using var folder = new TemporaryFolder();
        SequenceModel model = SequenceModel.Create(1).Dense(1).Build();
        using var readOnly = new MemoryStream([], writable: false);
        using var closed = new MemoryStream();
        closed.Dispose();

        new Action(() => model.Save(string.Empty)).Should().Throw<ArgumentException>().WithParameterName("path");
        new Action(() => model.Save(readOnly)).Should().Throw<ArgumentException>().WithParameterName("stream");
        new Action(() => model.Save((Stream)null!)).Should().Throw<ArgumentNullException>().WithParameterName("stream");
        new Action(() => ((SequenceModel)null!).Save("x")).Should().Throw<ArgumentNullException>().WithParameterName("model");
        new Action(() => SequenceModel.Load(closed)).Should().Throw<ArgumentException>().WithParameterName("stream");
        new Action(() => SequenceModel.Load(folder.File("none"))).Should().Throw<FileNotFoundException>();
        File.WriteAllText(folder.File("text"), "this is no model at all");
        new Action(() => SequenceModel.Load(folder.File("text"))).Should().Throw<ModelFileException>()
            .Which.Message.Should().StartWith(folder.File("text"));
    }

    private static Dictionary<string, string> Metadata(string architecture) => new()
    {
        ["lstmsharp.format"] = "1",
        [Architecture] = architecture,
    };

    private static string NameAndShape(Parameter parameter) => parameter.ToString();

    /// <summary>Puts values that plain arithmetic would not keep among the weights.</summary>
    private static void Disturb(SequenceModel model, int seed)
    {
        var random = new Random(seed);
        float[] odd = [-0f, float.NaN, BitConverter.Int32BitsToSingle(0x7F812345), float.NegativeInfinity, float.Epsilon];
        foreach (Parameter parameter in model.Parameters)
        {
            for (int n = 0; n < odd.Length; n++)
            {
                parameter.Edit(values => values[random.Next(parameter.Count)] = odd[n]);
            }
        }
    }

    private static int[] Bits(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), BitConverter.SingleToInt32Bits);
}
