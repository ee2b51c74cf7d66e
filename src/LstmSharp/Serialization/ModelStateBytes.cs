using System.Buffers.Binary;
using System.Globalization;

namespace LstmSharp;

/// <summary>States as bytes and back, to go on in another process or on another machine.</summary>
/// <remarks>All numbers are little-endian, on every machine:
/// <code>
/// 8 bytes   "LSTMSTAT"
/// int32     the format's version, 1
/// int32     BatchSize B
/// int32     the number of recurrent layers
///           for each of them: int32 kind (1 vanilla RNN, 2 LSTM, 3 GRU), int32 HiddenSize H
///           for each of them: float32 h [B, H], and for an LSTM then c [B, H]
/// uint32    CRC-32C of all bytes before (Castagnoli, Bräuer and Herrmann 1993; RFC 3720)
/// </code>
/// The values keep their bits. Weights are not in it: see <see cref="ModelFile"/>.</remarks>
public static class ModelStateBytes
{
    private const int Version = 1;
    private const int VanillaRnnKind = 1;
    private const int LstmKind = 2;
    private const int GruKind = 3;

    private const int VersionAt = 8;
    private const int BatchSizeAt = 12;
    private const int LayersAt = 16;
    private const int HeaderBytes = 20;
    private const int LayerBytes = 8;
    private const int ChecksumBytes = 4;

    private static ReadOnlySpan<byte> Magic => "LSTMSTAT"u8;

    /// <summary>Bytes and back.</summary>
    /// <param name="state">The states to write.</param>
    extension(ModelState state)
    {
        /// <summary>Writes the states, in the format that <see cref="ModelStateBytes"/> describes.</summary>
        /// <exception cref="InvalidOperationException">One array cannot hold so many bytes.</exception>
        public byte[] ToBytes()
        {
            ArgumentNullException.ThrowIfNull(state);
            long size = HeaderBytes + ((long)LayerBytes * state.Count) + ChecksumBytes;
            size += state.Sum(layer => layer.Parts.Sum(part => sizeof(float) * (long)part.Values.Length));
            if (size > Array.MaxLength)
            {
                throw new InvalidOperationException(
                    $"{state}: ToBytes needs an array of {size} bytes, but {Array.MaxLength} are the most; take snapshots of single rows.");
            }

            byte[] bytes = new byte[size];
            WriteHeader(state, bytes);
            Span<byte> rest = bytes.AsSpan(HeaderBytes + (LayerBytes * state.Count));
            foreach (CellStatePart part in state.SelectMany(layer => layer.Parts))
            {
                WriteValues(part.Values, ref rest);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(rest, Crc32C.Of(bytes.AsSpan(..^ChecksumBytes)));
            return bytes;
        }

        /// <summary>Reads what <see cref="ToBytes"/> wrote. All bytes are checked before anything is allocated.</summary>
        /// <param name="bytes">Exactly the bytes of the states.</param>
        /// <exception cref="ModelFileException">The bytes are damaged, are no states, or are of a later format.</exception>
        public static ModelState FromBytes(ReadOnlySpan<byte> bytes)
        {
            int layers = CheckHeader(bytes);
            CheckLayers(bytes, layers);
            int batchSize = Int32At(bytes, BatchSizeAt);
            CellState[] states = new CellState[layers];
            ReadOnlySpan<byte> rest = bytes[(HeaderBytes + (LayerBytes * layers))..];
            for (int n = 0; n < layers; n++)
            {
                (int kind, int hiddenSize) = LayerAt(bytes, n);
                states[n] = kind switch
                {
                    LstmKind => new LstmState(batchSize, hiddenSize),
                    GruKind => new GruState(batchSize, hiddenSize),
                    _ => new VanillaRnnState(batchSize, hiddenSize),
                };
                foreach (CellStatePart part in states[n].Parts)
                {
                    ReadValues(ref rest, part.Values);
                }
            }

            return new ModelState(states, batchSize);
        }
    }

    private static void WriteHeader(ModelState state, Span<byte> bytes)
    {
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[VersionAt..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[BatchSizeAt..], state.BatchSize);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[LayersAt..], state.Count);
        for (int n = 0; n < state.Count; n++)
        {
            Span<byte> layer = bytes[(HeaderBytes + (n * LayerBytes))..];
            BinaryPrimitives.WriteInt32LittleEndian(layer, KindOf(state[n]));
            BinaryPrimitives.WriteInt32LittleEndian(layer[sizeof(int)..], state[n].HiddenSize);
        }
    }

