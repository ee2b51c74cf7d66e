using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>The gradients of a layer's sums, dS, for every row of every time step.</summary>
/// <param name="data">The first row, <c>[gate][RowStride(units)]</c>.</param>
/// <param name="stride">The distance between two rows.</param>
/// <param name="gates">How many gates there are; 1 for plain rows.</param>
/// <param name="units">How many units a gate has.</param>
/// <param name="rows">How many rows there are.</param>
internal readonly unsafe struct SumGradients(float* data, nint stride, int gates, int units, int rows)
{
    public float* Data { get; } = data;

    public nint Stride { get; } = stride;

    public int Gates { get; } = gates;

    public int Units { get; } = units;

    public int Rows { get; } = rows;

    /// <summary>The gradients of neighbouring gates' sums.</summary>
    public SumGradients Some(int firstGate, int count) =>
        new(Data + ((nint)firstGate * Panels.RowStride(Units)), Stride, count, Units, Rows);
}

/// <summary>One input of a layer's sums, whose weights' gradient is wanted.</summary>
/// <param name="data">The first row.</param>
/// <param name="stride">The distance between two rows, which are padded to <see cref="Panels.RowStride"/>.</param>
/// <param name="width">How many values a row has.</param>
internal readonly unsafe struct Factor(float* data, nint stride, int width)
{
    public float* Data { get; } = data;

    public nint Stride { get; } = stride;

    public int Width { get; } = width;
}

/// <summary>What the gradients of a recurrent cell's weights are made of, for neighbouring rows of time steps.</summary>
internal readonly unsafe struct SumFactors
{
    /// <summary>The gradients of all columns of sums.</summary>
    public required SumGradients Sums { get; init; }

    /// <summary>x.</summary>
    public required Factor Input { get; init; }

    /// <summary>h₋₁.</summary>
    public required Factor PreviousHidden { get; init; }

    /// <summary>What the cell kept of the steps for the way back; the first row.</summary>
    public required float* Activations { get; init; }
}

/// <summary>The gradients of all weights that make one set of sums: dW += dSᵀ · left, db += dSᵀ · 1.</summary>
/// <remarks>Each gradient is one chain of fused multiply-adds that goes on from what the parameter's gradient holds, over the rows in
/// ascending order, whatever the width and the number of threads. Nothing is packed: a tile reads dS by columns and the input by
/// rows, where they lie.</remarks>
internal sealed unsafe class WeightGradients
{
    /// <summary>How many rows are summed at a time: their columns of dS stay in the second-level cache. The chains go on from block to
    /// block.</summary>
    private const int RowsPerBlock = 256;

    private readonly AlignedBuffer _tails = new();
    private readonly AlignedBuffer _one = new();

    public WeightGradients() => *_one.Reserve(1) = 1;

    /// <summary>Adds the gradients of weights over all rows.</summary>
    /// <param name="machine">What computes.</param>
    /// <param name="sums">dS.</param>
    /// <param name="factor">What the weights were multiplied by, with as many rows.</param>
    /// <param name="gradient">The gradient of the weights [blocks × units, width].</param>
    /// <param name="firstBlock">The first block of it that is meant: one for each gate of the sums.</param>
    public void AddWeights(Machine machine, SumGradients sums, Factor factor, Parameter gradient, int firstBlock = 0)
    {
        _tails.Reserve((long)sums.Units * TailColumns(machine.Width));
        var work = new OfWeights { Owner = this, Width = machine.Width, Sums = sums, Factor = factor };
        gradient.Edit((machine.Crew, Start: firstBlock * sums.Units * factor.Width, Work: work), static (values, all) =>
        {
            fixed (float* gradient = values)
            {
                all.Crew.Run(
                    Math.Min(all.Crew.Size, all.Work.Sums.Units), all.Work with { Gradient = gradient + all.Start });
            }
        });
    }

    /// <summary>Adds the gradient of a bias over all rows.</summary>
    /// <param name="machine">What computes.</param>
    /// <param name="sums">dS.</param>
    /// <param name="gradient">The gradient of the bias [gates × units].</param>
    public void AddBias(Machine machine, SumGradients sums, Parameter gradient)
    {
        var work = new OfBias { Owner = this, Width = machine.Width, Sums = sums };
        gradient.Edit((machine.Crew, Work: work), static (values, all) =>
        {
            fixed (float* gradient = values)
            {
                all.Crew.Run(Math.Min(all.Crew.Size, all.Work.Sums.Units), all.Work with { Gradient = gradient });
            }
        });
    }

    /// <summary>How many columns the smallest tile writes; what is left of a row beyond a multiple of them makes a detour.</summary>
    private static int TailColumns(SimdWidth width) => Panels.Vectors / 2 * width.Lanes();

