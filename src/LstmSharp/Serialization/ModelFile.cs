using System.Globalization;

namespace LstmSharp;

/// <summary>Saves and loads models as safetensors files.</summary>
/// <remarks>The tensors have the names and shapes that PyTorch's <c>nn.Sequential</c> of <c>nn.RNN</c>, <c>nn.LSTM</c> and
/// <c>nn.Linear</c> gives them: <c>0.weight_ih_l0</c>, <c>0.weight_hh_l0</c>, <c>0.bias_ih_l0</c>, <c>0.bias_hh_l0</c> (zeros, as a
/// cell here has one bias; a file's two are added), <c>2.weight</c>, <c>2.bias</c>. The architecture stands as JSON in the metadata,
/// under <c>lstmsharp.architecture</c>, and the format's version under <c>lstmsharp.format</c>. What was saved loads to the bit.</remarks>
public static class ModelFile
{
    private const string FormatKey = "lstmsharp.format";
    private const string ArchitectureKey = "lstmsharp.architecture";
    private const int FormatVersion = 1;

    /// <summary>Saving and loading.</summary>
    /// <param name="model">The model to save; it may predict meanwhile, but not learn.</param>
    extension(SequenceModel model)
    {
        /// <summary>Saves the model's layers and weights. A failure leaves a file that was there before as it was.</summary>
        /// <param name="path">The file, such as <c>sunspots.safetensors</c>; it is replaced where it exists.</param>
        /// <exception cref="ArgumentException">The path is empty.</exception>
        /// <exception cref="IOException">The file cannot be written.</exception>
        /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
        public void Save(string path)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentException.ThrowIfNullOrEmpty(path);
            AtomicFile.Write(path, model.Save);
        }

        /// <summary>Saves the model's layers and weights at a stream's position; the stream stays open.</summary>
        /// <param name="stream">Where to write.</param>
        /// <exception cref="ArgumentException">The stream cannot be written.</exception>
        /// <exception cref="IOException">Writing failed.</exception>
        public void Save(Stream stream)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(stream);
            if (!stream.CanWrite)
            {
                throw new ArgumentException("ModelFile: stream must be writable, but is not.", nameof(stream));
            }