    private static int KindOf(CellState state) => state switch
    {
        LstmState => LstmKind,
        GruState => GruKind,
        _ => VanillaRnnKind,
    };

    /// <summary>Checks everything but the layers.</summary>
    /// <returns>The number of layers, whose kinds and sizes the bytes do hold.</returns>
    private static int CheckHeader(ReadOnlySpan<byte> bytes)
    {
        const int least = HeaderBytes + ChecksumBytes;
        if (bytes.Length < least)
        {
            throw Fault("its length", $"{least} bytes or more", Text(bytes.Length));
        }

        if (!bytes.StartsWith(Magic))
        {
            throw Fault("the first 8 bytes", "LSTMSTAT", Convert.ToHexString(bytes[..Magic.Length]), offset: 0);
        }

        if (Int32At(bytes, VersionAt) is not Version and var version)
        {
            throw Fault("the format", Text(Version), Text(version), VersionAt, "A later version of LstmSharp may read it.");
        }

        uint expected = Crc32C.Of(bytes[..^ChecksumBytes]), actual = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumBytes..]);
        if (expected != actual)
        {
            throw Fault("the checksum", $"{expected:X8}", $"{actual:X8}", bytes.Length - ChecksumBytes, "Some bytes were changed or are missing.");
        }

        if (Int32At(bytes, BatchSizeAt) is < 0 and var batchSize)
        {
            throw Fault("BatchSize", "0 or more", Text(batchSize), BatchSizeAt);
        }

        int most = Math.Min((bytes.Length - least) / LayerBytes, SequenceModelBuilder.MaxLayers);
        return Int32At(bytes, LayersAt) is var layers && layers >= 0 && layers <= most
            ? layers
            : throw Fault("the number of layers", $"0 to {most}", Text(layers), LayersAt);
    }

    /// <summary>Checks that the bytes hold the layers' values and nothing else.</summary>
    private static void CheckLayers(ReadOnlySpan<byte> bytes, int layers)
    {
        long length = HeaderBytes + ((long)LayerBytes * layers) + ChecksumBytes;
        for (int n = 0; n < layers; n++)
        {
            (int kind, int hiddenSize) = LayerAt(bytes, n);
            int kindAt = HeaderBytes + (n * LayerBytes);
            if (kind is not (VanillaRnnKind or LstmKind or GruKind))
            {
                throw Fault($"layer {n}'s kind", $"{VanillaRnnKind}, {LstmKind} or {GruKind}", Text(kind), kindAt);
            }

            long values = (long)Int32At(bytes, BatchSizeAt) * hiddenSize;
            if (hiddenSize < 1 || values > Array.MaxLength)
            {
                throw Fault(
                    $"layer {n}'s HiddenSize", $"1 or more, times BatchSize at most {Array.MaxLength}", Text(hiddenSize), kindAt + sizeof(int));
            }

            length += (kind == LstmKind ? 2 : 1) * sizeof(float) * values;
        }

        if (length != bytes.Length)
        {
            throw Fault("its length", $"{length} bytes, as its layers need", Text(bytes.Length));
        }
    }

    private static (int Kind, int HiddenSize) LayerAt(ReadOnlySpan<byte> bytes, int layer)
    {
        int offset = HeaderBytes + (layer * LayerBytes);
        return (Int32At(bytes, offset), Int32At(bytes, offset + sizeof(int)));
    }

    private static int Int32At(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);

    private static void WriteValues(ReadOnlySpan<float> values, ref Span<byte> bytes)
    {
        int size = values.Length * sizeof(float);
        LittleEndianFloats.Write(values, bytes[..size]);
        bytes = bytes[size..];
    }

    private static void ReadValues(ref ReadOnlySpan<byte> bytes, Span<float> values)
    {
        int size = values.Length * sizeof(float);
        LittleEndianFloats.Read(bytes[..size], values);
        bytes = bytes[size..];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static ModelFileException Fault(string what, string expected, string actual, long? offset = null, string? remedy = null) =>
        new("the state", what, expected, actual, offset: offset, remedy: remedy);
}
