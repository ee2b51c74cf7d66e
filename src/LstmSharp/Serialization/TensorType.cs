using System.Buffers.Binary;

namespace LstmSharp;

/// <summary>The element types of safetensors: how large they are, and those of them that turn into float32.</summary>
internal static class TensorType
{
    public const string F32 = "F32";
    public const string F64 = "F64";
    private const string F16 = "F16";
    private const string BF16 = "BF16";
    private const int BFloat16Shift = 16;

    private static readonly int[] Sizes = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 8, 8, 8, 8];

    /// <summary>The names that a header may hold.</summary>
    public static readonly string[] Names =
    [
        "BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "I16", "U16", F16, BF16, "I32", "U32", F32, "I64", "U64", F64, "C64",
    ];

    /// <summary>Whether a type's elements can be read as float32.</summary>
    public static bool IsReadable(string type) => type is F32 or F16 or BF16 or F64;

    /// <summary>The bytes of one element.</summary>
    public static int BytesOf(string type) => Sizes[Array.IndexOf(Names, type)];

    /// <summary>The type as which weights are written.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such type.</exception>
    public static string Of(WeightType type) => type switch
    {
        WeightType.F32 => F32,
        WeightType.BF16 => BF16,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "SafeTensors: weights can be written as F32 or BF16."),
    };

    /// <summary>Turns a file's elements into float32: exactly, but F64, which is rounded to the nearest, ties to even.</summary>
    /// <param name="type">A readable type.</param>
    /// <param name="bytes">The elements, little-endian.</param>
    /// <param name="values">Receives them.</param>
    public static void ToFloats(string type, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        if (type == F32)
        {
            LittleEndianFloats.Read(bytes, values);
            return;
        }

        int size = BytesOf(type);
        for (int n = 0; n < values.Length; n++)
        {
            ReadOnlySpan<byte> element = bytes.Slice(n * size, size);
            values[n] = type switch
            {
                F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                BF16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(element) << BFloat16Shift),
                _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
            };
        }
    }

    /// <summary>The first element that was finite, but is not so as float32; −1 where there is none.</summary>
    /// <param name="type">The elements' type.</param>
    /// <param name="bytes">The elements.</param>
    /// <param name="values">What <see cref="ToFloats"/> made of them.</param>
    public static int FirstOverflow(string type, ReadOnlySpan<byte> bytes, ReadOnlySpan<float> values)
    {
        for (int n = 0; type == F64 && n < values.Length; n++)
        {
            if (float.IsInfinity(values[n]) && double.IsFinite(BinaryPrimitives.ReadDoubleLittleEndian(bytes[(n * sizeof(double))..])))
            {
                return n;
            }
        }

        return -1;
    }

    /// <summary>Turns weights into a file's elements.</summary>
    /// <param name="type">How they are written.</param>
    /// <param name="values">The weights.</param>
    /// <param name="bytes">Receives them, little-endian.</param>
    public static void ToBytes(WeightType type, ReadOnlySpan<float> values, Span<byte> bytes)
    {
        if (type == WeightType.F32)
        {
            LittleEndianFloats.Write(values, bytes);
            return;
        }

        for (int n = 0; n < values.Length; n++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[(n * sizeof(ushort))..], ToBFloat16(values[n]));
        }
    }

    /// <summary>The upper half of the nearest float whose lower half is 0, ties to even; of a NaN a quiet one.</summary>
    private static ushort ToBFloat16(float value)
    {
        const uint quiet = 0x0040;
        const uint half = 0x7FFF;
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint upper = bits >> BFloat16Shift;
        return (ushort)(float.IsNaN(value) ? upper | quiet : (bits + half + (upper & 1)) >> BFloat16Shift);
    }
}
