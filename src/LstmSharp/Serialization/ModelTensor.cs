namespace LstmSharp;

/// <summary>One tensor that a model file must hold.</summary>
/// <param name="Name">The name in the file, as PyTorch's nn.RNN, nn.LSTM, nn.GRU or nn.Linear would give it.</param>
/// <param name="Shape">The sizes, outermost first.</param>
/// <param name="Parameter">The name of the model's parameter that it belongs to.</param>
/// <param name="IsSecondBias">Whether it is PyTorch's second bias, which the model adds to the first.</param>
internal sealed record ModelTensor(string Name, long[] Shape, string Parameter, bool IsSecondBias = false)
{
    /// <summary>Whether it is the second name of a parameter that an embedding and a tied layer share: the file of a
    /// <c>state_dict()</c> may hold both, with the same numbers, or one of them.</summary>
    public bool IsShared { get; init; }

    /// <summary>Of a second bias whose end is not added to the first, the name of the parameter that this end is.</summary>
    public string? LastParameter { get; init; }

    /// <summary>How many values of the tensor are <see cref="LastParameter"/>'s.</summary>
    public int LastSize { get; init; }

    /// <summary>The name's part before the last dot: the module; empty for the root.</summary>
    public string Module => ModuleOf(Name);

    /// <summary>The name's part behind the last dot.</summary>
    public string Leaf => LeafOf(Name);

    /// <summary>Whether it is one of PyTorch's biases.</summary>
    public bool IsBias => Leaf.StartsWith("bias", StringComparison.Ordinal);

    public static string ModuleOf(string name) => name[..Math.Max(0, name.LastIndexOf('.'))];

    public static string LeafOf(string name) => name[(name.LastIndexOf('.') + 1)..];
}
