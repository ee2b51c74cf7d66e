namespace LstmSharp;

/// <summary>Compares the tensors that a file holds with those that it must hold.</summary>
internal static class TensorMatch
{
    private const int MaxListed = 8;

    /// <summary>Makes sure that the file holds these tensors, of these shapes and readable as float32, and no others.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="tensors">What it must hold.</param>
    /// <param name="strict">Whether tensors of modules that are not the model's are a fault.</param>
    /// <param name="explain">Whether to guess the cause of a fault.</param>
    /// <exception cref="ModelFileException">The tensors differ.</exception>
    public static void ThrowIfDifferent(
        SafeTensorsReader reader, List<ModelTensor> tensors, bool strict = true, bool explain = false)
    {
        LikelyCause? Cause() => explain ? new LikelyCause(reader, tensors) : null;
        List<string> missing = [];
        foreach (ModelTensor tensor in tensors)
        {
            if (reader.Find(tensor.Name) is not { } entry)
            {
                missing.Add(tensor.Name);
                continue;
            }

            reader.ThrowIfNotReadable(entry);
            if (missing.Count == 0 && !entry.Shape.AsSpan().SequenceEqual(tensor.Shape))
            {
                throw reader.Fault(entry, Text(tensor.Shape), Text(entry.Shape), Cause()?.OfShape(tensor, entry.Shape));
            }
        }

        if (missing.Count == 0 && reader.Count == tensors.Count)
        {
            return;
        }

        HashSet<string> names = [.. tensors.Select(tensor => tensor.Name)], modules = [.. tensors.Select(tensor => tensor.Module)];
        IEnumerable<string> surplus = reader.Names.Where(name => !names.Contains(name) && (strict || IsWeightOf(modules, name)));
        if (missing.Count > 0)
        {
            ModelTensor first = tensors.Find(tensor => tensor.Name == missing[0])!;
            string? remedy = Joined(
                Cause()?.OfMissing(first), Listed("Missing, too", missing.Skip(1)), Listed("Not the model's", surplus));
            throw new ModelFileException(
                reader.Source, $"tensor '{first.Name}'", Text(first.Shape), "missing", first.Name, remedy: remedy);
        }

        if (surplus.FirstOrDefault() is { } name)
        {
            throw reader.Fault(
                reader.Find(name)!,
                "one of the model's",
                "none of them",
                Joined(Cause()?.OfSurplus(name), Listed("Not the model's either", surplus.Skip(1))));
        }
    }

    /// <summary>Whether a tensor is a weight of one of these modules, whose results would change without it.</summary>
    private static bool IsWeightOf(HashSet<string> modules, string name) =>
        modules.Contains(ModelTensor.ModuleOf(name)) && ModelTensor.LeafOf(name) is var leaf
        && (leaf.StartsWith("weight", StringComparison.Ordinal) || leaf.StartsWith("bias", StringComparison.Ordinal));

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";

    private static string? Listed(string what, IEnumerable<string> names)
    {
        List<string> listed = [];
        int count = 0;
        foreach (string name in names)   // once, as every name is made anew each time
        {
            if (count++ < MaxListed)
            {
                listed.Add($"'{name}'");
            }
        }

        string more = count > MaxListed ? $" and {count - MaxListed} more" : string.Empty;
        return count == 0 ? null : $"{what}: {string.Join(", ", listed)}{more}.";
    }

    private static string? Joined(params string?[] sentences) => string.Join(' ', sentences.Where(sentence => sentence is not null)) switch
    {
        "" => null,
        string text => text,
    };
}
