using System.Buffers;
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

    /// <summary>How deep arrays and objects may stand inside others: two for each layer that holds layers, and those of a layer without.</summary>
    private const int MaxJsonDepth = (2 * SequenceModelBuilder.MaxDepth) + 8;

    private static readonly string[] Keys = ["inputSize", "layers"];

    private readonly int _inputSize;
    private readonly IReadOnlyList<LayerDescription> _layers;

    private ModelArchitecture(int inputSize, IReadOnlyList<LayerDescription> layers)
    {
        _inputSize = inputSize;
        _layers = layers;
    }

    public static ModelArchitecture Of(SequenceModel model) => new(model.InputSize, [.. model.Layers.Select(LayerKind.DescriptionOf)]);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="ModelFileException">The text is not that of an architecture.</exception>
    public static ModelArchitecture Parse(JsonText json)
    {
        var reader = new StrictJsonReader(json, MaxJsonDepth);
        int inputSize = 0, seen = 0;
        List<LayerDescription> layers = [];
        reader.StartObject(json.Name);
        while (reader.NextKey(json.Name, Keys, ref seen) is { } key)
        {
            if (key == Keys[0])
            {
                inputSize = reader.Number($"{json.Name}: {key}", least: 1);
            }
            else
            {
                layers = new LayerListReader(json.Name).Read(ref reader, outer: null);
            }
        }

        reader.End();
        if (inputSize > 1 && layers is [{ TakesTokens: true }, ..])
        {
            throw reader.Fault($"{json.Name}: inputSize", $"1, as tokens enter an {layers[0].Kind.Name}", $"{inputSize}");
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
            LayerFields.Write(json, "layers", _layers);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The layers with weights, those inside others in their place, in the order in which data passes them.</summary>
    /// <param name="source">What error messages begin with.</param>
    /// <exception cref="ModelFileException">A layer does not fit its place, or its output would not fit into one array.</exception>
    public IReadOnlyList<PlacedLayer> Places(string source)
    {
        LayerPlaces places = new(source);
        places.AddAll(_layers, outer: null, _inputSize);
        return places.All;
    }

    /// <summary>The tensors that a file of this library holds, in order: what layers share, once.</summary>
    /// <param name="source">What error messages begin with.</param>
    /// <exception cref="ModelFileException">A tensor or a layer's output would not fit into one array.</exception>
    public List<ModelTensor> OwnTensors(string source) => Tensors(source).FindAll(tensor => !tensor.IsShared);

    /// <summary>The tensors that PyTorch has of this model, in order.</summary>
    /// <param name="source">What error messages begin with.</param>
    /// <param name="modules">The place in PyTorch of each of the <see cref="Places"/>; by default a module of its own, named after its place
    /// in the model.</param>
    /// <exception cref="ModelFileException">A layer does not fit its place, or a tensor or a layer's output would not fit into one
    /// array.</exception>
    public List<ModelTensor> Tensors(string source, IReadOnlyList<LayerPlace>? modules = null)
    {
        List<ModelTensor> tensors = [.. Places(source).SelectMany((layer, n) => layer.Tensors(modules?[n] ?? LayerPlace.AtPath(layer.Path)))];
        return tensors.Find(tensor => tensor.Shape.Aggregate((Int128)1, (count, size) => count * size) > Array.MaxLength) is { } large
            ? throw new ModelFileException(
                source, $"tensor '{large.Name}'", $"of at most {Array.MaxLength} values", $"[{string.Join(", ", large.Shape)}]", large.Name)
            : tensors;
    }

    /// <summary>The names and shapes of the model's parameters.</summary>
    /// <param name="source">What error messages begin with.</param>
    /// <exception cref="ModelFileException">A tensor or a layer's output would not fit into one array.</exception>
    public IEnumerable<(string Name, long[] Shape)> Parameters(string source) => OwnTensors(source).SelectMany(
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
}
