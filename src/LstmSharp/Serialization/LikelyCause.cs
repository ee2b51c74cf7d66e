using System.Globalization;

namespace LstmSharp;

/// <summary>Guesses from its names and shapes why a PyTorch file does not fit a model.</summary>
/// <remarks>The file's names are gone through again and again, but never kept: together they may be longer than the file. Those that are
/// longer than people name modules are left out: to go through thousands of them again and again would take seconds.</remarks>
internal sealed class LikelyCause
{
    private const int MaxTypingErrors = 2;
    private const int MaxListed = 8;
    private const int LongestNameBytes = 600;
    private const int MostNameParts = 4;

    private readonly SafeTensorsReader _file;
    private readonly List<ModelTensor> _tensors;
    private readonly HashSet<string> _modules;
    private readonly HashSet<string> _known;

    public LikelyCause(SafeTensorsReader file, List<ModelTensor> tensors)
    {
        _file = file;
        _tensors = tensors;
        _modules = [.. tensors.Select(tensor => tensor.Module)];
        _known = [.. tensors.Select(tensor => tensor.Name)];
    }

    private IEnumerable<string> Names => _file.NamesUpTo(LongestNameBytes);

    /// <summary>The names in the file that the model does not have.</summary>
    private IEnumerable<string> Unknown => Names.Where(name => !_known.Contains(name));

