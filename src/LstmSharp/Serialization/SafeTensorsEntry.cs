namespace LstmSharp;

/// <summary>One tensor as a safetensors header tells of it.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Type">The element type, such as F32.</param>
/// <param name="Shape">The sizes, outermost first; empty for a scalar.</param>
/// <param name="Begin">The first byte, counted from the end of the header.</param>
/// <param name="End">The byte after the last.</param>
/// <param name="Offset">Where the entry stands in the file.</param>
internal sealed record SafeTensorsEntry(string Name, string Type, long[] Shape, long Begin, long End, long Offset)
{
    /// <summary>The number of elements.</summary>
    public long Count => (End - Begin) / TensorType.BytesOf(Type);
}
