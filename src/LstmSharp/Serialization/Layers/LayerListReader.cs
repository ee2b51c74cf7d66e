using System.Globalization;

namespace LstmSharp;

/// <summary>Reads the list of a model's layers, and the lists in it.</summary>
/// <param name="name">What the text is called in messages.</param>
internal sealed class LayerListReader(string name)
{
    private int _count;
    private int _depth = -1;

    /// <summary>What a layer is called in messages.</summary>
    public string NameOf(string path) => $"{name}: layer {path}";

    /// <summary>Reads layers, an array.</summary>
    /// <param name="reader">A reader before the array.</param>
    /// <param name="outer">The place of the layer that they are inside; null for those of the model itself.</param>
    /// <param name="followsOneStep">Whether one step alone enters the first of them.</param>
    public List<LayerDescription> Read(ref StrictJsonReader reader, string? outer, bool followsOneStep = false)
    {
        string what = $"{(outer is null ? name : NameOf(outer))}: layers";
        List<LayerDescription> layers = [];
        _depth++;
        reader.StartArray(what);
        while (reader.NextObject(what))
        {
            if (_depth > SequenceModelBuilder.MaxDepth)
            {
                throw reader.Fault(what, $"at most {SequenceModelBuilder.MaxDepth} deep inside others", "deeper");
            }

            if (_count++ == SequenceModelBuilder.MaxLayers)
            {
                throw reader.Fault($"{name}: layers", $"at most {SequenceModelBuilder.MaxLayers}", "more");
            }

            layers.Add(ReadLayer(ref reader, PathOf(outer, layers.Count), layers, followsOneStep));
        }

        _depth--;
        return outer is not null || layers.Sum(layer => layer.Count) <= SequenceModelBuilder.MaxLayers
            ? layers
            : throw reader.Fault(
                what, $"at most {SequenceModelBuilder.MaxLayers} with both directions of a Bidirectional", "more");
    }

    /// <summary>The place of a layer: its position behind those of the layers around it.</summary>
    public static string PathOf(string? outer, int position)
    {
        string own = position.ToString(CultureInfo.InvariantCulture);
        return outer is null ? own : $"{outer}.{own}";
    }

    private LayerDescription ReadLayer(ref StrictJsonReader reader, string path, List<LayerDescription> before, bool followsOneStep)
    {
        LayerFields fields = new(reader, this, path, before, followsOneStep);
        LayerDescription layer = fields.Kind().Read(fields);
        fields.End(ref reader);
        return layer.TakesTokens && path != "0"
            ? throw reader.Fault(
                NameOf(path), "of a kind that takes what the layer before gives", $"an {layer.Kind.Name}, which must be the first")
            : layer;
    }
}
