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
    /// <summary>The longest text that is read, in characters; the layers that a model may have need a tenth of it.</summary>
    public const int MaxTextLength = 1_000_000;

    private readonly int _inputSize;
    private readonly IReadOnlyList<LayerDescription> _layers;

    private ModelArchitecture(int inputSize, IReadOnlyList<LayerDescription> layers)
    {
        _inputSize = inputSize;
        _layers = layers;
    }

    public static ModelArchitecture Of(SequenceModel model) => new(model.InputSize, [.. model.Layers.Select(LayerDescription.Of)]);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The text is not that of an architecture.</exception>
    public static ModelArchitecture Parse(string json, string source)
    {
        if (json.Length > MaxTextLength)
        {
            throw new InvalidDataException($"{source}: may have at most {MaxTextLength} characters, but has {json.Length}.");
        }

        var reader = new StrictJsonReader(Encoding.UTF8.GetBytes(json), source);
        int? inputSize = null;
        List<LayerDescription>? layers = null;
        HashSet<string> keys = [];
        reader.StartObject("the whole");
        while (reader.NextKey(keys, out string? key))
        {
            switch (key)
            {
                case "inputSize":
                    inputSize = ReadSize(ref reader, key);
                    break;
                case "layers":
                    layers = ReadLayers(ref reader);
                    break;
                default:
                    throw reader.Fault($"there is the unknown key '{key}'");
            }
        }

        reader.End();
        return inputSize is { } size && layers is { Count: > 0 }
            ? new ModelArchitecture(size, layers)
            : throw reader.Fault("there must be an inputSize and at least one layer");
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

                if (LayerDescription.HasActivation(layer.Kind))
                {
                    json.WriteString("activation", layer.Activation.ToString());
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The tensors that a file of this model holds, in order.</summary>
    /// <param name="source">What error messages begin with.</param>
    /// <exception cref="InvalidDataException">A tensor or a layer's output would not fit into one array.</exception>
    public List<ModelTensor> Tensors(string source)
    {
        List<ModelTensor> tensors = [];
        long width = _inputSize;
        for (int n = 0; n < _layers.Count; n++)
        {
            tensors.AddRange(_layers[n].Tensors($"{n.ToString(CultureInfo.InvariantCulture)}.", width));
            width = _layers[n].OutputSizeFor(width);
            if (width > Array.MaxLength)
            {
                throw new InvalidDataException(
                    $"{source}: layer {n} may have at most {Array.MaxLength} outputs, but would have {width}.");
            }
        }

        return tensors.Find(tensor => tensor.Shape.Aggregate((Int128)1, (count, size) => count * size) > Array.MaxLength) is { } large
            ? throw new InvalidDataException(
                $"{source}: tensor '{large.Name}' may hold at most {Array.MaxLength} values, "
                + $"but would be [{string.Join(", ", large.Shape)}].")
            : tensors;
    }

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

    private static List<LayerDescription> ReadLayers(ref StrictJsonReader reader)
    {
        List<LayerDescription> layers = [];
        bool oneStep = false;
        reader.StartArray("layers");
        while (reader.NextObject("layers"))
        {
            if (layers.Count == SequenceModelBuilder.MaxLayers)
            {
                throw reader.Fault($"layers must hold at most {SequenceModelBuilder.MaxLayers} layers, but holds more");
            }

            LayerDescription layer = ReadLayer(ref reader, $"layer {layers.Count}");
            if (oneStep && layer is { Kind: LayerKind.Flatten, Size: not 1 })
            {
                throw reader.Fault(
                    $"layer {layers.Count}: sequenceLength must be 1, as a layer before lets only one step through, but is {layer.Size}");
            }

            oneStep |= layer.Kind is LayerKind.TakeLast or LayerKind.Flatten;
            layers.Add(layer);
        }

        return layers;
    }

    private static LayerDescription ReadLayer(ref StrictJsonReader reader, string what)
    {
        LayerKind? kind = null;
        Activation? activation = null;
        int size = 0;
        string? sizeKey = null;
        HashSet<string> keys = [];
        while (reader.NextKey(keys, out string? key))
        {
            switch (key)
            {
                case "kind":
                    kind = ReadName<LayerKind>(ref reader, $"{what}: kind");
                    break;
                case "activation":
                    activation = ReadName<Activation>(ref reader, $"{what}: activation");
                    break;
                case "hiddenSize" or "outputSize" or "sequenceLength" when sizeKey is null:
                    sizeKey = key;
                    size = ReadSize(ref reader, $"{what}: {key}");
                    break;
                default:
                    throw reader.Fault($"{what} has the unknown key '{key}'");
            }
        }

        bool fits = kind is { } known
            && LayerDescription.SizeKeyOf(known) == sizeKey
            && LayerDescription.HasActivation(known) == activation is not null;
        return fits
            ? new LayerDescription(kind!.Value, size, activation ?? Activation.Identity)
            : throw reader.Fault($"{what} lacks a key or has one too many for its kind; it has {string.Join(", ", keys)}");
    }

    private static int ReadSize(ref StrictJsonReader reader, string what) => reader.Count(what) is var size and >= 1 and <= int.MaxValue
        ? (int)size
        : throw reader.Fault($"{what} must be from 1 to {int.MaxValue}");

    /// <summary>An enum's name, exactly as it is written in the code.</summary>
    private static T ReadName<T>(ref StrictJsonReader reader, string what)
        where T : struct, Enum
    {
        string name = reader.String(what);
        return Array.IndexOf(Enum.GetNames<T>(), name) is var index and >= 0
            ? Enum.GetValues<T>()[index]
            : throw reader.Fault($"{what} must be one of {string.Join(", ", Enum.GetNames<T>())}, but is '{name}'");
    }
}
