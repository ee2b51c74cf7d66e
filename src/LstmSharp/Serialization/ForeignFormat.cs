using System.Buffers.Binary;

namespace LstmSharp;

/// <summary>Recognizes files of other formats, so that their refusal can say what to do instead.</summary>
internal static class ForeignFormat
{
    /// <summary>Enough of a zip to hold the name of its first member.</summary>
    private const int ZipStartBytes = 120;

    private const int FirstPickleProtocol = 2, LastPickleProtocol = 5;

    private const string Pickle =
        "Reading a pickle can run any program that somebody put into it, so LstmSharp reads none. In Python, where model.pt holds a "
        + "state_dict: from safetensors.torch import save_file; "
        + "save_file(torch.load(\"model.pt\", weights_only=True), \"model.safetensors\"). "
        + "Then here: model.LoadStateDict(\"model.safetensors\", modules).";

    private const string Keras =
        "In Python, save its weights as safetensors under PyTorch's names, with every kernel transposed (docs/guide/saving.md has the "
        + "lines); then here: model.LoadStateDict(\"model.safetensors\", modules).";

    private const string Unpack = "Unpack it, and load the safetensors file in it.";

    private const string Export = "Export its weights as safetensors, and load those.";

    private static readonly (byte[] Start, string What, string Remedy)[] Signatures =
    [
        ([0x89, .. "HDF\r\n\u001A\n"u8], "HDF5, as Keras's .h5 is", Keras),
        ([.. "\u001F"u8, 0x8B], "gzip", Unpack),
        ([.. "7z"u8, 0xBC, 0xAF], "7-Zip", Unpack),
        ([0x93, .. "NUMPY"u8], "NumPy's .npy", Export),
        ([.. "GGUF"u8], "GGUF", Export),
        ([.. "version "u8], "text, probably the pointer that Git LFS leaves in the file's place", "Fetch the file: git lfs pull."),
        ([.. "<!"u8], "a web page", "Download the file itself."),
        ([.. "<html"u8], "a web page", "Download the file itself."),
    ];

    /// <summary>The refusal of a file that is no safetensors file.</summary>
    /// <param name="source">The file's name or what stands for it.</param>
    /// <param name="start">The file's first bytes, at most eight.</param>
    /// <param name="stream">The file, standing behind them where they are all that was read.</param>
    /// <param name="fault">What was wrong with it.</param>
    /// <returns>The refusal, or null where the format is not known.</returns>
    public static ModelFileException? Refusal(string source, ReadOnlySpan<byte> start, Stream stream, ModelFileException fault) =>
        (Zip(start, stream, source) ?? Plain(start) ?? (CanBeHeaderLength(start) ? null : ByExtension(source))) is (var what, var remedy)
            ? new ModelFileException(source, "the file", "a safetensors file", what, offset: 0, remedy: remedy, inner: fault)
            : null;

    /// <summary>Whether the file may be a safetensors file, whatever its name, that is cut off or damaged further on.</summary>
    private static bool CanBeHeaderLength(ReadOnlySpan<byte> start) =>
        BinaryPrimitives.TryReadUInt64LittleEndian(start, out ulong length) && length is > 0 and <= SafeTensorsReader.MaxHeaderBytes;

    private static (string What, string Remedy)? Zip(ReadOnlySpan<byte> start, Stream stream, string source)
    {
        if (!start.StartsWith("PK\u0003\u0004"u8) && !start.StartsWith("PK\u0005\u0006"u8))
        {
            return null;
        }

        Span<byte> more = stackalloc byte[ZipStartBytes];
        more = more[..stream.ReadAtLeast(more, more.Length, throwOnEndOfStream: false)];
        return more.IndexOf("data.pkl"u8) >= 0 ? ("a zip with a pickle in it, as torch.save writes", Pickle)
            : more.IndexOf("metadata.json"u8) >= 0 || more.IndexOf("config.json"u8) >= 0 ? ("a zip, as Keras's .keras is", Keras)
            : more.IndexOf(".npy"u8) >= 0 ? ("a zip, as NumPy's .npz is", Export)
            : ByExtension(source) is (_, var remedy) ? ("a zip", remedy)
            : ("a zip", Unpack);
    }

    private static (string What, string Remedy)? Plain(ReadOnlySpan<byte> start)
    {
        foreach ((byte[] signature, string what, string remedy) in Signatures)
        {
            if (start.StartsWith(signature))
            {
                return (what, remedy);
            }
        }

        // The third byte tells a pickle from the length of a header of 640 bytes.
        bool isPickle = start.Length > 2
            && start[0] == 0x80
            && start[1] is >= FirstPickleProtocol and <= LastPickleProtocol
            && start[2] != 0;
        return isPickle ? ("a pickle", Pickle) : null;
    }

    private static (string What, string Remedy)? ByExtension(string source) => Path.GetExtension(source).ToLowerInvariant() switch
    {
        ".pt" or ".pth" or ".ckpt" or ".bin" or ".pkl" or ".pickle" => ("something else, by its name a pickle", Pickle),
        ".h5" or ".hdf5" or ".keras" => ("something else, by its name one of Keras", Keras),
        ".npy" or ".npz" or ".onnx" or ".gguf" => ("something else", Export),
        _ => null,
    };
}
