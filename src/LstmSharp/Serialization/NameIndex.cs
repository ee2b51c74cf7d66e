using System.Text;

namespace LstmSharp;

/// <summary>Finds names of a <see cref="JsonText"/>, all of which must differ.</summary>
/// <remarks>They are in the order of their hashes, since to compare long names with escapes again and again would take seconds. The
/// hashes differ from process to process, so that no file can be made whose names share one.</remarks>
internal sealed class NameIndex
{
    private readonly JsonText _json;
    private readonly Func<int, JsonToken> _nameOf;
    private readonly int[] _hashes;
    private readonly int[] _order;

    /// <param name="json">The text that holds the names.</param>
    /// <param name="count">How many names there are.</param>
    /// <param name="nameOf">Gives the names.</param>
    /// <exception cref="ModelFileException">A name comes again.</exception>
    public NameIndex(JsonText json, int count, Func<int, JsonToken> nameOf)
    {
        _json = json;
        _nameOf = nameOf;
        _hashes = new int[count];
        _order = new int[count];
        for (int n = 0; n < count; n++)
        {
            _hashes[n] = json.HashOfName(nameOf(n));
            _order[n] = n;
        }

        _order.AsSpan().Sort((first, second) =>
            Compare(first, second) is var order and not 0 ? order : nameOf(first).Start.CompareTo(nameOf(second).Start));
        ThrowIfAnyRepeats();
    }

    /// <summary>The number of a name; −1 where there is none such.</summary>
    public int Find(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        int hash = JsonText.HashOf(utf8), low = 0, high = _order.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2, n = _order[middle];
            int order = _hashes[n] != hash ? _hashes[n].CompareTo(hash) : _json.CompareName(_nameOf(n), utf8);
            if (order == 0)
            {
                return n;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private int Compare(int first, int second) => _hashes[first] != _hashes[second]
        ? _hashes[first].CompareTo(_hashes[second])
        : _json.CompareNames(_nameOf(first), _nameOf(second));

    /// <summary>Tells of the first repetition in the text.</summary>
    private void ThrowIfAnyRepeats()
    {
        JsonToken? repeated = null;
        for (int n = 1; n < _order.Length; n++)
        {
            if (Compare(_order[n - 1], _order[n]) == 0)
            {
                JsonToken name = _nameOf(_order[n]);
                repeated = repeated is { } other && other.Start < name.Start ? other : name;
            }
        }

        if (repeated is { } key)
        {
            throw _json.Fault($"the key '{_json.String(key)}'", "there once", "there twice", key.Start - 1);
        }
    }
}
