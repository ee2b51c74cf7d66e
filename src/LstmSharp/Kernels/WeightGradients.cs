namespace LstmSharp.Kernels;

/// <summary>The gradients of all weights that make one set of sums: dW += dSᵀ · [left₁, left₂, …, 1] over all rows.</summary>
/// <remarks>The bias is the weight of an input that is always 1. Each gradient of a call is one chain of fused multiply-adds
/// over the rows in ascending order, whatever the width; it is then added to what the parameter's gradient holds.</remarks>
internal sealed unsafe class WeightGradients
{
    /// <summary>How many rows are transposed and packed at a time. The chains continue from block to block.</summary>
    private const int RowsPerBlock = 256;

    private readonly AlignedBuffer _left = new();
    private readonly AlignedBuffer _compact = new();
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
        int inputs = 1;
        foreach (Factor factor in factors)
        {
            inputs += factor.Width;
        }

        Panels panels = Panels.Plain(simd, columns);
        float* left = _left.Reserve((long)inputs * RowsPerBlock);
        float* compact = _compact.Reserve((long)RowsPerBlock * stride);
        float* right = _right.Reserve((long)panels.Count * Panels.Vectors * simd.Lanes() * RowsPerBlock);
        float* sums = _sums.Reserve((inputs + 1L) * stride);
        float* zeros = sums + ((nint)inputs * stride);
        new Span<float>(left + ((inputs - 1) * RowsPerBlock), RowsPerBlock).Fill(1);
        new Span<float>(zeros, stride).Clear();

        bool first = true;
        for (int row = 0; row < rows; row += RowsPerBlock, first = false)
        {
            int count = Math.Min(RowsPerBlock, rows - row);
            TransposeFactors(factors, row, count, left);
            Compact(sumGradient, gates, units, row, count, compact, stride);
            PanelPacking.Pack(simd, compact, stride, count, columns, right);
            var product = new Product
            {
                Initial = first ? zeros : sums,
                InitialStride = first ? 0 : stride,
                Result = sums,
                ResultStride = stride,
                Rows = inputs,
                Panels = panels,
            };
            product.Append(new Segment(left, RowsPerBlock, count, right));
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
            for (int row = 0; row < rows; row++)
            {
                float* source = factor.Rows + ((firstRow + row) * factor.Stride);
                float* target = left + row;
                for (int k = 0; k < factor.Width; k++, target += RowsPerBlock)
                {
                    *target = source[k];
                }
            }

            left += (nint)factor.Width * RowsPerBlock;
        }
    }

    /// <summary>Moves the gates' units side by side, without the padding between them.</summary>
    private static void Compact(float* source, int gates, int units, int firstRow, int rows, float* target, int targetStride)
    {
        int gateStride = Panels.RowStride(units);
        for (int row = 0; row < rows; row++)
        {
            for (int gate = 0; gate < gates; gate++)
            {
                float* from = source + (((((nint)firstRow + row) * gates) + gate) * gateStride);
                new ReadOnlySpan<float>(from, units).CopyTo(new Span<float>(target + ((nint)row * targetStride) + (gate * units), units));
            }
        }
    }

    private static void AddTransposed(
        float* sums, int stride, int columns, ReadOnlySpan<Factor> factors, ReadOnlySpan<Parameter> gradients)
    {
        for (int n = 0; n < gradients.Length; n++)
        {
            int width = n < factors.Length ? factors[n].Width : 1;
            Span<float> gradient = gradients[n].Edit();
            for (int column = 0; column < columns; column++)
            {
                Span<float> row = gradient.Slice(column * width, width);
                float* sum = sums + column;
                for (int k = 0; k < row.Length; k++, sum += stride)
                {
                    row[k] += *sum;
                }
            }

            sums += (nint)width * stride;
        }
    }
}
