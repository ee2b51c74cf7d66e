namespace LstmSharp;

/// <summary>Where PyTorch has a layer: in which module, and as which of the layers stacked in it.</summary>
/// <param name="Module">The module's full name, such as <c>encoder</c>; empty for the root.</param>
/// <param name="Level">The layer within the module, from 0: the number behind <c>_l</c>.</param>
internal readonly record struct LayerPlace(string Module, int Level)
{
    /// <summary>What the names of the module's tensors begin with.</summary>
    public string Prefix => Module.Length == 0 ? string.Empty : $"{Module}.";

    /// <summary>A module of its own, named after the layer's place in the model: so nn.Sequential names its modules.</summary>
    public static LayerPlace AtPath(string path) => new(path, 0);
}
