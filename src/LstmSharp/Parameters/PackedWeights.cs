using System.Runtime.CompilerServices;
using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>In which order a <see cref="PackedWeights"/> keeps a parameter.</summary>
internal enum PackingOrder
{
    /// <summary>Weights [Gates × Units, Depth] as panels over the units, for sums over the depth: the forward products.</summary>
    Forward,

    /// <summary>The same weights as panels over the depth, one block of panels per gate, for sums over the units: the backward
    /// products.</summary>
    Backward,

    /// <summary>A bias [Gates × Units] as rows of <see cref="Panels.RowStride"/> floats, one per gate.</summary>
    Bias,
}

/// <summary>A parameter in the order in which kernels read it, made anew when the parameter was edited.</summary>
/// <remarks>Any number of threads may read it at once. The memory is kept and overwritten at the next change.</remarks>
internal sealed unsafe class PackedWeights
{
    private readonly AlignedBuffer _buffer = new();
    private readonly Lock _lock = new();
    private readonly Parameter _parameter;
    private readonly PackingOrder _order;
    private readonly int _gates;
    private readonly int _units;
    private readonly int _depth;
    private long _stamp = -1;

    /// <param name="parameter">Weights [gates × units, depth], or a bias [gates × units].</param>
    /// <param name="gates">How many blocks of units follow each other in the parameter.</param>
    /// <param name="order">What the packed copy is for.</param>
    public PackedWeights(Parameter parameter, int gates, PackingOrder order)
    {
        _parameter = parameter;
        _order = order;
        _gates = gates;
        _units = parameter.Shape[0] / gates;
        _depth = parameter.Shape.Length > 1 ? parameter.Shape[1] : 1;
    }

    /// <summary>The packed values for a width, up to date with the parameter.</summary>
    public float* For(SimdWidth width)
    {
        long stamp = ((long)width << 32) | (uint)_parameter.Version;
        if (Volatile.Read(ref _stamp) != stamp)
        {
            lock (_lock)
            {
                if (_stamp != stamp)
                {
                    Pack(width);
                    Volatile.Write(ref _stamp, stamp);
                }
            }
        }

        return _buffer.Pointer;
    }

    /// <summary>The panels of one gate in a packing for backward products.</summary>
    public float* GateFor(SimdWidth width, int gate) => For(width) + (gate * BlockSize(Panels.Plain(width, _depth), width, _units));

    private static nint BlockSize(Panels panels, SimdWidth width, int depth) =>
        (nint)panels.Count * depth * Panels.Vectors * width.Lanes();

    private void Pack(SimdWidth width)
    {
        switch (_order)
        {
            case PackingOrder.Forward:
                PackForward(width);
                break;
            case PackingOrder.Backward:
                PackBackward(width);
                break;
            default:
                PackBias();
                break;
        }
    }

    private void PackForward(SimdWidth width)
    {
        Panels panels = Panels.OfGates(width, _gates, _units);
        int lanes = width.Lanes();
        nint step = Panels.Vectors * lanes;
        float* packed = _buffer.Reserve(BlockSize(panels, width, _depth));
        fixed (float* weights = _parameter.Values)
        {
            for (int panel = 0; panel < panels.Count; panel++, packed += _depth * step)
            {
                for (int vector = 0; vector < Panels.Vectors; vector++)
                {
                    bool interleaved = _gates == Panels.Vectors;
                    int unit = (panel * panels.UnitsPerPanel) + (interleaved ? 0 : vector * lanes);
                    int valid = Math.Clamp(panels.Units - unit, 0, lanes);
                    nint row = unit + (interleaved ? (nint)vector * _units : 0);
                    Transpose(weights + (row * _depth), valid, packed + (vector * lanes), step, lanes);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transpose(float* rows, int valid, float* columns, nint step, int lanes)
    {
        nint depth = _depth;
        for (nint k = 0; k < depth; k++, columns += step)
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

    private void PackBackward(SimdWidth width)
    {
        Panels panels = Panels.Plain(width, _depth);
        float* packed = _buffer.Reserve(_gates * BlockSize(panels, width, _units));
        fixed (float* weights = _parameter.Values)
        {
            for (int gate = 0; gate < _gates; gate++)
            {
                PanelPacking.Pack(width, weights + ((nint)gate * _units * _depth), _depth, _units, gates: 1, _depth, packed);
                packed += BlockSize(panels, width, _units);
            }
        }
    }

    private void PackBias()
    {
        int stride = Panels.RowStride(_units);
        float* packed = _buffer.Reserve((long)_gates * stride);
        for (int gate = 0; gate < _gates; gate++)
        {
            _parameter.Values.Slice(gate * _units, _units).CopyTo(new Span<float>(packed + ((nint)gate * stride), _units));
        }
    }
}
