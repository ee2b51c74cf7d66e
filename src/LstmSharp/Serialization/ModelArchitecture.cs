using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LstmSharp;

/// <summary>A model's layers without their weights, to and from JSON: a model file's metadata.</summary>
/// <example><code>{"inputSize":6,"layers":[{"kind":"Lstm","hiddenSize":64},{"kind":"TakeLast"},
/// {"kind":"Dense","outputSize":7,"activation":"Identity"}]}</code></example>
internal sealed class ModelArchitecture
{
    /// <summary>The longest text that is read, in bytes as a file holds it; the layers that a model may have need a third of it.</summary>
    public const int MaxTextBytes = 250_000;

    private static readonly string[] Keys = ["inputSize", "layers"];
    private static readonly string[] LayerKeys = ["kind", "activation", "hiddenSize", "outputSize", "sequenceLength", "rate", "vocabularySize", "paddingToken", "reset"];

    private readonly int _inputSize;
    private readonly IReadOnlyList<LayerDescription> _layers;

    private ModelArchitecture(int inputSize, IReadOnlyList<LayerDescription> layers)
    {
        _inputSize = inputSize;
        _layers = layers;
    }

    public static ModelArchitecture Of(SequenceModel model) => new(model.InputSize, [.. model.Layers.Select(LayerDescription.Of)]);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="ModelFileException">The text is not that of an architecture.</exception>
    public static ModelArchitecture Parse(JsonText json)
    {
        var reader = new StrictJsonReader(json);
        int inputSize = 0, seen = 0;
        List<LayerDescription> layers = [];
        reader.StartObject(json.Name);
        while (reader.NextKey(json.Name, Keys, ref seen) is { } key)
        {
            if (key == Keys[0])
            {
                inputSize = ReadSize(ref reader, $"{json.Name}: {key}");
            }
            else
            {
                layers = ReadLayers(ref reader, json.Name);
            }
        }

        reader.End();
        if (inputSize > 1 && layers is [{ Kind: LayerKind.Embedding }, ..])
        {
            throw reader.Fault($"{json.Name}: inputSize", "1, as tokens enter an Embedding", $"{inputSize}");
        }

        return inputSize > 0 && layers.Count > 0
            ? new ModelArchitecture(inputSize, layers)
            : throw reader.Fault(json.Name, "with an inputSize and at least one layer", "without one of them");
    }

    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("inputSize", _inputSize);
            json.WriteStartArray("layers");
            foreach (LayerDescription layer in _layers)
            {
                json.WriteStartObject();
                json.WriteString("kind", layer.Kind.ToString());
                if (LayerDescription.SizeKeyOf(layer.Kind) is { } sizeKey)
                {
                    json.WriteNumber(sizeKey, layer.Size);
                }

                if (layer.Kind == LayerKind.Embedding)
                {
                    json.WriteNumber("vocabularySize", layer.VocabularySize);
                }

                if (layer.PaddingToken is { } token)
                {
                    json.WriteNumber("paddingToken", token);
                }

                if (LayerDescription.HasActivation(layer.Kind))
                {
                    json.WriteString("activation", layer.Activation.ToString());
                }

                if (LayerDescription.HasReset(layer.Kind))
                {
                    json.WriteString("reset", layer.Reset.ToString());
                }

                if (LayerDescription.HasRate(layer.Kind))
                {
                    json.WriteNumber("rate", layer.Rate);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The layers, in the order in which data passes them.</summary>
    public IReadOnlyList<LayerDescription> Layers => _layers;

    /// <summary>The tensors that a file of this model holds, in order.</summary>
    /// <param name="source">What error messages begin with.</param>
    /// <param name="places">Every layer's place in PyTorch; by default a module of its own, named after its position.</param>
    /// <exception cref="ModelFileException">A tensor or a layer's output would not fit into one array.</exception>
    public List<ModelTensor> Tensors(string source, IReadOnlyList<LayerPlace>? places = null)
    {
        List<ModelTensor> tensors = [];
        long width = _inputSize;
        for (int n = 0; n < _layers.Count; n++)
        {
            tensors.AddRange(_layers[n].Tensors(places?[n] ?? LayerPlace.AtPosition(n), n, width));
            width = _layers[n].OutputSizeFor(width);
            if (width > Array.MaxLength)
            {
                throw new ModelFileException(
                    source, $"the number of outputs of layer {n}", $"at most {Array.MaxLength}", $"{width}");
            }
        }

        return tensors.Find(tensor => tensor.Shape.Aggregate((Int128)1, (count, size) => count * size) > Array.MaxLength) is { } large
            ? throw new ModelFileException(
                source, $"tensor '{large.Name}'", $"of at most {Array.MaxLength} values", $"[{string.Join(", ", large.Shape)}]", large.Name)
            : tensors;
    }

    /// <summary>The names and shapes of the model's parameters.</summary>
    /// <param name="source">What error messages begin with.</param>
    /// <exception cref="ModelFileException">A tensor or a layer's output would not fit into one array.</exception>
    public IEnumerable<(string Name, long[] Shape)> Parameters(string source) => Tensors(source).SelectMany(
        tensor => !tensor.IsSecondBias ? [(tensor.Parameter, tensor.Shape)]
            : tensor.LastParameter is { } last ? [(last, new long[] { tensor.LastSize })]
            : Array.Empty<(string, long[])>());

    /// <summary>Makes the model with all weights 0.</summary>
    public SequenceModel BuildUninitialized()
    {
        SequenceModelBuilder builder = SequenceModel.Create(_inputSize);
        foreach (LayerDescription layer in _layers)
        {
            layer.AddTo(builder);
        }

        return builder.BuildUninitialized();
    }

    private static List<LayerDescription> ReadLayers(ref StrictJsonReader reader, string what)
    {
        List<LayerDescription> layers = [];
        bool oneStep = false;
        reader.StartArray($"{what}: layers");
        while (reader.NextObject($"{what}: layers"))
        {
            if (layers.Count == SequenceModelBuilder.MaxLayers)
            {
                throw reader.Fault($"{what}: layers", $"at most {SequenceModelBuilder.MaxLayers}", "more");
            }

            string name = $"{what}: layer {layers.Count}";
            LayerDescription layer = ReadLayer(ref reader, name);
            if (oneStep && layer is { Kind: LayerKind.Flatten, Size: not 1 })
            {
                throw reader.Fault(
                    $"{name}: sequenceLength", "1, as a layer before lets only one step through", $"{layer.Size}");
            }

            if (layers.Count > 0 && layer.Kind == LayerKind.Embedding)
            {
                throw reader.Fault(name, "of a kind that takes what the layer before gives", "an Embedding, which must be the first");
            }

            oneStep |= !layer.IsStepwise;
            layers.Add(layer);
        }

        return layers;
    }

    private static LayerDescription ReadLayer(ref StrictJsonReader reader, string what)
    {
        LayerKind? kind = null;
        Activation? activation = null;
        GruReset? reset = null;
        float? rate = null;
        int size = 0, vocabularySize = 0, seen = 0;
        int? paddingToken = null;
        List<string> sizeKeys = [];
        while (reader.NextKey(what, LayerKeys, ref seen) is { } key)
        {
            switch (key)
            {
                case "kind":
                    kind = ReadName<LayerKind>(ref reader, $"{what}: {key}");
                    break;
                case "activation":
                    activation = ReadName<Activation>(ref reader, $"{what}: {key}");
                    break;
                case "reset":
                    reset = ReadName<GruReset>(ref reader, $"{what}: {key}");
                    break;
                case "rate":
                    rate = ReadRate(ref reader, $"{what}: {key}");
                    break;
                case "vocabularySize":
                    vocabularySize = ReadSize(ref reader, $"{what}: {key}");
                    break;
                case "paddingToken":
                    paddingToken = ReadNumber(ref reader, $"{what}: {key}", least: 0);
                    break;
                default:
                    sizeKeys.Add(key);
                    size = ReadSize(ref reader, $"{what}: {key}");
                    break;
            }
        }

        if (kind is not { } known)
        {
            throw reader.Fault(what, "of a kind", "without one");
        }

        string? sizeKey = LayerDescription.SizeKeyOf(known);
        bool hasItsKeys = sizeKeys.SequenceEqual(sizeKey is null ? [] : [sizeKey])
            && LayerDescription.HasActivation(known) == activation is not null
            && LayerDescription.HasRate(known) == rate is not null
            && LayerDescription.HasReset(known) == reset is not null
            && (known == LayerKind.Embedding ? vocabularySize > 0 : vocabularySize == 0 && paddingToken is null);
        if (hasItsKeys && paddingToken >= vocabularySize)
        {
            throw reader.Fault($"{what}: paddingToken", $"below vocabularySize {vocabularySize}", $"{paddingToken}");
        }

        return hasItsKeys
            ? new LayerDescription(known, size, activation ?? Activation.Identity)
            {
                Rate = rate ?? 0,
                Reset = reset ?? GruReset.AfterProduct,
                VocabularySize = vocabularySize,
                PaddingToken = paddingToken,
            }
            : throw reader.Fault(what, $"one with the keys of kind {known}", "one with others");
    }

    private static int ReadSize(ref StrictJsonReader reader, string what) => ReadNumber(ref reader, what, least: 1);

    private static int ReadNumber(ref StrictJsonReader reader, string what, int least)
    {
        long number = reader.Count(what);
        return number >= least && number <= int.MaxValue
            ? (int)number
            : throw reader.Fault(what, $"from {least} to {int.MaxValue}", $"{number}");
    }

    private static float ReadRate(ref StrictJsonReader reader, string what)
    {
        double rate = reader.Number(what);
        return rate >= 0 && (float)rate < 1 ? (float)rate : throw reader.Fault(what, "from 0 to before 1", JsonNumber(rate));
    }

    private static string JsonNumber(double number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>An enum's name, exactly as it is written in the code.</summary>
    private static T ReadName<T>(ref StrictJsonReader reader, string what)
        where T : struct, Enum
    {
        string[] names = Enum.GetNames<T>();
        return Enum.GetValues<T>()[Array.IndexOf(names, reader.OneOf(what, names))];
    }
}
