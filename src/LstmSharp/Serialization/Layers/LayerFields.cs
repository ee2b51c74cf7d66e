using System.Globalization;
using System.Text.Json;

namespace LstmSharp;

/// <summary>The settings of one layer in a file, to be asked for by their keys, in any order.</summary>
internal readonly ref struct LayerFields
{
    private const string KindKey = "kind";
    private const string ActivationKey = "activation";

    private readonly StrictJsonReader _start;
    private readonly LayerListReader _lists;
    private readonly string _path;
    private readonly List<string> _asked = [];

    /// <param name="start">A reader at the layer's object.</param>
    /// <param name="lists">What reads lists of layers.</param>
    /// <param name="path">The layer's place.</param>
    /// <param name="before">The layers before it in its list.</param>
    /// <param name="followsOneStep">Whether one step alone enters the list.</param>
    public LayerFields(
        StrictJsonReader start, LayerListReader lists, string path, IReadOnlyList<LayerDescription> before, bool followsOneStep)
    {
        FollowsOneStep = followsOneStep || before.Any(layer => !layer.IsStepwise);
        _start = start;
        _lists = lists;
        _path = path;
        Before = before;
    }

    /// <summary>The layers before it in its list.</summary>
    public IReadOnlyList<LayerDescription> Before { get; }

    /// <summary>Whether a layer before lets only one step through.</summary>
    public bool FollowsOneStep { get; }

    /// <summary>The kind.</summary>
    public LayerKind Kind()
    {
        string[] names = [.. LayerKind.All.Select(kind => kind.Name)];
        return LayerKind.All[Array.IndexOf(names, Find(KindKey).OneOf(NameOf(KindKey), names))];
    }

    /// <summary>A whole number from 1.</summary>
    public int Size(string key) => Find(key).Number(NameOf(key), least: 1);

    /// <summary>A whole number from 0, where there is one.</summary>
    public int? NumberIfAny(string key) => TryFind(key, out StrictJsonReader reader) ? reader.Number(NameOf(key), least: 0) : null;

    /// <summary>A share from 0 to before 1.</summary>
    public float Rate(string key)
    {
        double rate = Number(key);
        return rate >= 0 && (float)rate < 1
            ? (float)rate
            : throw Fault(key, "from 0 to before 1", rate.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A share from 0 to before 1; 0 where there is none.</summary>
    public float RateIfAny(string key) => TryFind(key, out _) ? Rate(key) : 0;

    /// <summary>A finite number.</summary>
    public double Number(string key) => Find(key).Number(NameOf(key));

    /// <summary>The activation.</summary>
    public Activation Activation() => Enum<Activation>(ActivationKey);

    /// <summary>A value by its name exactly as it is written in the code.</summary>
    public T Enum<T>(string key)
        where T : struct, Enum
    {
        string[] names = System.Enum.GetNames<T>();
        return System.Enum.GetValues<T>()[Array.IndexOf(names, Find(key).OneOf(NameOf(key), names))];
    }

    /// <summary>The layers inside this one.</summary>
    public List<LayerDescription> Layers(string key)
    {
        StrictJsonReader reader = Find(key);
        return _lists.Read(ref reader, _path, FollowsOneStep);
    }

    /// <summary>Writes layers, as <see cref="Layers"/> reads them.</summary>
    public static void Write(Utf8JsonWriter json, string key, IEnumerable<LayerDescription> layers)
    {
        json.WriteStartArray(key);
        foreach (LayerDescription layer in layers)
        {
            json.WriteStartObject();
            json.WriteString(KindKey, layer.Kind.Name);
            layer.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes an activation.</summary>
    public static void Write(Utf8JsonWriter json, Activation activation) => json.WriteString(ActivationKey, activation.ToString());

    /// <summary>A fault of the value of a key that is there.</summary>
    public ModelFileException Fault(string key, string expected, string actual)
    {
        StrictJsonReader reader = Find(key);
        reader.Skip();
        return reader.Fault(NameOf(key), expected, actual);
    }

    /// <summary>A fault of the layer.</summary>
    public ModelFileException Fault(string expected, string actual) => _start.Fault(What, expected, actual);

    /// <summary>Reads past the end of the object, which may hold no key that nobody asked for, and none twice.</summary>
    public void End(ref StrictJsonReader reader)
    {
        string[] known = [.. _asked];
        int seen = 0;
        while (reader.NextKey(What, known, ref seen) is not null)
        {
            reader.Skip();
        }
    }

    private string What => _lists.NameOf(_path);

    private string NameOf(string key) => $"{What}: {key}";

    private StrictJsonReader Find(string key) => TryFind(key, out StrictJsonReader reader)
        ? reader
        : throw _start.Fault($"{What}: the key '{key}'", "there", "missing");

    /// <summary>Finds a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="reader">Reads its value next.</param>
    private bool TryFind(string key, out StrictJsonReader reader)
    {
        if (!_asked.Contains(key))
        {
            _asked.Add(key);
        }

        reader = _start;
        while (reader.NextName(out _))
        {
            if (reader.IsAt(key))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
