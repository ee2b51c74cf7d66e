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
        "layer 0: kind must be one of VanillaRnn, Lstm, Gru, Dense, TakeLast, Flatten, Dropout, LayerNorm, MeanOverTime, MaxOverTime, Embedding, TiedDense, Residual, Bidirectional, Reverse, but is 'Tcn'")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Gru","hiddenSize":3}]}""",
        "layer 0: the key 'reset' must be there, but is missing")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":3,"reset":"AfterProduct"}]}""",
        "layer 0: the key 'reset' must be one of kind, hiddenSize, dropout, zoneout, cellZoneout, but is none of them")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Gru","hiddenSize":3,"reset":"Before"}]}""",
        "layer 0: reset must be one of AfterProduct, BeforeProduct, but is 'Before'")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"1","hiddenSize":3}]}""", "layer 0: kind must be one of")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Lstm"}]}""", "layer 0: the key 'hiddenSize' must be there, but is missing")]
    [InlineData("""{"inputSize":2,"layers":[{"hiddenSize":3}]}""", "layer 0: the key 'kind' must be there, but is missing")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Lstm","outputSize":3}]}""",
        "layer 0: the key 'hiddenSize' must be there, but is missing")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":3,"outputSize":3}]}""",
        "layer 0: the key 'outputSize' must be one of kind, hiddenSize, dropout, zoneout, cellZoneout, but is none of them")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":3,"activation":"Tanh"}]}""",
        "layer 0: the key 'activation' must be one of kind, hiddenSize, dropout, zoneout, cellZoneout, but is none of them")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dense","outputSize":3}]}""", "layer 0: the key 'activation' must be there, but is missing")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dense","outputSize":3,"activation":"Swish"}]}""", "but is 'Swish'")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dense","outputSize":3,"activation":"tanh"}]}""", "but is 'tanh'")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":0}]}""",
        "layer 0: hiddenSize must be from 1 to 2147483647, but is 0")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":3,"hiddenSize":3}]}""",
        "layer 0: the key 'hiddenSize' must be there once, but is there twice")]
    [InlineData("""{"inputSize":2,"layers":[{"x":[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]],"kind":"TakeLast"}]}""", "lstmsharp.architecture must be valid JSON, but is not")]
    [InlineData("""{"inputSize":2,"layers":[{"x":[{"kind":"Lstm"}]}]}""", "layer 0: the key 'kind' must be there, but is missing")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dropout"}]}""", "layer 0: the key 'rate' must be there, but is missing")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":2,"zoneout":1}]}""", "layer 0: zoneout must be from 0 to before 1, but is 1")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"VanillaRnn","hiddenSize":2,"activation":"Tanh","cellZoneout":0.5}]}""",
        "layer 0: the key 'cellZoneout' must be one of kind, hiddenSize, activation, dropout, zoneout, but is none of them")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dropout","rate":1}]}""", "layer 0: rate must be from 0 to before 1, but is 1")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dropout","rate":-0.5}]}""", "layer 0: rate must be from 0 to before 1, but is -0.5")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Dropout","rate":"a"}]}""", "layer 0: rate must be a finite number, but is a string")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"TakeLast","rate":0.5}]}""", "layer 0: the key 'rate' must be one of kind, but is none of them")]
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
    [InlineData("""{"inputSize":2,"layers":[{"kind":"MaxOverTime","rate":0.5}]}""", "layer 0: the key 'rate' must be one of kind, but is none of them")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Embedding","outputSize":2}]}""",
        "layer 0: the key 'vocabularySize' must be there, but is missing")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Dense","outputSize":2,"activation":"Tanh","vocabularySize":2}]}""",
        "layer 0: the key 'vocabularySize' must be one of kind, outputSize, activation, but is none of them")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"TakeLast","paddingToken":0}]}""",
        "layer 0: the key 'paddingToken' must be one of kind, but is none of them")]
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
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Bidirectional","merge":"Concat","layers":[{"kind":"Dense","outputSize":2,"activation":"Tanh"}]}]}""",
        "layer 0: layers must be with a recurrent one among them, but is none")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Bidirectional","merge":"Max","layers":[{"kind":"Lstm","hiddenSize":2}]}]}""",
        "layer 0: merge must be one of Concat, Sum, Mean, Product, but is 'Max'")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Bidirectional","layers":[{"kind":"Lstm","hiddenSize":2}]}]}""",
        "layer 0: the key 'merge' must be there, but is missing")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Bidirectional","merge":"Sum","layers":[{"kind":"Lstm","hiddenSize":2}]}]}""",
        "tensor '0.weight_ih_l0' must be [8, 2], but is missing")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Embedding","outputSize":2,"vocabularySize":5},{"kind":"Residual","layers":[{"kind":"TiedDense","outputSize":5}]}]}""",
        "layer 1.0 must be of a kind that needs no Embedding before it, but is a TiedDense without one")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Bidirectional","merge":"Sum","layers":[{"kind":"Lstm","hiddenSize":1},{"kind":"Bidirectional","merge":"Sum","layers":[{"kind":"Lstm","hiddenSize":1},{"kind":"Dense","outputSize":1,"activation":"Identity"}]}]}]}""",
        "tensor '0.0.weight_ih_l0' must be [4, 1], but is missing")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"TakeLast"},{"kind":"Bidirectional","merge":"Sum","layers":[{"kind":"Lstm","hiddenSize":1},{"kind":"Flatten","sequenceLength":3}]}]}""",
        "layer 1.1: sequenceLength must be 1, as a layer before lets only one step through, but is 3")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Residual"}]}""", "layer 0: the key 'layers' must be there, but is missing")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Residual","layers":[]}]}""", "layer 0: layers must be at least one, but is none")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"Residual","layers":{}}]}""", "layer 0: layers must be an array, but is an object")]
    [InlineData("""{"inputSize":2,"layers":[{"kind":"TakeLast"},{"kind":"Residual","layers":[5]}]}""", "layer 1: layers: an item must be an object")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Residual","layers":[{"kind":"Lstm","hiddenSize":2},{"kind":"TakeLast"}]}]}""",
        "layer 0: layers must be of kinds that let every step through, but is one of kind TakeLast")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Residual","layers":[{"kind":"Flatten","sequenceLength":1}]}]}""",
        "layer 0: layers must be of kinds that let every step through, but is one of kind Flatten")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Lstm","hiddenSize":3},{"kind":"Residual","layers":[{"kind":"Lstm","hiddenSize":2}]}]}""",
        "the number of outputs of the layers inside layer 1 must be that of its inputs, 3, but is 2")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Residual","layers":[{"kind":"Dropout","rate":2}]}]}""",
        "layer 0.0: rate must be from 0 to before 1, but is 2")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Residual","layers":[{"kind":"Embedding","outputSize":1,"vocabularySize":2}]}]}""",
        "layer 0.0 must be of a kind that takes what the layer before gives, but is an Embedding, which must be the first")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Residual","layers":[{"kind":"Dense","outputSize":2147483000,"activation":"Tanh"},{"kind":"Lstm","hiddenSize":1}]}]}""",
        "tensor '0.1.weight_ih_l0' must be of at most 2147483591 values, but is [4, 2147483000]")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Residual","layers":[{"kind":"Dense","outputSize":2,"activation":"Tanh"}]}]}""",
        "tensor '0.0.weight' must be [2, 2], but is missing. Missing, too: '0.0.bias'")]
    [InlineData(
        """{"inputSize":2,"layers":[{"kind":"Dense","outputSize":2,"activation":"Identity"},{"kind":"TiedDense","outputSize":2}]}""",
        "layer 1 must be of a kind that needs no Embedding before it, but is a TiedDense without one")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"TiedDense","outputSize":2}]}""",
        "layer 0 must be of a kind that needs no Embedding before it, but is a TiedDense without one")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Embedding","outputSize":2,"vocabularySize":5},{"kind":"TiedDense","outputSize":4}]}""",
        "layer 1 must be of 2 inputs and outputSize 5, as the Embedding, but is of 2 and 4")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Embedding","outputSize":2,"vocabularySize":5},{"kind":"Lstm","hiddenSize":3},{"kind":"TiedDense","outputSize":5}]}""",
        "layer 2 must be of 2 inputs and outputSize 5, as the Embedding, but is of 3 and 5")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Embedding","outputSize":2,"vocabularySize":2},{"kind":"TiedDense","outputSize":2},{"kind":"TiedDense","outputSize":2}]}""",
        "layer 2 must be of another kind, but is the second TiedDense")]
    [InlineData(
        """{"inputSize":1,"layers":[{"kind":"Embedding","outputSize":2,"vocabularySize":5},{"kind":"TiedDense"}]}""",
        "layer 1: the key 'outputSize' must be there, but is missing")]
    public void Load_FaultyArchitecture_NamesFileAndFaultWithoutAllocating(string architecture, string fault)
    {
        byte[] file = NaiveSafeTensors.File(Metadata(architecture), [("0.weight", [1, 2], [1, 2]), ("0.bias", [1], [3])]);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Fault(file).Should().StartWith("the stream: ").And.Contain(fault);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    [Fact]
    public void ToJson_EveryKind_IsThisTextAndReadsBack()
    {
        SequenceModel model = SequenceModel.CreateForTokens(9, 4, paddingToken: 2).VanillaRnn(5, Activation.Relu).Lstm(6).LayerNorm()
            .Dropout(0.25f).Residual(inner => inner.Residual(inmost => inmost.Lstm(6))).TakeLast().MeanOverTime().MaxOverTime().Flatten(1).Dense(7).Build();

        var architecture = ModelArchitecture.Of(model);

        architecture.ToJson().Should().Be(
            """{"inputSize":1,"layers":[{"kind":"Embedding","outputSize":4,"vocabularySize":9,"paddingToken":2},"""
            + """{"kind":"VanillaRnn","hiddenSize":5,"activation":"Relu"},{"kind":"Lstm","hiddenSize":6},{"kind":"LayerNorm"},"""
            + """{"kind":"Dropout","rate":0.25},"""
            + """{"kind":"Residual","layers":[{"kind":"Residual","layers":[{"kind":"Lstm","hiddenSize":6}]}]},{"kind":"TakeLast"},{"kind":"MeanOverTime"},{"kind":"MaxOverTime"},"""
            + """{"kind":"Flatten","sequenceLength":1},{"kind":"Dense","outputSize":7,"activation":"Identity"}]}""");
        architecture.BuildUninitialized().ToString().Should().Be(model.ToString());
        Loaded(Saved(model)).ToString().Should().Be(model.ToString());
    }

    [Fact]
    public void Load_KeysInAnotherOrder_AreRead() =>
        Loaded(NaiveSafeTensors.File(
            Metadata("""{"layers":[{"activation":"Tanh","outputSize":1,"\u006bind":"Dense"}],"inputSize":2}"""),
            [("0.weight", [1, 2], [1, 2]), ("0.bias", [1], [3])])).ToString().Should().Contain("Dense(2 => 1, Tanh");

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

    [Fact]
    public void Load_LayersInsideOthers_AreReadToADepthAndCountedWithTheOthers()
    {
        SequenceModelBuilder builder = SequenceModel.Create(1);
        builder.Residual(inner => Nest(inner, 8));
        Loaded(Saved(builder.Build(seed: 3))).ToString().Should().Contain("Residual(Residual(Residual(Residual(Residual(Residual(Residual(Residual(Dropout");

        string Nested(int depth) => depth == 0 ? """{"kind":"LayerNorm"}""" : $$"""{"kind":"Residual","layers":[{{Nested(depth - 1)}}]}""";
        string FaultOf(string layers) => Fault(NaiveSafeTensors.File(Metadata($$"""{"inputSize":1,"layers":[{{layers}}]}"""), []));
        FaultOf(Nested(9)).Should().Contain("layer 0.0.0.0.0.0.0.0.0: layers must be at most 8 deep inside others, but is deeper");
        FaultOf(Nested(1000)).Should().Contain("layer 0.0.0.0.0.0.0.0.0: layers must be at most 8 deep inside others, but is deeper");
        string inside = string.Join(",", Enumerable.Repeat("""{"kind":"LayerNorm"}""", 999));
        FaultOf($$"""{"kind":"Residual","layers":[{{inside}}]},{"kind":"LayerNorm"}""").Should().Contain("layers must be at most 1000, but is more");
        FaultOf($$"""{"kind":"Residual","layers":[{{inside}}]}""").Should().Contain("tensor '0.0.weight' must be [1], but is missing");
    }

    private static void Nest(SequenceModelBuilder builder, int depth)
    {
        if (depth > 1)
        {
            builder.Residual(inner => Nest(inner, depth - 1));
        }
        else
        {
            builder.Dropout(0.5f);
        }
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
