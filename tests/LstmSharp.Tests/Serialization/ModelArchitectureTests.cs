using static LstmSharp.Tests.Serialization.ModelBytes;

namespace LstmSharp.Tests.Serialization;

/// <summary>The architecture in a model file's metadata: what is refused.</summary>
public sealed class ModelArchitectureTests
{
    private const string Architecture = "lstmsharp.architecture";

    private const string Dense = """{"inputSize":2,"layers":[{"kind":"Dense","outputSize":1,"activation":"Identity"}]}""";

    [Theory]
    [InlineData("", "lstmsharp.architecture must be valid JSON, but is not")]
    [InlineData("[]", "lstmsharp.architecture must be an object, but is an array")]
    [InlineData("""{"inputSize":2}""", "an inputSize and at least one layer")]
    [InlineData("""{"inputSize":2,"layers":[]}""", "an inputSize and at least one layer")]
    [InlineData("""{"layers":[{"kind":"TakeLast"}]}""", "an inputSize and at least one layer")]
    [InlineData("""{"inputSize":0,"layers":[{"kind":"TakeLast"}]}""", "inputSize must be from 1 to 2147483647, but is ")]
    [InlineData("""{"inputSize":2147483648,"layers":[{"kind":"TakeLast"}]}""", "inputSize must be from 1 to 2147483647, but is ")]
    [InlineData("""{"inputSize":"2","layers":[{"kind":"TakeLast"}]}""", "inputSize must be a whole number")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"TakeLast"}],"x":1}""",
        "lstmsharp.architecture: the key 'x' must be one of inputSize, layers, but is none of them")]
    [InlineData("""{"inputSize":2,"layers":["TakeLast"]}""", "lstmsharp.architecture: layers: an item must be an object, but is a string")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Tcn","hiddenSize":3}]}""",
        "layer 0: kind must be one of VanillaRnn, Lstm, Dense, TakeLast, Flatten, Dropout, LayerNorm, MeanOverTime, MaxOverTime, Embedding, Gru, but is 'Tcn'")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Gru","hiddenSize":3}]}""",
        "layer 0 must be one with the keys of kind Gru, but is one with others")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":3,"reset":"AfterProduct"}]}""",
        "layer 0 must be one with the keys of kind Lstm, but is one with others")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Gru","hiddenSize":3,"reset":"Before"}]}""",
        "layer 0: reset must be one of AfterProduct, BeforeProduct, but is 'Before'")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"1","hiddenSize":3}]}""", "layer 0: kind must be one of")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Lstm"}]}""", "layer 0 must be ")]
    [InlineData("""{"inputSize":2,"layers":[{"hiddenSize":3}]}""", "layer 0 must be ")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Lstm","outputSize":3}]}""",
        "layer 0 must be one with the keys of kind Lstm, but is one with others")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":3,"outputSize":3}]}""",
        "layer 0 must be one with the keys of kind Lstm, but is one with others")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":3,"activation":"Tanh"}]}""",
        "layer 0 must be one with the keys of kind Lstm, but is one with others")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dense","outputSize":3}]}""", "layer 0 must be ")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dense","outputSize":3,"activation":"Swish"}]}""", "but is 'Swish'")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dense","outputSize":3,"activation":"tanh"}]}""", "but is 'tanh'")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":0}]}""",
        "layer 0: hiddenSize must be from 1 to 2147483647, but is 0")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dropout"}]}""", "layer 0 must be one with the keys of kind Dropout")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dropout","rate":1}]}""", "layer 0: rate must be from 0 to before 1, but is 1")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dropout","rate":-0.5}]}""", "layer 0: rate must be from 0 to before 1, but is -0.5")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dropout","rate":"a"}]}""", "layer 0: rate must be a finite number, but is a string")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"TakeLast","rate":0.5}]}""", "layer 0 must be one with the keys of kind TakeLast")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":2147483000}]}""", "must be of at most 2147483591 values, but is [")]
    [InlineData(
        """{"inputSize":2147483000,"layers":[{"kind":"Dense","outputSize":2147483000,"activation":"Tanh"}]}""",
        "must be of at most 2147483591 values, but is [")]
    [InlineData(
        """{"inputSize":99999,"layers":[{"kind":"Flatten","sequenceLength":99999}]}""",
        "the number of outputs of layer 0 must be at most 2147483591, but is 9999800001")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":20000}]}""",
        "tensor '0.weight_ih_l0' must be [80000, 2], but is missing. Missing, too: '0.weight_hh_l0', '0.bias_ih_l0', '0.bias_hh_l0'. "
        + "Not the model's: '0.weight', '0.bias'.")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"TakeLast"},{"kind":"Dense","outputSize":1,"activation":"Tanh"}]}""",
        "tensor '1.weight' must be [1, 2], but is missing")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"TakeLast"}]}""",
        "tensor '0.weight' must be one of the model's, but is none of them (byte 9). Not the model's either: '0.bias'.")]
    [InlineData(
        """{"inputSize":3,"layers":[{"kind":"Dense","outputSize":1,"activation":"Tanh"}]}""",
        "tensor '0.weight' must be [1, 3], but is [1, 2] (byte 9)")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Flatten","sequenceLength":5},{"kind":"Flatten","sequenceLength":7}]}""",
        "layer 1: sequenceLength must be 1, as a layer before lets only one step through, but is 7")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"TakeLast"},{"kind":"Lstm","hiddenSize":3},{"kind":"Flatten","sequenceLength":5}]}""",
        "layer 2: sequenceLength must be 1")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"MeanOverTime"},{"kind":"Flatten","sequenceLength":5}]}""",
        "layer 1: sequenceLength must be 1")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"LayerNorm"}]}""", "tensor '0.weight' must be [2], but is [1, 2]")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"MaxOverTime","rate":0.5}]}""", "layer 0 must be one with the keys of kind MaxOverTime")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Embedding","outputSize":2}]}""",
        "layer 0 must be one with the keys of kind Embedding, but is one with others")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Dense","outputSize":2,"activation":"Tanh","vocabularySize":2}]}""",
        "layer 0 must be one with the keys of kind Dense, but is one with others")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"TakeLast","paddingToken":0}]}""",
        "layer 0 must be one with the keys of kind TakeLast, but is one with others")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Embedding","outputSize":2,"vocabularySize":5,"paddingToken":5}]}""",
        "layer 0: paddingToken must be below vocabularySize 5, but is 5")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Embedding","outputSize":2,"vocabularySize":0}]}""",
        "layer 0: vocabularySize must be from 1 to 2147483647, but is 0")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Embedding","outputSize":2,"vocabularySize":5}]}""",
        "inputSize must be 1, as tokens enter an Embedding, but is 2")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"TakeLast"},{"kind":"Embedding","outputSize":2,"vocabularySize":5}]}""",
        "layer 1 must be of a kind that takes what the layer before gives, but is an Embedding, which must be the first")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Embedding","outputSize":2147483000,"vocabularySize":2147483000}]}""",
        "must be of at most 2147483591 values, but is [")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Embedding","outputSize":20000,"vocabularySize":50000,"paddingToken":1}]}""",
        "tensor '0.weight' must be [50000, 20000], but is [1, 2]")]
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
            .Should().Be("the stream: lstmsharp.architecture: layers must be at most 1000, but is more (byte 75).");
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    [InlineData(0.99999994f)]
    [InlineData(1e-30f)]
    public void Load_Dropout_HasItsRate(float rate) =>
        ((DropoutLayer)Loaded(Saved(SequenceModel.Create(2).Dropout(rate).Build())).Layers[0]).Rate.Should().Be(rate);

    [Fact]
    public void Load_EndlessArchitecture_IsRefusedByItsLength()
    {
        byte[] Padded(int length) => NaiveSafeTensors.File(
            Metadata(Dense.PadRight(length)), [("0.weight", [1, 2], [1, 2]), ("0.bias", [1], [3])]);

        int escapes = Dense.Count(letter => letter == '"');
        Loaded(Padded(250_000 - escapes)).Layers.Should().HaveCount(1);
        Fault(Padded(250_001 - escapes)).Should().StartWith(
            "the stream: the length of lstmsharp.architecture must be at most 250000 bytes, but is 250001 bytes (byte ");
    }

    private static Dictionary<string, string> Metadata(string architecture) => new()
    {
        ["lstmsharp.format"] = "1",
        [Architecture] = architecture,
    };
}
