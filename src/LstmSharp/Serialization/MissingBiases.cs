namespace LstmSharp;

/// <summary>Tells the biases that a PyTorch file rightly lacks, since their modules were made with <c>bias=False</c>, from lost ones.</summary>
internal static class MissingBiases
{
    private const string Parametrizations = "parametrizations.";

    /// <summary>The tensors that the file must hold: not the biases of modules of which it holds every weight and no bias.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="tensors">The model's tensors.</param>
    public static List<ModelTensor> LeaveOut(SafeTensorsReader reader, List<ModelTensor> tensors)
    {
        HashSet<string> modules =
        [
            .. tensors.GroupBy(tensor => tensor.Module)
                .Where(module => module.All(tensor => tensor.IsBias == (reader.Find(tensor.Name) is null)))
                .Select(module => module.Key),
        ];
        if (modules.Count > 0)
        {
            // What is no weight may be a bias under another name, misspelt or computed from others.
            HashSet<string> weights = [.. tensors.Where(tensor => !tensor.IsBias).Select(tensor => tensor.Name)];
            modules.ExceptWith(reader.Names.Where(name => !weights.Contains(name)).Select(ModuleOfUnknown).OfType<string>());
        }

        return tensors.FindAll(tensor => !(tensor.IsBias && modules.Contains(tensor.Module)));
    }

    /// <summary>The module that a name may hold a bias of; null where it holds a weight.</summary>
    private static string? ModuleOfUnknown(string name)
    {
        int start = name.StartsWith(Parametrizations, StringComparison.Ordinal)
            ? 0 : name.IndexOf("." + Parametrizations, StringComparison.Ordinal);
        return start >= 0 ? name[..start]
            : ModelTensor.LeafOf(name).StartsWith("weight", StringComparison.Ordinal) ? null
            : ModelTensor.ModuleOf(name);
    }
}
