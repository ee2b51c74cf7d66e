using System.Text.Json;

namespace LstmSharp;

/// <summary>Saves and loads scalers as small JSON files, to be kept beside the model that learned from what they scaled.</summary>
/// <remarks>Such as <c>{"format":"lstmsharp.standard-scaler","version":1,"means":[12.5,1013],"scales":[4,8.25]}</c>, where the numbers are
/// the shortest that give the same bits again.</remarks>
public static class ScalerFile
{
    private const string Format = "lstmsharp.standard-scaler";
    private const string Means = "means";
    private const string Scales = "scales";
    private const int Version = 1;
    private const int MaxBytes = 16 << 20;
    private static readonly string[] Keys = ["format", "version", Means, Scales];
    private static readonly string[] Formats = [Format];

    /// <summary>Saving and loading.</summary>
    /// <param name="scaler">The scaler to save.</param>
    extension(StandardScaler scaler)
    {
        /// <summary>Saves the means and scales.</summary>
        /// <remarks>The file is written under a temporary name in the same folder, flushed to the disk and then renamed: whatever
        /// happens, under the name stands the old file or the new one, whole.</remarks>
        /// <param name="path">The file, such as <c>sunspots.scaler.json</c>; it is replaced where it exists.</param>
        /// <exception cref="ArgumentException">The path is empty.</exception>
        /// <exception cref="IOException">The file cannot be written.</exception>
        /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
        public void Save(string path)
        {
            ArgumentNullException.ThrowIfNull(scaler);
            ArgumentException.ThrowIfNullOrEmpty(path);
            AtomicFile.Write(path, scaler.Save);
        }

        /// <summary>Saves the means and scales at a stream's position; the stream stays open.</summary>
        /// <param name="stream">Where to write.</param>
        /// <exception cref="ArgumentException">The stream cannot be written.</exception>
        /// <exception cref="IOException">Writing failed.</exception>
        public void Save(Stream stream)
        {
            ArgumentNullException.ThrowIfNull(scaler);
            ArgumentNullException.ThrowIfNull(stream);
            using var json = new Utf8JsonWriter(stream);
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", Version);
            WriteNumbers(json, Means, scaler.Means);
            WriteNumbers(json, Scales, scaler.Scales);
            json.WriteEndObject();
        }

        /// <summary>Loads a saved scaler, which scales to the same bits.</summary>
        /// <remarks>A file of more than 16 MiB is refused.</remarks>
        /// <param name="path">The file.</param>
        /// <exception cref="ArgumentException">The path is empty.</exception>
        /// <exception cref="ModelFileException">The file is damaged, is no saved scaler, or is of a later format; the message names the
        /// file and the fault.</exception>
        /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
        /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
        public static StandardScaler Load(string path)
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            using FileStream stream = SafeTensorsReader.Open(path);
            return Read(stream, path);
        }

        /// <summary>Loads a saved scaler from a stream's position to its end; the stream stays open.</summary>
        /// <remarks>More than 16 MiB are refused.</remarks>
        /// <param name="stream">What to read.</param>
        /// <exception cref="ArgumentException">The stream cannot be read.</exception>
        /// <exception cref="ModelFileException">The data is damaged, is no saved scaler, or is of a later format; the message names the
        /// fault.</exception>
        /// <exception cref="IOException">Reading failed.</exception>
        public static StandardScaler Load(Stream stream)
        {
            ArgumentNullException.ThrowIfNull(stream);
            return stream.CanRead
                ? Read(stream, "the stream")
                : throw new ArgumentException("ScalerFile: the stream must be readable, but is not.", nameof(stream));
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    private static StandardScaler Read(Stream stream, string source)
    {
        var text = new JsonText(ReadBytes(stream, source), source, "the scaler", position: 0, isVerbatim: true);
        var reader = new StrictJsonReader(text);
        List<double> means = [], scales = [];
        int seen = 0;
        reader.StartObject(text.Name);
        while (reader.NextKey(text.Name, Keys, ref seen) is { } key)
        {
            switch (key)
            {
                case "format":
                    reader.OneOf("format", Formats);
                    break;
                case "version":
                    ThrowUnlessKnown(reader.Count("version"), ref reader);
                    break;
                default:
                    ReadNumbers(ref reader, key, key == Means ? means : scales);
                    break;
            }
        }

        for (int n = 0; n < Keys.Length; n++)
        {
            if ((seen & (1 << n)) == 0)
            {
                throw reader.Fault($"{text.Name}: the key '{Keys[n]}'", "there", "missing");
            }
        }

        reader.End();
        return means.Count > 0 && means.Count == scales.Count
            ? new StandardScaler([.. means], [.. scales])
            : throw text.Fault("means and scales", "one number for each column", $"{means.Count} and {scales.Count} numbers", index: 0);
    }

    private static void ThrowUnlessKnown(long version, ref StrictJsonReader reader)
    {
        if (version != Version)
        {
            throw reader.Fault("version", $"{Version}, or be read by a later version of LstmSharp", FormattableString.Invariant($"{version}"));
        }
    }

    private static void ReadNumbers(ref StrictJsonReader reader, string key, List<double> numbers)
    {
        reader.StartArray(key);
        while (reader.NextNumber(key, out double number))
        {
            if (key == Scales && number <= 0)
            {
                throw reader.Fault($"{key}: an item", "over 0", FormattableString.Invariant($"{number}"));
            }

            numbers.Add(number);
        }
    }

    private static ReadOnlyMemory<byte> ReadBytes(Stream stream, string source)
    {
        byte[] chunk = new byte[4096];
        using var bytes = new MemoryStream();
        for (int read = stream.Read(chunk); read > 0; read = stream.Read(chunk))
        {
            bytes.Write(chunk.AsSpan(0, read));
            if (bytes.Length > MaxBytes)
            {
                throw new ModelFileException(source, "the scaler", $"at most {MaxBytes} bytes long", "longer");
            }
        }

        return bytes.ToArray();
    }
}
