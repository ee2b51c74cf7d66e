using System.Numerics.Tensors;
using CsCheck;
using LstmSharp.Tests.Models;

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

    [Fact]
    public void Save_EveryKindOfLayer_HasPyTorchsNamesAndShapes()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(5).VanillaRnn(4, Activation.Relu).Flatten(2).Dense(6).Build();

        var reader = new SafeTensorsReader(new MemoryStream(Saved(model)), "file");

        reader.Entries.Values.Select(entry => $"{entry.Name} [{string.Join(", ", entry.Shape)}]").Should().Equal(
            "0.weight_ih_l0 [20, 3]", "0.weight_hh_l0 [20, 5]", "0.bias_ih_l0 [20]", "0.bias_hh_l0 [20]",
            "1.weight_ih_l0 [4, 5]", "1.weight_hh_l0 [4, 4]", "1.bias_ih_l0 [4]", "1.bias_hh_l0 [4]",
            "3.weight [6, 8]", "3.bias [6]");
        reader.Metadata["lstmsharp.format"].Should().Be("1");
        reader.Metadata[Architecture].Should().Be(
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

    [Theory]
    [InlineData("", "is not valid JSON")]
    [InlineData("[]", "the whole must be an object")]
    [InlineData("""{"inputSize":2}""", "an inputSize and at least one layer")]
    [InlineData("""{"inputSize":2,"layers":[]}""", "an inputSize and at least one layer")]
    [InlineData("""{"layers":[{"kind":"TakeLast"}]}""", "an inputSize and at least one layer")]
    [InlineData("""{"inputSize":0,"layers":[{"kind":"TakeLast"}]}""", "inputSize must be from 1")]
    [InlineData("""{"inputSize":2147483648,"layers":[{"kind":"TakeLast"}]}""", "inputSize must be from 1")]
    [InlineData("""{"inputSize":"2","layers":[{"kind":"TakeLast"}]}""", "inputSize must be a whole number")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"TakeLast"}],"x":1}""", "unknown key 'x'")]
    [InlineData("""{"inputSize":2,"layers":["TakeLast"]}""", "layers must hold objects, but holds a string")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Gru","hiddenSize":3}]}""",
        "layer 0: kind must be one of VanillaRnn, Lstm, Dense, TakeLast, Flatten, but is 'Gru'")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"1","hiddenSize":3}]}""", "layer 0: kind must be one of")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Lstm"}]}""", "layer 0 lacks a key")]
    [InlineData("""{"inputSize":2,"layers":[{"hiddenSize":3}]}""", "layer 0 lacks a key")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Lstm","outputSize":3}]}""", "layer 0 lacks a key or has one too many")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":3,"outputSize":3}]}""", "unknown key 'outputSize'")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":3,"activation":"Tanh"}]}""", "has one too many")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dense","outputSize":3}]}""", "layer 0 lacks a key")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dense","outputSize":3,"activation":"Swish"}]}""", "but is 'Swish'")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dense","outputSize":3,"activation":"tanh"}]}""", "but is 'tanh'")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":0}]}""", "layer 0: hiddenSize must be from 1")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":2147483000}]}""", "may hold at most")]
    [InlineData("""{"inputSize":2147483000,"layers":[{"kind":"Dense","outputSize":2147483000,"activation":"Tanh"}]}""", "may hold at most")]
    [InlineData(
        """{"inputSize":99999,"layers":[{"kind":"Flatten","sequenceLength":99999}]}""",
        "layer 0 may have at most 2147483591 outputs, but would have 9999800001")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":20000}]}""", "there must be a tensor '0.weight_ih_l0'")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"TakeLast"},{"kind":"Dense","outputSize":1,"activation":"Tanh"}]}""",
        "must be a tensor '1.weight'")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"TakeLast"}]}""", "tensor '0.bias' is not one of the model's")]
    [InlineData(
        """{"inputSize":3,"layers":[{"kind":"Dense","outputSize":1,"activation":"Tanh"}]}""",
        "tensor '0.weight' must be [1, 3], but is [1, 2]")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Flatten","sequenceLength":5},{"kind":"Flatten","sequenceLength":7}]}""",
        "layer 1: sequenceLength must be 1, as a layer before lets only one step through, but is 7")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"TakeLast"},{"kind":"Lstm","hiddenSize":3},{"kind":"Flatten","sequenceLength":5}]}""",
        "layer 2: sequenceLength must be 1")]
    public void Load_FaultyArchitecture_NamesFileAndFaultWithoutAllocating(string architecture, string fault)
    {
        byte[] file = NaiveSafeTensors.File(Metadata(architecture), [("0.weight", [1, 2], [1, 2]), ("0.bias", [1], [3])]);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Fault(file).Should().StartWith("the stream: ").And.Contain(fault);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    [Fact]
    public void Load_ModelOfAsManyLayersAsThereMayBe_LoadsAndOneMoreIsRefused()
    {
        SequenceModelBuilder builder = SequenceModel.Create(2);
        for (int n = 0; n < 1000; n++)
        {
            builder.VanillaRnn(1, Activation.Identity);
        }

        Loaded(Saved(builder.Build())).Layers.Should().HaveCount(1000);

        string layers = string.Join(",", Enumerable.Repeat("""{"kind":"TakeLast"}""", 1001));
        Fault(NaiveSafeTensors.File(Metadata($"{{\"inputSize\":2,\"layers\":[{layers}]}}"), []))
            .Should().Be("the stream: lstmsharp.architecture: layers must hold at most 1000 layers, but holds more.");
    }

    [Fact]
    public void Load_EndlessArchitecture_IsRefusedByItsLength()
    {
        byte[] Padded(int length) => NaiveSafeTensors.File(
            Metadata(Dense.PadRight(length)), [("0.weight", [1, 2], [1, 2]), ("0.bias", [1], [3])]);

        Loaded(Padded(1_000_000)).Layers.Should().HaveCount(1);
        Fault(Padded(1_000_001)).Should().Be(
            "the stream: lstmsharp.architecture: may have at most 1000000 characters, but has 1000001.");
    }

    [Fact]
    public void Load_LaterFormatOrForeignFile_SaysSo()
    {
        Dictionary<string, string> later = Metadata(Dense);
        later["lstmsharp.format"] = "2";

        Fault(NaiveSafeTensors.File(later, [("0.weight", [1, 2], [1, 2]), ("0.bias", [1], [3])])).Should().Be(
            "the stream: the model file must be of format 1, but is of '2'; a later version of LstmSharp may read it.");
        Fault(NaiveSafeTensors.File([], [("0.weight", [1, 2], [1, 2])])).Should().Contain("a safetensors file of something else");
    }

    [Fact]
    public void Load_TensorOfOtherTypeOrShape_NamesIt()
    {
        string metadata = $"\"{Architecture}\":\"{NaiveSafeTensors.Escape(Dense)}\"";
        string header = "{\"__metadata__\":{\"lstmsharp.format\":\"1\"," + metadata + """
            },"0.bias":{"dtype":"I32","shape":[1],"data_offsets":[0,4]},"0.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]}}
            """;

        Fault(NaiveSafeTensors.File(header, new byte[12])).Should().Be("the stream: tensor '0.bias' must be of dtype F32, but is I32.");
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

        Fault([.. file, 0]).Should().Contain("bytes of data");
    }

    [Fact]
    public void Load_AnyByteChanged_LoadsOrSaysItIsInvalid()
    {
        byte[] file = Saved(SequenceModel.Create(2).VanillaRnn(2).TakeLast().Dense(1).Build());
        int refused = 0;
        Gen.Select(Gen.Int[0, file.Length - 1], Gen.Byte, Gen.Int[0, file.Length - 1], Gen.Byte).Sample(
            (first, value, second, other) =>
            {
                byte[] changed = [.. file];
                changed[first] = value;
                changed[second] = other;
                try
                {
                    Loaded(changed).Parameters.TotalCount.Should().BeLessThan(100);
                }
                catch (InvalidDataException)
                {
                    Interlocked.Increment(ref refused);
                }
            },
            iter: 5000);

        refused.Should().BeGreaterThan(2500);
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
        new Action(() => SequenceModel.Load(folder.File("text"))).Should().Throw<InvalidDataException>()
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
                parameter.Edit()[random.Next(parameter.Count)] = odd[n];
            }
        }
    }

    private static byte[] Saved(SequenceModel model)
    {
        using var stream = new MemoryStream();
        model.Save(stream);
        return stream.ToArray();
    }

    private static SequenceModel Loaded(byte[] file)
    {
        using var stream = new MemoryStream(file);
        return SequenceModel.Load(stream);
    }

    private static string Fault(byte[] file) => new Action(() => Loaded(file)).Should().Throw<InvalidDataException>().Which.Message;

    private static int[] Bits(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), BitConverter.SingleToInt32Bits);
}
