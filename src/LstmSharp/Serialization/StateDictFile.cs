namespace LstmSharp;

/// <summary>Reads and writes weights under the names that a PyTorch model's <c>state_dict()</c> gives them.</summary>
/// <remarks>
/// <para>A file holds no architecture: the model is built here as it is there, of the same sizes. Modules are named in the order in
/// which data passes them, one name for each layer that has weights; a name that stands several times in a row is one <c>nn.LSTM</c>,
/// <c>nn.GRU</c> or <c>nn.RNN</c> of several layers. So a model made by <c>.Lstm(64).Lstm(64).TakeLast().Dense(3)</c> with the names
/// <c>["encoder", "encoder", "head"]</c> has the tensors <c>encoder.weight_ih_l0</c> … <c>encoder.bias_hh_l1</c>,
/// <c>head.weight</c> and <c>head.bias</c>. The empty name is a module saved by itself: <c>weight_ih_l0</c>.</para>
/// <para>Where no names are given, they are the layers' positions, counted with those that have no weights, as in
/// <c>nn.Sequential</c>. Layers inside others have a name each in their place, too; by default that of an <c>nn.Sequential</c> in another:
/// <c>2.0.weight_ih_l0</c> of layer 0 inside layer 2, as where a Residual is a class derived from <c>nn.Sequential</c>.</para>
/// <para>A cell here has one bias: PyTorch's two are added when they are read, and zeros are written as the second. Of a GRU's second
/// bias, the candidate's part is <see cref="GruCell.RecurrentBias"/>, which is read and written as it is. A module
/// without biases (<c>bias=False</c>), of which the file holds all weights and no bias, gets biases of 0.</para>
/// <para>The weights that a tied layer shares with the embedding have two names in PyTorch, <c>embedding.weight</c> and <c>head.weight</c>, and
/// are written under both. A file that is read must hold the same numbers under both, or one of them alone, as
/// <c>safetensors.torch.save_model</c> writes it.</para>
/// </remarks>
public static class StateDictFile
{
    /// <summary>Saving and loading.</summary>
    /// <param name="model">The model; while weights are loaded, nobody else may use it.</param>
    extension(SequenceModel model)
    {
        /// <summary>Saves the model's weights for PyTorch: <c>load_state_dict(safetensors.torch.load_file(path))</c> reads them.</summary>
        /// <remarks>Replaces a file as <see cref="ModelFile"/> does: under the name stands the old file or the new one, whole.</remarks>
        /// <param name="path">The file, such as <c>net.safetensors</c>; it is replaced where it exists.</param>
        /// <param name="modules">The names of PyTorch's modules, one for each layer that has weights; by default the layers'
        /// positions.</param>
        /// <param name="type">What the weights are saved as.</param>
        /// <exception cref="ArgumentException">The path is empty, or the names do not fit the model.</exception>
        /// <exception cref="NotSupportedException">The model has a GRU whose reset gate acts before the product.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The type is unknown.</exception>
        /// <exception cref="IOException">The file cannot be written.</exception>
        /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
        public void SaveStateDict(string path, IReadOnlyList<string>? modules = null, WeightType type = WeightType.F32)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentException.ThrowIfNullOrEmpty(path);
            AtomicFile.Write(path, stream => model.SaveStateDict(stream, modules, type));
        }

        /// <summary>Saves the model's weights for PyTorch at a stream's position; the stream stays open.</summary>
        /// <param name="stream">Where to write.</param>
        /// <param name="modules">The names of PyTorch's modules, one for each layer that has weights; by default the layers'
        /// positions.</param>
        /// <param name="type">What the weights are saved as.</param>
        /// <exception cref="ArgumentException">The stream cannot be written, or the names do not fit the model.</exception>
        /// <exception cref="NotSupportedException">The model has a GRU whose reset gate acts before the product.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The type is unknown.</exception>
        /// <exception cref="IOException">Writing failed.</exception>
        public void SaveStateDict(Stream stream, IReadOnlyList<string>? modules = null, WeightType type = WeightType.F32)
        {
            ArgumentNullException.ThrowIfNull(model);
            List<ModelTensor> tensors = ModuleNames.Tensors(model, modules);
            ModelWeights.Write(stream, new Dictionary<string, string> { ["format"] = "pt" }, tensors, model, type);
        }

        /// <summary>Loads weights that PyTorch saved: <c>safetensors.torch.save_file(net.state_dict(), path)</c>.</summary>
        /// <remarks>Everything is read and checked before a weight changes: after a failure the model is as it was. Numbers of the types
        /// F32, F16, BF16 and F64 are read. Beside the model, loading takes at most the file's size and 1 MiB of memory.</remarks>
        /// <param name="path">The file.</param>
        /// <param name="modules">The names of PyTorch's modules, one for each layer that has weights; by default the layers'
        /// positions.</param>
        /// <param name="strict">Whether tensors of other modules are a fault, as in PyTorch's <c>load_state_dict</c>. Weights of the named
        /// modules that have no place in the model are one always.</param>
        /// <exception cref="ArgumentException">The path is empty, or the names do not fit the model.</exception>
        /// <exception cref="NotSupportedException">The model has a GRU whose reset gate acts before the product.</exception>
        /// <exception cref="ModelFileException">The file is damaged or none of safetensors, or its tensors are not the model's; the message
        /// names the file, the tensor and the likely cause.</exception>
        /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
        /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
        public void LoadStateDict(string path, IReadOnlyList<string>? modules = null, bool strict = true)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentException.ThrowIfNullOrEmpty(path);
            List<ModelTensor> tensors = ModuleNames.Tensors(model, modules);
            using FileStream stream = SafeTensorsReader.Open(path);
            Load(model, new SafeTensorsReader(stream, path), tensors, strict);
        }

        /// <summary>Loads weights that PyTorch saved from a stream's position to its end; the stream stays open.</summary>
        /// <remarks>As from a file.</remarks>
        /// <param name="stream">What to read.</param>
        /// <param name="modules">The names of PyTorch's modules, one for each layer that has weights; by default the layers'
        /// positions.</param>
        /// <param name="strict">Whether tensors of other modules are a fault, as in PyTorch's <c>load_state_dict</c>. Weights of the named
        /// modules that have no place in the model are one always.</param>
        /// <exception cref="ArgumentException">The stream cannot be read, or the names do not fit the model.</exception>
        /// <exception cref="NotSupportedException">The model has a GRU whose reset gate acts before the product.</exception>
        /// <exception cref="ModelFileException">The data is damaged or none of safetensors, or its tensors are not the model's; the message
        /// names the tensor and the likely cause.</exception>
        /// <exception cref="IOException">Reading failed.</exception>
        public void LoadStateDict(Stream stream, IReadOnlyList<string>? modules = null, bool strict = true)
        {
            ArgumentNullException.ThrowIfNull(model);
            List<ModelTensor> tensors = ModuleNames.Tensors(model, modules);
            Load(model, new SafeTensorsReader(stream), tensors, strict);
        }
    }

    private static void Load(SequenceModel model, SafeTensorsReader reader, List<ModelTensor> tensors, bool strict)
    {
        tensors = SharedTensors.LeaveOut(reader, tensors);
        List<ModelTensor> held = MissingBiases.LeaveOut(reader, tensors);
        TensorMatch.ThrowIfDifferent(reader, held, strict, explain: true);
        reader.Prepare(held.Select(tensor => reader.Find(tensor.Name)!));
        SharedTensors.ThrowIfDifferent(reader, tensors);
        ModelWeights.ThrowIfPaddingHasWeights(reader, tensors, model);
        ModelWeights.Read(reader, tensors, model);
    }
}
