using System.Runtime.CompilerServices;
using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>In which order a <see cref="PackedWeights"/> keeps a parameter.</summary>
internal enum PackingOrder
{
    /// <summary>Weights [Gates × Units, Depth] as panels over the units, for sums over the depth: the forward products.</summary>
    Forward,

    /// <summary>The same weights as panels over the depth, one block of panels per gate, for sums over the units: the backward
    /// products.</summary>
    Backward,

    /// <summary>A bias [Gates × Units] as rows of <see cref="Panels.RowStride"/> floats, one per column.</summary>
    Bias,
}

/// <summary>A parameter in the order in which kernels read it, made anew when the parameter was edited.</summary>
/// <remarks>Any number of threads may read it at once. The memory of each width is kept, does not move and is overwritten at the next
/// change.</remarks>
internal sealed unsafe class PackedWeights
{
    /// <summary>Stands for a gate where a column of sums has no weights.</summary>
    public const int NoGate = -1;

    private readonly Packing?[] _packings = new Packing?[3];
    private readonly Lock _lock = new();
    private readonly Parameter _parameter;
    private readonly Parameter? _second;
    private readonly PackingOrder _order;
    private readonly int[] _columns;
    private readonly int _gates;
    private readonly int _units;
    private readonly int _depth;

    /// <param name="parameter">Weights [gates × units, depth], or a bias [gates × units].</param>
    /// <param name="gates">How many blocks of units follow each other in the parameter.</param>
    /// <param name="order">What the packed copy is for.</param>
    /// <param name="columns">The gate of each column of sums, of which there are one or four: <see cref="NoGate"/> makes zeros. By
    /// default the gates in their order.</param>
    /// <param name="second">A bias [units] for the columns without a gate.</param>
    public PackedWeights(Parameter parameter, int gates, PackingOrder order, int[]? columns = null, Parameter? second = null)
    {
        _parameter = parameter;
        _second = second;
        _columns = columns ?? [.. Enumerable.Range(0, gates)];
        _order = order;
        _gates = gates;
        _units = parameter.Shape[0] / gates;
        _depth = parameter.Shape.Length > 1 ? parameter.Shape[1] : 1;
    }

    /// <summary>The packed values for a width, up to date with the parameter.</summary>
    public float* For(SimdWidth width) => For(new Machine(width, Crew.Alone));

    /// <summary>The packed values, up to date with the parameter; a crew shares the work of packing.</summary>
    public float* For(Machine machine)
    {
        ref Packing? packing = ref _packings[machine.Width.Lanes() >> 3];
        long version = (uint)_parameter.Version + (long)(_second is null ? 0 : (uint)_second.Version);
        if (Volatile.Read(ref packing) is not { } current || Volatile.Read(ref current.Version) != version)
        {
            using (Uninterrupted.Enter(_lock))
            {
                current = packing ?? new Packing();
                if (current.Version != version)
                {
                    Pack(machine, current.Buffer);
                    Volatile.Write(ref current.Version, version);
                    Volatile.Write(ref packing, current);
                }
            }
        }

        return current.Buffer.Pointer;
    }

    /// <summary>The panels of one gate in a packing for backward products.</summary>
    public float* GateFor(SimdWidth width, int gate) =>
        For(width) + (gate * PanelSize(width, _units) * Panels.Plain(width, _depth).Count);

    private static nint PanelSize(SimdWidth width, int depth) => (nint)depth * Panels.Vectors * width.Lanes();

    private void Pack(Machine machine, AlignedBuffer buffer)
    {
        SimdWidth width = machine.Width;
        if (_order == PackingOrder.Bias)
        {
            PackBias(buffer);
            return;
        }

        bool forward = _order == PackingOrder.Forward;
        int panels = forward ? Panels.OfGates(width, _columns.Length, _units).Count : _gates * Panels.Plain(width, _depth).Count;
        float* packed = buffer.Reserve(panels * (long)PanelSize(width, forward ? _depth : _units));
        fixed (float* weights = _parameter.Values)
        {
            var work = new SomePanels { Owner = this, Width = width, Weights = weights, Packed = packed, Panels = panels };
            machine.Crew.Run(Math.Min(machine.Crew.Size, panels), work);
        }
    }

