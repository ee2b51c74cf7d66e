using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LstmSharp;

/// <summary>From tensors, as users hold them, to plain spans.</summary>
internal static class TensorValues
{
    /// <summary>The values row-major: the tensor's own memory where it is dense, else a copy.</summary>
    public static ReadOnlySpan<T> Of<T>(scoped in ReadOnlyTensorSpan<T> tensor)
    {
        int count = checked((int)tensor.FlattenedLength);
        if (tensor.IsDense)
        {
            return MemoryMarshal.CreateReadOnlySpan(in tensor.GetPinnableReference(), count);
        }

        T[] copy = new T[count];
        tensor.FlattenTo(copy);
        return copy;
    }

    /// <summary>All values of a dense tensor span, row-major: its own memory.</summary>
    public static Span<float> Of(in TensorSpan<float> tensor) =>
        MemoryMarshal.CreateSpan(ref tensor.GetPinnableReference(), checked((int)tensor.FlattenedLength));

    /// <summary>All values of a dense tensor, row-major: its own memory.</summary>
    public static Span<T> Of<T>(Tensor<T> tensor)
    {
        if (tensor.FlattenedLength == 0)
        {
            return [];
        }

        ReadOnlySpan<nint> origin = stackalloc nint[tensor.Rank];
        return tensor.GetSpan(origin, checked((int)tensor.FlattenedLength));
    }

    /// <summary>The values of one time step of a dense sequence [SequenceLength, BatchSize, Features], row-major: its own memory.</summary>
    public static Span<float> Step(Tensor<float> sequence, int t)
    {
        int count = checked((int)(sequence.Lengths[1] * sequence.Lengths[2]));
        return Of(sequence).Slice(t * count, count);
    }

    /// <summary>The tensor itself where its values lie row-major without gaps, otherwise a copy that does.</summary>
    public static Tensor<T> Dense<T>(Tensor<T> tensor) => tensor.IsDense ? tensor : tensor.ToDenseTensor();

    /// <summary>A shape for a message, such as <c>[30, 8, 6]</c>.</summary>
    public static string Shape(ReadOnlySpan<nint> lengths) => $"[{string.Join(", ", lengths.ToArray())}]";
}
