using System.Runtime.CompilerServices;
using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>The gradients of all weights that make one set of sums: dW += dSᵀ · [left₁, left₂, …, 1] over all rows.</summary>
/// <remarks>The bias is the weight of an input that is always 1. Each gradient of a call is one chain of fused multiply-adds
/// over the rows in ascending order, whatever the width; it is then added to what the parameter's gradient holds.</remarks>
internal sealed unsafe class WeightGradients
{
    /// <summary>How many rows are transposed and packed at a time. The chains continue from block to block.</summary>
    private const int RowsPerBlock = 256;

    /// <summary>The distance between two inputs in a transposed block: not a power of two, lest all meet in one set of the cache.</summary>
    private const int BlockStride = RowsPerBlock + 16;

    /// <summary>How many values are moved together where rows become columns: one cache line.</summary>
    private const int ValuesAtATime = 16;

    private readonly AlignedBuffer _left = new();
    private readonly AlignedBuffer _right = new();
    private readonly AlignedBuffer _sums = new();

    /// <summary>One factor of the product: an input whose weights' gradient is wanted.</summary>
    /// <param name="rows">The first row's values.</param>
    /// <param name="stride">The distance between two rows.</param>
    /// <param name="width">The number of values in a row.</param>
    internal readonly struct Factor(float* rows, nint stride, int width)
    {
        public float* Rows { get; } = rows;

        public nint Stride { get; } = stride;

        public int Width { get; } = width;
    }

    /// <summary>Adds the gradients over all rows.</summary>
    /// <param name="simd">The vector width.</param>
    /// <param name="sumGradient">dS, <c>[row][gate][RowStride(units)]</c>.</param>
    /// <param name="gates">The number of gates.</param>
    /// <param name="units">The number of units of a gate.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="factors">The inputs of the sums, each with as many rows.</param>
    /// <param name="gradients">The gradient of each factor's weights [gates × units, width], then of the bias.</param>
    public void Add(
        SimdWidth simd,
        float* sumGradient,
        int gates,
        int units,
        int rows,
        ReadOnlySpan<Factor> factors,
        ReadOnlySpan<Parameter> gradients)
    {
        int columns = gates * units;
        int stride = Panels.RowStride(columns);
        nint gatesStride = (nint)gates * Panels.RowStride(units);
        int inputs = 1;
        foreach (Factor factor in factors)
        {
            inputs += factor.Width;
        }

        Panels panels = Panels.Plain(simd, columns);
        float* left = _left.Reserve((long)inputs * BlockStride);
        float* right = _right.Reserve((long)panels.Count * Panels.Vectors * simd.Lanes() * RowsPerBlock);
        float* sums = _sums.Reserve((inputs + 1L) * stride);
        float* zeros = sums + ((nint)inputs * stride);
        new Span<float>(left + ((nint)(inputs - 1) * BlockStride), RowsPerBlock).Fill(1);
        new Span<float>(zeros, stride).Clear();

        bool first = true;
        for (int row = 0; row < rows; row += RowsPerBlock, first = false)
        {
            int count = Math.Min(RowsPerBlock, rows - row);
            TransposeFactors(factors, row, count, left);
            PanelPacking.Pack(simd, sumGradient + (row * gatesStride), gatesStride, count, gates, units, right);
            var product = new Product
            {
                Initial = first ? zeros : sums,
                InitialStride = first ? 0 : stride,
                Result = sums,
                ResultStride = stride,
                Rows = inputs,
                Panels = panels,
            };
            product.Append(new Segment(left, BlockStride, count, right));
            PanelProduct.Run(simd, product, default(NoEpilogue));
        }

        if (rows > 0)
        {
            AddTransposed(sums, stride, columns, factors, gradients);
        }
    }

    private static void TransposeFactors(ReadOnlySpan<Factor> factors, int firstRow, int rows, float* left)
    {
        foreach (Factor factor in factors)
        {
            for (int row = 0; row < rows; row += ValuesAtATime)
            {
                float* source = factor.Rows + ((firstRow + row) * factor.Stride);
                Transpose(source, factor.Stride, Math.Min(ValuesAtATime, rows - row), factor.Width, left + row);
            }

            left += (nint)factor.Width * BlockStride;
        }
    }

    /// <summary>Writes a few rows as columns, so that each cache line is written at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(float* source, nint stride, int rows, int width, float* target)
    {
        for (nint k = 0; k < width; k++, target += BlockStride)
        {
            float* value = source + k;
            for (int row = 0; row < rows; row++, value += stride)
            {
                target[row] = *value;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTransposed(
        float* sums, int stride, int columns, ReadOnlySpan<Factor> factors, ReadOnlySpan<Parameter> gradients)
    {
        for (int parameter = 0; parameter < gradients.Length; parameter++)
        {
            int width = parameter < factors.Length ? factors[parameter].Width : 1;
            Span<float> gradient = gradients[parameter].Edit();
            for (int column = 0; column < columns; column += ValuesAtATime)
            {
                int count = Math.Min(ValuesAtATime, columns - column);
                for (int k = 0; k < width; k++)
                {
                    float* sum = sums + ((nint)k * stride) + column;
                    for (int n = 0; n < count; n++)
                    {
                        gradient[((column + n) * width) + k] += sum[n];
                    }
                }
            }

            sums += (nint)width * stride;
        }
    }
}