    private void PackBias(AlignedBuffer buffer)
    {
        int stride = Panels.RowStride(_units);
        float* packed = buffer.Reserve((long)_columns.Length * stride);
        for (int column = 0; column < _columns.Length; column++)
        {
            int gate = _columns[column];
            ReadOnlySpan<float> bias = gate != NoGate ? _parameter.Values.Slice(gate * _units, _units)
                : _second is null ? default
                : _second.Values;
            bias.CopyTo(new Span<float>(packed + ((nint)column * stride), _units));
        }
    }

    private void PackForward(SimdWidth width, float* weights, float* packed, int panel)
    {
        Panels panels = Panels.OfGates(width, _columns.Length, _units);
        bool interleaved = _columns.Length == Panels.Vectors;
        int lanes = width.Lanes();
        packed += panel * PanelSize(width, _depth);
        for (int vector = 0; vector < Panels.Vectors; vector++, packed += lanes)
        {
            int unit = (panel * panels.UnitsPerPanel) + (interleaved ? 0 : vector * lanes);
            int gate = _columns[interleaved ? vector : 0];
            int valid = gate == NoGate ? 0 : Math.Clamp(panels.Units - unit, 0, lanes);
            nint row = unit + ((nint)gate * _units);
            Transpose(weights + (row * _depth), _depth, valid, packed, lanes);
        }
    }

    /// <summary>Writes rows as columns of one vector, cache line by cache line, with zeros for the rows that are missing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(float* rows, nint depth, int valid, float* columns, int lanes)
    {
        for (nint k = 0; k < depth; k++, columns += Panels.Vectors * lanes)
        {
            float* value = rows + k;
            for (int lane = 0; lane < valid; lane++, value += depth)
            {
                columns[lane] = *value;
            }

            for (int lane = valid; lane < lanes; lane++)
            {
                columns[lane] = 0;
            }
        }
    }

    /// <summary>Copies the columns of one panel, row after row, with zeros for the columns that are missing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackBackward(SimdWidth width, float* weights, float* packed, int gatePanel)
    {
        Panels panels = Panels.Plain(width, _depth);
        int column = gatePanel % panels.Count * panels.UnitsPerPanel;
        int valid = Math.Min(panels.UnitsPerPanel, _depth - column);
        packed += gatePanel * PanelSize(width, _units);
        float* source = weights + ((nint)(gatePanel / panels.Count) * _units * _depth) + column;
        for (int unit = 0; unit < _units; unit++, source += _depth, packed += panels.UnitsPerPanel)
        {
            new ReadOnlySpan<float>(source, valid).CopyTo(new Span<float>(packed, valid));
            new Span<float>(packed + valid, panels.UnitsPerPanel - valid).Clear();
        }
    }

    /// <summary>What was packed for one width.</summary>
    private sealed class Packing
    {
        /// <summary>The parameter's version that was packed.</summary>
        public long Version = -1;

        public AlignedBuffer Buffer { get; } = new();
    }

    private struct SomePanels : ISharedWork
    {
        public required PackedWeights Owner;

        public required SimdWidth Width;

        public required float* Weights;

        public required float* Packed;

        public required int Panels;

        public readonly void Run(int share, int shares)
        {
            Share mine = Share.Of(Panels, share, shares);
            for (int panel = mine.First; panel < mine.End; panel++)
            {
                if (Owner._order == PackingOrder.Forward)
                {
                    Owner.PackForward(Width, Weights, Packed, panel);
                }
                else
                {
                    Owner.PackBackward(Width, Weights, Packed, panel);
                }
            }
        }
    }
}
