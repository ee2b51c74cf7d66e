using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Row-major tensors and their values as one span.</summary>
internal static class DenseTensor
{
    /// <summary>The tensor itself where its values lie row-major without gaps, otherwise a copy that does.</summary>
    public static Tensor<T> Of<T>(Tensor<T> tensor) => tensor.IsDense ? tensor : tensor.ToDenseTensor();

    /// <summary>All values of a dense tensor in row-major order.</summary>
    public static Span<T> ValuesOf<T>(Tensor<T> tensor)
    {
        if (tensor.FlattenedLength == 0)
        {
            return [];
        }

        ReadOnlySpan<nint> origin = stackalloc nint[tensor.Rank];
        return tensor.GetSpan(origin, checked((int)tensor.FlattenedLength));
    }

    /// <summary>The shape as text, such as <c>[30, 8, 6]</c>.</summary>
    public static string ShapeOf<T>(Tensor<T> tensor) => $"[{string.Join(", ", tensor.Lengths.ToArray())}]";
}