    /// <summary>Why a tensor may be missing.</summary>
    public string OfMissing(ModelTensor tensor)
    {
        string prefix = tensor.Name[..^tensor.Leaf.Length];
        bool hasModule = Names.Any(name => ModelTensor.ModuleOf(name) == tensor.Module);
        string? foreign = Unknown.Where(name => !hasModule || name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(OfForeignName).FirstOrDefault(cause => cause is not null);
        return Text(foreign ?? (hasModule ? OfMissingLeaf(tensor) : OfMissingModule(tensor)));
    }

    /// <summary>Why a tensor may have another shape.</summary>
    public string OfShape(ModelTensor tensor, long[] shape)
    {
        bool isEmbedding = tensor.Leaf == "weight" && !_tensors.Exists(other => other.IsBias && other.Module == tensor.Module);
        bool isTransposed = shape.Length == 2 && shape[0] == tensor.Shape[^1] && shape[1] == tensor.Shape[0] && tensor.Shape.Length == 2;
        return Text(
            isEmbedding && shape.Length == 2
                ? $"'{tensor.Module}' is nn.Embedding({shape[0]}, {shape[1]}) in the file, and of another size here."
            : isTransposed ? "it is transposed. PyTorch has a row for each output; Keras and Flax have a column."
            : LevelOf(tensor.Leaf) is { } level ? OfRecurrentShape(tensor, level, shape)
            : shape.Length == 2 ? $"'{tensor.Module}' is nn.Linear({shape[1]}, {shape[0]}) in the file, and of another size here."
            : $"'{tensor.Module}' is of another kind or size in the file.");
    }

    /// <summary>Why there may be a tensor that the model does not have.</summary>
    public string OfSurplus(string name)
    {
        string module = ModelTensor.ModuleOf(name), leaf = ModelTensor.LeafOf(name);
        return Text(
            OfForeignName(name) is { } cause ? cause
            : leaf is "running_mean" or "running_var" or "num_batches_tracked"
                ? $"'{module}' is a batch normalization, for which the model has no layer."
            : leaf.EndsWith("_reverse", StringComparison.Ordinal) ? $"'{module}' is bidirectional; put its layers into a Bidirectional."
            : leaf.StartsWith("weight_hr_l", StringComparison.Ordinal) ? $"'{module}' has a projection (proj_size); a layer here has none."
            : !_modules.Contains(module) ? $"the model has no layer for '{module}'; strict: false leaves the tensors of other modules out."
            : LevelOf(leaf) is not null ? $"'{module}' has more layers in the file than here: modules must hold its name once for each."
            : $"'{module}' is of another kind in the file.");
    }

    private string OfMissingLeaf(ModelTensor tensor)
    {
        string module = tensor.Module, leaf = tensor.Leaf;
        int? level = LevelOf(leaf);
        string prefix = tensor.Name[..^leaf.Length];
        int levels = LevelsOf(module);
        if (CellOf(prefix) is { } cell)
        {
            return $"'{module}' is {cell} in the file" + (level is null
                ? "; modules must be named in the order in which data passes them."
                : ", whose names lack the '_l0' of this one; add '_l0' to each of them before saving.");
        }

        if (levels > 0 && level >= levels)
        {
            return $"'{module}' has fewer layers in the file ({levels}) than here.";
        }

        if (Closest(tensor.Name, Unknown) is { } name)
        {
            return $"it is misspelt as '{name}'.";
        }

        if (level is null && levels > 0)
        {
            return $"'{module}' is recurrent in the file; modules must be named in the order in which data passes them.";
        }

        if (level is not null && _file.Find($"{prefix}weight") is not null)
        {
            return $"'{module}' is not recurrent in the file; modules must be named in the order in which data passes them.";
        }

        // A module that was made with bias=False, and so has none, is loaded with zeros.
        if (tensor.IsBias && _tensors.Exists(other => other.IsBias && other.Module == module && _file.Find(other.Name) is not null))
        {
            return $"'{module}' has other biases in the file; add zeros under this name to the state_dict before saving it.";
        }

        string[] leaves = [.. Names.Where(name => ModelTensor.ModuleOf(name) == module).Select(ModelTensor.LeafOf).Take(MaxListed + 1)];
        string more = leaves.Length > MaxListed ? " and others" : string.Empty;
        return $"in the file, '{module}' has only {string.Join(", ", leaves.Take(MaxListed).Select(name => $"'{name}'"))}{more}.";
    }

    /// <summary>What a module of one step is called, whose names have no number of a layer behind them; null for other modules.</summary>
    private string? CellOf(string prefix) => _file.Find($"{prefix}weight_hh") is { Shape: [var rows, > 0 and var hidden] }
        ? (rows / hidden) switch
        {
            1 => "an nn.RNNCell",
            3 => "an nn.GRUCell",
            4 => "an nn.LSTMCell",
            _ => null,
        }
        : null;

    private string OfMissingModule(ModelTensor tensor)
    {
        if (Unknown.FirstOrDefault(name => name.EndsWith($".{tensor.Name}", StringComparison.Ordinal)) is { } longer)
        {
            string wrapper = longer[..^(tensor.Name.Length + 1)] switch
            {
                "module" => " (nn.DataParallel puts 'module.' in front)",
                "_orig_mod" => " (torch.compile puts '_orig_mod.' in front)",
                _ => string.Empty,
            };
            return $"the file has it as '{longer}'{wrapper}; give the module's name as '{ModelTensor.ModuleOf(longer)}'.";
        }

        if (Unknown.FirstOrDefault(name => tensor.Name.EndsWith($".{name}", StringComparison.Ordinal)) is { } shorter)
        {
            return $"the file has it as '{shorter}'; give the module's name as '{ModelTensor.ModuleOf(shorter)}'.";
        }

        IEnumerable<string> alike = Unknown.Where(name => ModelTensor.LeafOf(name) == tensor.Leaf).Select(ModelTensor.ModuleOf);
        if (Closest(tensor.Module, alike) is { } module)
        {
            return $"the module's name is '{module}' in the file.";
        }

        string[] modules = [.. Names.Select(ModelTensor.ModuleOf).Distinct().Take(MaxListed + 1)];
        if (modules.Length == 0)
        {
            return "the file names no modules.";
        }

        string more = modules.Length > MaxListed ? " and others" : string.Empty;
        return $"the names of the modules. The file's are {string.Join(", ", modules.Take(MaxListed).Select(Described))}{more}; "
            + "give them in the order in which data passes them, once for each layer.";
    }

    private string OfRecurrentShape(ModelTensor tensor, int level, long[] shape)
    {
        string module = tensor.Module, recurrent = $"{tensor.Name[..^tensor.Leaf.Length]}weight_hh_l{level}";
        long[] expected = _tensors.Find(other => other.Name == recurrent)!.Shape;
        if (_file.Find(recurrent) is not { Shape: [var rows, > 0 and var hidden] } || shape.Length != tensor.Shape.Length)
        {
            return $"'{module}' is of another kind in the file.";
        }

        long gates = rows / hidden, expectedGates = expected[0] / expected[1];
        return gates != expectedGates ? $"'{module}' is {Kind(gates)} in the file, but {Kind(expectedGates)} here."
            : hidden != expected[1] ? $"'{module}' has the hidden size {hidden} in the file, but {expected[1]} here."
            : level > 0 && shape[^1] == 2 * tensor.Shape[^1] ? $"'{module}' is bidirectional in the file."
            : shape.Length == 2 ? $"'{module}' takes {shape[1]} inputs in the file, but {tensor.Shape[1]} here."
            : $"'{module}' is of another kind in the file.";
    }

    private static string? OfForeignName(string name) => ModelTensor.LeafOf(name) switch
    {
        "kernel" or "recurrent_kernel" or "kernel:0" or "recurrent_kernel:0" =>
            $"'{name}' is a name of Keras or Flax, whose kernels are transposed, too; docs/guide/saving.md shows how to bring them over.",
        "original0" or "original1" or ['w', 'e', 'i', 'g', 'h', 't', .., '_', 'g' or 'v'] =>
            $"'{name}' belongs to weight_norm; remove that in Python before saving.",
        _ => null,
    };

    private static string Kind(long gates) => gates switch
    {
        1 => "an nn.RNN",
        3 => "an nn.GRU",
        4 => "an nn.LSTM",
        _ => "something else",
    };

    private string Described(string module) => LevelsOf(module) is > 1 and var levels ? $"'{module}' ({levels} layers)" : $"'{module}'";

    /// <summary>How many layers a recurrent module has in the file; 0 for other modules.</summary>
    private int LevelsOf(string module) => Names
        .Where(name => ModelTensor.ModuleOf(name) == module)
        .Select(name => LevelOf(ModelTensor.LeafOf(name)) + 1 ?? 0)
        .DefaultIfEmpty()
        .Max();

    /// <summary>The layer that a name such as <c>weight_ih_l1</c> or <c>bias_hh_l1_reverse</c> belongs to; null for other names.</summary>
    private static int? LevelOf(string leaf)
    {
        string[] parts = leaf.Split('_', MostNameParts + 1);
        return parts.Length is 3 or MostNameParts && parts[0] is "weight" or "bias" && parts[2].StartsWith('l')
            && int.TryParse(parts[2].AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int level) ? level : null;
    }

    /// <summary>The name that differs least, by so few letters that it may be meant.</summary>
    private static string? Closest(string name, IEnumerable<string> names) => names
        .Where(other => Math.Abs(other.Length - name.Length) <= MaxTypingErrors)
        .Select(other => (Name: other, Distance: Distance(name, other)))
        .Where(other => other.Distance <= MaxTypingErrors)
        .OrderBy(other => other.Distance)
        .Select(other => other.Name)
        .FirstOrDefault();

    /// <summary>How many letters must be changed, added or removed, upper and lower case being alike (Levenshtein 1965).</summary>
    private static int Distance(string first, string second)
    {
        int[] row = [.. Enumerable.Range(0, second.Length + 1)];
        for (int n = 0; n < first.Length; n++)
        {
            int diagonal = row[0]++;
            for (int m = 0; m < second.Length; m++)
            {
                bool same = char.ToUpperInvariant(first[n]) == char.ToUpperInvariant(second[m]);
                (diagonal, row[m + 1]) = (row[m + 1], Math.Min(Math.Min(row[m], row[m + 1]) + 1, diagonal + (same ? 0 : 1)));
            }
        }

        return row[^1];
    }

    private static string Text(string cause) => "Likely cause: " + cause;
}
