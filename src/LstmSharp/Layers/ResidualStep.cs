using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>A step through layers and round them.</summary>
/// <param name="size">The number of values that enter, and that leave.</param>
/// <param name="layers">The layers' steps, without those that change nothing.</param>
internal sealed unsafe class ResidualStep(int size, LayerStep[] layers)
    : LayerStep(
        Panels.RowStride(size),
        layers.Sum(layer => layer.StateSize),
        Panels.RowStride(size) + layers.Sum(layer => layer.WorkSize))
{
    public override IEnumerable<RecurrentStep> Recurrent => layers.SelectMany(layer => layer.Recurrent);

    public override void Prepare()
    {
        foreach (LayerStep layer in layers)
        {
            layer.Prepare();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float* Run(float* input, int inputStride, int rows, bool isOdd, float* states, float* work)
    {
        float* sums = work, values = input;
        int stride = inputStride;
        work += (nint)rows * Stride;
        foreach (LayerStep layer in layers)
        {
            values = layer.Run(values, stride, rows, isOdd, states, work);
            stride = layer.Stride;
            states += (nint)rows * layer.StateSize;
            work += (nint)rows * layer.WorkSize;
        }

        for (int row = 0; row < rows; row++)
        {
            TensorPrimitives.Add(
                new ReadOnlySpan<float>(input + ((nint)row * inputStride), size),
                new ReadOnlySpan<float>(values + ((nint)row * stride), size),
                new Span<float>(sums + ((nint)row * Stride), size));
        }

        return sums;
    }
}
