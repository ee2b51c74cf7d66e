namespace LstmSharp;

/// <summary>Reads the list of a model's layers.</summary>
/// <param name="name">What the text is called in messages.</param>
internal sealed class LayerListReader(string name)
{
    /// <summary>Reads the layers, an array.</summary>
    /// <param name="reader">A reader before the array.</param>
    public List<LayerDescription> Read(ref StrictJsonReader reader)
    {
        List<LayerDescription> layers = [];
        bool oneStep = false;
        reader.StartArray($"{name}: layers");
        while (reader.NextObject($"{name}: layers"))
        {
            if (layers.Count == SequenceModelBuilder.MaxLayers)
            {
                throw reader.Fault($"{name}: layers", $"at most {SequenceModelBuilder.MaxLayers}", "more");
            }

            string what = $"{name}: layer {layers.Count}";
            LayerFields fields = new(reader, what, oneStep);
            LayerDescription layer = fields.Kind().Read(fields);
            fields.End(ref reader);
            if (layers.Count > 0 && layer.TakesTokens)
            {
                throw reader.Fault(what, "of a kind that takes what the layer before gives", $"an {layer.Kind.Name}, which must be the first");
            }

            oneStep |= !layer.IsStepwise;
            layers.Add(layer);
        }

        return layers;
    }
}
