using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LstmSharp;

/// <summary>From a tensor at the face to the plain span below it.</summary>
internal static class TensorValues
{
    /// <summary>The values row-major: the tensor's own memory where it is dense, else a copy.</summary>
    public static ReadOnlySpan<float> Of(in ReadOnlyTensorSpan<float> tensor)
    {
        int count = checked((int)tensor.FlattenedLength);
        if (tensor.IsDense)
        {
            return MemoryMarshal.CreateReadOnlySpan(in tensor.GetPinnableReference(), count);
        }

        float[] copy = new float[count];
        tensor.FlattenTo(copy);
        return copy;
    }

    /// <summary>A shape for a message: [3, 2, 8].</summary>
    public static string Shape(in ReadOnlyTensorSpan<float> tensor) => $"[{string.Join(", ", tensor.Lengths.ToArray())}]";
}
