using System.Text;

namespace LstmSharp;

/// <summary>Matches a model's layers with the names of PyTorch's modules.</summary>
internal static class ModuleNames
{
    /// <summary>The longest name: even where every character of it is escaped, a tensor's name is short enough to be read again.</summary>
    private const int MaxNameBytes = 500;

    /// <summary>The names and shapes that the model's weights have in PyTorch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="modules">A name for each layer that has weights; by default the layers' positions.</param>
    /// <exception cref="ArgumentException">The names do not fit the model.</exception>
    /// <exception cref="NotSupportedException">PyTorch has no such layer.</exception>
    public static List<ModelTensor> Tensors(SequenceModel model, IReadOnlyList<string>? modules)
    {
        if (model.AllLayers.Select(layer => layer.Layer).FirstOrDefault(IsNoModule) is { } gru)
        {
            throw new NotSupportedException(
                $"SequenceModel: PyTorch has no layer like {gru}, whose reset gate acts before the product; use Save and ModelFile.Load, "
                + $"or GruReset.{GruReset.AfterProduct}.");
        }

        var architecture = ModelArchitecture.Of(model);
        return architecture.Tensors(
            nameof(ModuleNames), modules is null ? null : PlacesOf(model, architecture.Places(nameof(ModuleNames)), modules));
    }

    private static LayerPlace[] PlacesOf(SequenceModel model, IReadOnlyList<PlacedLayer> layers, IReadOnlyList<string> modules)
    {
        Dictionary<string, Layer> layersByPath = model.AllLayers.ToDictionary(layer => layer.Path, layer => layer.Layer);
        int[] positions = [.. Enumerable.Range(0, layers.Count).Where(n => layersByPath[layers[n].Path].Parameters.Count > 0)];
        if (modules.Count != positions.Length)
        {
            throw new ArgumentException(
                $"SequenceModel: modules must hold {positions.Length} names, one for each layer with weights "
                + $"({string.Join(", ", positions.Select(n => layersByPath[layers[n].Path]))}), but holds {modules.Count}. "
                + "The name of a module of several layers stands once for each.",
                nameof(modules));
        }

        var places = new LayerPlace[layers.Count];
        HashSet<string> used = [];
        for (int n = 0; n < positions.Length; n++)
        {
            int position = positions[n];
            string name = modules[n];
            ThrowIfNoName(name, nameof(modules));
            bool isStacked = n > 0 && name == modules[n - 1];
            if (!used.Add(name)
                && !(isStacked && positions[n - 1] == position - 1 && layers[position].CanStackOn(layers[position - 1])))
            {
                throw new ArgumentException(
                    $"SequenceModel: modules may repeat a name only for recurrent layers of one kind and size that directly follow each "
                    + $"other, but repeats '{name}' for layer {layers[position].Path}, {layersByPath[layers[position].Path]}.",
                    nameof(modules));
            }

            places[position] = new LayerPlace(name, isStacked ? places[position - 1].Level + 1 : 0);
        }

        return places;
    }

    private static bool IsNoModule(Layer layer) => layer is RecurrentLayer { Cell: GruCell { Reset: GruReset.BeforeProduct } };

    private static void ThrowIfNoName(string name, string argument)
    {
        ArgumentNullException.ThrowIfNull(name, argument);
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        if (name.StartsWith('.') || name.EndsWith('.') || utf8.Length > MaxNameBytes || Encoding.UTF8.GetString(utf8) != name)
        {
            throw new ArgumentException(
                $"SequenceModel: a module's name must be at most {MaxNameBytes} bytes of valid Unicode that neither begins nor ends "
                + $"with '.', but is '{name}'.",
                argument);
        }
    }
}