    /// <summary>result += leftᵀ · right over all rows.</summary>
    private static void AddProduct(SimdWidth width, TransposedProduct product, float* tail)
    {
        int tailColumns = TailColumns(width);
        int whole = product.Columns / tailColumns * tailColumns;
        var wholePanels = Panels.Plain(width, whole);
        var tailPanel = Panels.Plain(width, tailColumns);
        CopyTail(product, whole, product.Result + whole, product.Columns, tail, tailColumns);
        for (int row = 0; row < product.Rows; row += RowsPerBlock)
        {
            int rows = Math.Min(RowsPerBlock, product.Rows - row);
            if (whole > 0)
            {
                AddBlock(width, product, row, rows, firstColumn: 0, wholePanels, product.Result, product.Columns);
            }

            if (whole < product.Columns)
            {
                AddBlock(width, product, row, rows, firstColumn: whole, tailPanel, tail, tailColumns);
            }
        }

        CopyTail(product, whole, tail, tailColumns, product.Result + whole, product.Columns);
    }

    private static void AddBlock(
        SimdWidth width, in TransposedProduct whole, int row, int rows, int firstColumn, Panels panels, float* result, int resultStride)
    {
        PanelRows results = panels.In(result, resultStride);
        var product = new Product { Initial = results, Result = results, Rows = whole.ResultRows, Panels = panels };
        product.Append(new Segment
        {
            Left = whole.Left + (row * whole.LeftStep),
            LeftRowStride = whole.LeftRowStride,
            LeftStep = whole.LeftStep,
            Depth = rows,
            Right = whole.Right + (row * whole.RightStep) + firstColumn,
            PanelStride = panels.UnitsPerPanel,
            RightStep = whole.RightStep,
        });
        PanelProduct.Run(width, product, default(NoEpilogue));
    }

    /// <summary>Moves the columns that fill no tile to where whole tiles may be written, or back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyTail(in TransposedProduct product, int whole, float* from, int fromStride, float* to, int toStride)
    {
        int columns = product.Columns - whole;
        for (int row = 0; columns > 0 && row < product.ResultRows; row++, from += fromStride, to += toStride)
        {
            int column = 0;
            for (; column <= columns - Vector128<float>.Count; column += Vector128<float>.Count)
            {
                Vector128.Store(Vector128.Load(from + column), to + column);
            }

            for (; column < columns; column++)
            {
                to[column] = from[column];
            }
        }
    }

    /// <summary>Two factors with as many rows each, whose columns are multiplied by one another.</summary>
    private struct TransposedProduct
    {
        public required float* Left;

        /// <summary>The distance between two columns of the left factor.</summary>
        public required nint LeftRowStride;

        /// <summary>The distance between two rows of the left factor.</summary>
        public required nint LeftStep;

        public required float* Right;

        public required nint RightStep;

        public required int Rows;

        /// <summary>[ResultRows, Columns].</summary>
        public required float* Result;

        public required int ResultRows;

        public required int Columns;
    }

    /// <summary>dW, for shares of every gate's units.</summary>
    private struct OfWeights : ISharedWork
    {
        public required WeightGradients Owner;

        public required SimdWidth Width;

        public required SumGradients Sums;

        public required Factor Factor;

        /// <summary>Where the sums go on from what is there.</summary>
        public float* Gradient;

        public readonly void Run(int share, int shares)
        {
            Share units = Share.Of(Sums.Units, share, shares);
            float* tail = Owner._tails.Pointer + ((nint)units.First * TailColumns(Width));
            for (nint gate = 0; gate < Sums.Gates; gate++)
            {
                AddProduct(
                    Width,
                    new TransposedProduct
                    {
                        Left = Sums.Data + (gate * Panels.RowStride(Sums.Units)) + units.First,
                        LeftRowStride = 1,
                        LeftStep = Sums.Stride,
                        Right = Factor.Data,
                        RightStep = Factor.Stride,
                        Rows = Sums.Rows,
                        Result = Gradient + (((gate * Sums.Units) + units.First) * Factor.Width),
                        ResultRows = units.Count,
                        Columns = Factor.Width,
                    },
                    tail);
            }
        }
    }

    /// <summary>db: the gradient of the weights of an input that is always 1, for shares of every gate's units.</summary>
    private struct OfBias : ISharedWork
    {
        public required WeightGradients Owner;

        public required SimdWidth Width;

        public required SumGradients Sums;

        /// <summary>Where the sums go on from what is there.</summary>
        public float* Gradient;

        public readonly void Run(int share, int shares)
        {
            Share units = Share.Of(Sums.Units, share, shares);
            float* tail = stackalloc float[TailColumns(Width)];
            for (nint gate = 0; gate < Sums.Gates; gate++)
            {
                AddProduct(
                    Width,
                    new TransposedProduct
                    {
                        Left = Owner._one.Pointer,
                        LeftRowStride = 0,
                        LeftStep = 0,
                        Right = Sums.Data + (gate * Panels.RowStride(Sums.Units)) + units.First,
                        RightStep = Sums.Stride,
                        Rows = Sums.Rows,
                        Result = Gradient + (gate * Sums.Units) + units.First,
                        ResultRows = 1,
                        Columns = units.Count,
                    },
                    tail);
            }
        }
    }
}