            var architecture = ModelArchitecture.Of(model);
            Dictionary<string, string> metadata = new()
            {
                [FormatKey] = FormatVersion.ToString(CultureInfo.InvariantCulture),
                [ArchitectureKey] = architecture.ToJson(),
            };
            Dictionary<string, Parameter> parameters = model.Parameters.ToDictionary(parameter => parameter.Name);
            NamedTensor ToWrite(ModelTensor tensor) => new(
                tensor.Name, tensor.IsSecondBias ? parameters[tensor.Parameter].CreateZeros() : parameters[tensor.Parameter]);
            SafeTensorsWriter.Write(stream, metadata, architecture.Tensors(nameof(ModelFile)).ConvertAll(ToWrite));
        }

        /// <summary>Loads a saved model. Everything in the file is checked before anything is allocated for its weights.</summary>
        /// <remarks>The weights' values are not checked: NaN and infinity load as they are. A file of more than 1,000 layers, or with an
        /// architecture of more than 1,000,000 characters, is refused.</remarks>
        /// <param name="path">The file.</param>
        /// <exception cref="ArgumentException">The path is empty.</exception>
        /// <exception cref="InvalidDataException">The file is damaged, is no saved model, or is of a later format; the message names the
        /// file and the fault.</exception>
        /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
        /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
        public static SequenceModel Load(string path)
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            using FileStream stream = File.OpenRead(path);
            return Load(new SafeTensorsReader(stream, path));
        }

        /// <summary>Loads a saved model from a stream's position to its end; the stream stays open.</summary>
        /// <remarks>The weights' values are not checked: NaN and infinity load as they are. A file of more than 1,000 layers, or with an
        /// architecture of more than 1,000,000 characters, is refused. Of a stream that cannot seek, the header is read and checked
        /// first; then the data, at most 2 GiB, is kept in memory.</remarks>
        /// <param name="stream">What to read.</param>
        /// <exception cref="ArgumentException">The stream cannot be read.</exception>
        /// <exception cref="InvalidDataException">The data is damaged, is no saved model, or is of a later format; the message names the
        /// fault.</exception>
        /// <exception cref="IOException">Reading failed.</exception>
        public static SequenceModel Load(Stream stream)
        {
            ArgumentNullException.ThrowIfNull(stream);
            if (!stream.CanRead)
            {
                throw new ArgumentException("ModelFile: stream must be readable, but is not.", nameof(stream));
            }

            return Load(new SafeTensorsReader(stream, stream is FileStream file ? file.Name : "the stream"));
        }
    }

    private static SequenceModel Load(SafeTensorsReader reader)
    {
        ModelArchitecture architecture = ReadArchitecture(reader);
        List<ModelTensor> tensors = architecture.Tensors(reader.Source);
        ThrowIfTensorsDiffer(reader, tensors);
        SequenceModel model = architecture.BuildUninitialized();
        Dictionary<string, Parameter> parameters = model.Parameters.ToDictionary(parameter => parameter.Name);
        foreach (ModelTensor tensor in tensors)
        {
            Span<float> values = parameters[tensor.Parameter].Edit();
            if (tensor.IsSecondBias)
            {
                AddSecondBias(reader, tensor, values);
            }
            else
            {
                reader.Read(reader.Entries[tensor.Name], values);
            }
        }

        return model;
    }

    private static ModelArchitecture ReadArchitecture(SafeTensorsReader reader)
    {
        if (!reader.Metadata.TryGetValue(FormatKey, out string? format)
            || !reader.Metadata.TryGetValue(ArchitectureKey, out string? architecture))
        {
            throw new InvalidDataException(
                $"{reader.Source}: the metadata must hold {FormatKey} and {ArchitectureKey}, which a saved model has; "
                + "this is a safetensors file of something else.");
        }

        if (format != FormatVersion.ToString(CultureInfo.InvariantCulture))
        {
            throw new InvalidDataException(
                $"{reader.Source}: the model file must be of format {FormatVersion}, but is of '{format}'; "
                + "a later version of LstmSharp may read it.");
        }

        return ModelArchitecture.Parse(architecture, $"{reader.Source}: {ArchitectureKey}");
    }

    /// <summary>Makes sure that the file holds exactly these tensors.</summary>
    private static void ThrowIfTensorsDiffer(SafeTensorsReader reader, List<ModelTensor> tensors)
    {
        foreach (ModelTensor tensor in tensors)
        {
            if (!reader.Entries.TryGetValue(tensor.Name, out SafeTensorsEntry? entry))
            {
                throw new InvalidDataException($"{reader.Source}: there must be a tensor '{tensor.Name}', but there is none.");
            }

            reader.ThrowIfNotFloat(entry);
            if (!entry.Shape.AsSpan().SequenceEqual(tensor.Shape))
            {
                throw new InvalidDataException(
                    $"{reader.Source}: tensor '{tensor.Name}' must be [{string.Join(", ", tensor.Shape)}], "
                    + $"but is [{string.Join(", ", entry.Shape)}].");
            }
        }

        if (reader.Entries.Count != tensors.Count)
        {
            string surplus = reader.Entries.Keys.Except(tensors.Select(tensor => tensor.Name)).Order(StringComparer.Ordinal).First();
            throw new InvalidDataException($"{reader.Source}: tensor '{surplus}' is not one of the model's.");
        }
    }

    /// <summary>bias += second bias, but exactly the first where the second is 0, so that −0 stays −0.</summary>
    private static void AddSecondBias(SafeTensorsReader reader, ModelTensor tensor, Span<float> bias)
    {
        float[] second = new float[bias.Length];
        reader.Read(reader.Entries[tensor.Name], second);
        for (int n = 0; n < bias.Length; n++)
        {
            if (second[n] != 0)
            {
                bias[n] += second[n];
            }
        }
    }
}
