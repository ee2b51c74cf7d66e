namespace LstmSharp;

/// <summary>The names by which users ask a layer's trace or gradient flow for gates and parts of the state.</summary>
internal static class LayerNames
{
    /// <summary>The names of a layer's gates, in the order in which weights and activations are stored.</summary>
    public static IReadOnlyList<string> OfGates(RecurrentLayer layer) =>
        layer.Cell.GateDescriptions.Select(gate => gate.Name).ToList().AsReadOnly();

    /// <summary>The place of a name among others.</summary>
    /// <param name="names">The names.</param>
    /// <param name="name">The one to find.</param>
    /// <param name="lack">What the message says before the name where it is none of them.</param>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    /// <exception cref="KeyNotFoundException">It is none of them.</exception>
    public static int IndexOf(IReadOnlyList<string> names, string name, string lack)
    {
        ArgumentNullException.ThrowIfNull(name);
        for (int n = 0; n < names.Count; n++)
        {
            if (names[n] == name)
            {
                return n;
            }
        }

        throw new KeyNotFoundException(
            $"{lack} '{name}'; {(names.Count == 0 ? "it has none at all" : $"it has {string.Join(", ", names.Select(some => $"'{some}'"))}")}.");
    }
}
