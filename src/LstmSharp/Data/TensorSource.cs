using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LstmSharp;

/// <summary>Sequences that lie in a tensor as a batch would: no copy, but the tensor's own memory.</summary>
/// <param name="tensor">Dense, shape [steps, Count, Size], of at most as many values as an array can hold.</param>
internal sealed class TensorSource<T>(Tensor<T> tensor)
    : SequenceSource<T>((int)tensor.Lengths[1], (int)tensor.Lengths[0], (int)tensor.Lengths[2])
    where T : unmanaged
{
    public Tensor<T> Tensor { get; } = tensor;

    public override Tensor<T> ToTensor(object owner, string name) => Tensor;

    public override void CopyStep(int sample, int step, Span<T> destination)
    {
        Span<T> values = MemoryMarshal.CreateSpan(ref Tensor.GetPinnableReference(), MaxLength * Count * Size);
        values.Slice(((step * Count) + sample) * Size, Size).CopyTo(destination);
    }
}
