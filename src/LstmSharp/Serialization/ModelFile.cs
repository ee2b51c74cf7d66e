namespace LstmSharp;

/// <summary>Saves and loads models as safetensors files.</summary>
/// <remarks>The tensors have the names and shapes that PyTorch's <c>nn.Sequential</c> of <c>nn.RNN</c>, <c>nn.LSTM</c>,
/// <c>nn.GRU</c> and <c>nn.Linear</c> gives them: <c>0.weight_ih_l0</c>, <c>0.weight_hh_l0</c>, <c>0.bias_ih_l0</c>, <c>0.bias_hh_l0</c> (zeros, as a
/// cell here has one bias; a file's two are added), <c>2.weight</c>, <c>2.bias</c>. The architecture stands as JSON in the metadata,
/// under <c>lstmsharp.architecture</c>, and the format's version under <c>lstmsharp.format</c>. What was saved as
/// <see cref="WeightType.F32"/> loads to the bit. For weights from or for PyTorch see <see cref="StateDictFile"/>.</remarks>
public static class ModelFile
{
    private const string FormatKey = "lstmsharp.format";
    private const string ArchitectureKey = "lstmsharp.architecture";
    private const string FormatVersion = "1";

    /// <summary>Saving and loading.</summary>
    /// <param name="model">The model to save; it may predict meanwhile, but not learn.</param>
    extension(SequenceModel model)
    {
        /// <summary>Saves the model's layers and weights.</summary>
        /// <remarks>The file is written under a temporary name in the same folder, flushed to the disk and then renamed: whatever
        /// happens, under the name stands the old file or the new one, whole. The old file's Unix permissions are kept from the
        /// temporary file's first instant on; a folder, pipe, device or socket is refused. Of a file with several names (hard links),
        /// only the given one gets the new content.</remarks>
        /// <param name="path">The file, such as <c>sunspots.safetensors</c>; it is replaced where it exists.</param>
        /// <param name="type">What the weights are saved as.</param>
        /// <exception cref="ArgumentException">The path is empty.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The type is unknown.</exception>
        /// <exception cref="IOException">The file cannot be written.</exception>
        /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
        public void Save(string path, WeightType type = WeightType.F32)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentException.ThrowIfNullOrEmpty(path);
            AtomicFile.Write(path, stream => model.Save(stream, type));
        }

        /// <summary>Saves the model's layers and weights at a stream's position; the stream stays open.</summary>
        /// <param name="stream">Where to write.</param>
        /// <param name="type">What the weights are saved as.</param>
        /// <exception cref="ArgumentException">The stream cannot be written.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The type is unknown.</exception>
        /// <exception cref="IOException">Writing failed.</exception>
        public void Save(Stream stream, WeightType type = WeightType.F32)
        {
            ArgumentNullException.ThrowIfNull(model);
            var architecture = ModelArchitecture.Of(model);
            Dictionary<string, string> metadata = new() { [FormatKey] = FormatVersion, [ArchitectureKey] = architecture.ToJson() };
            ModelWeights.Write(stream, metadata, architecture.OwnTensors(nameof(ModelFile)), model, type);
        }

        /// <summary>Loads a saved model. Everything in the file is checked before anything is allocated for its weights.</summary>
        /// <remarks>The weights' values are not checked: NaN and infinity load as they are. A file of more than 1,000 layers, or with an
        /// architecture of more than 250,000 bytes, is refused. Beside the model, loading takes at most the header's size and 1 MiB
        /// of memory.</remarks>
        /// <param name="path">The file.</param>
        /// <exception cref="ArgumentException">The path is empty.</exception>
        /// <exception cref="ModelFileException">The file is damaged, is no saved model, or is of a later format; the message names the
        /// file, the fault and the remedy.</exception>
        /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
        /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
        public static SequenceModel Load(string path)
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            EarlyCompilation.Begin();
            using FileStream stream = SafeTensorsReader.Open(path);
            return Load(new SafeTensorsReader(stream, path));
        }

        /// <summary>Loads a saved model from a stream's position to its end; the stream stays open.</summary>
        /// <remarks>As from a file. Of a stream that cannot seek, the header is read and checked first; then the data is kept in memory
        /// until all of it has come.</remarks>
        /// <param name="stream">What to read.</param>
        /// <exception cref="ArgumentException">The stream cannot be read.</exception>
        /// <exception cref="ModelFileException">The data is damaged, is no saved model, or is of a later format; the message names the
        /// fault and the remedy.</exception>
        /// <exception cref="IOException">Reading failed.</exception>
        public static SequenceModel Load(Stream stream) => Load(new SafeTensorsReader(stream));
    }

    private static SequenceModel Load(SafeTensorsReader reader)
    {
        ModelArchitecture architecture = ReadArchitecture(reader);
        List<ModelTensor> tensors = architecture.OwnTensors(reader.Source);
        TensorMatch.ThrowIfDifferent(reader, tensors);
        SequenceModel model = architecture.BuildUninitialized();
        ModelWeights.ThrowIfPaddingHasWeights(reader, tensors, model);
        ModelWeights.Read(reader, tensors, model);
        return model;
    }

    private static ModelArchitecture ReadArchitecture(SafeTensorsReader reader)
    {
        const int longestVersion = 100;
        string? format = reader.Text(FormatKey, longestVersion);
        if (format is not (null or FormatVersion))
        {
            throw new ModelFileException(
                reader.Source, FormatKey, FormatVersion, $"'{format}'", remedy: "A later version of LstmSharp may read it.");
        }

        return format is not null && reader.Json(ArchitectureKey, ModelArchitecture.MaxTextBytes) is { } architecture
            ? ModelArchitecture.Parse(architecture)
            : throw new ModelFileException(
                reader.Source,
                "the metadata",
                $"a saved model's, with {FormatKey} and {ArchitectureKey}",
                "another's",
                remedy: "If these are a PyTorch model's weights, build the same model here and call its LoadStateDict; "
                    + "if it is a checkpoint, use Checkpoint.LoadModel, or resume the run from it.");
    }
}
