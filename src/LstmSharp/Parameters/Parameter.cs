using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>A named float32 tensor that training changes: weights, or a gradient or an optimizer's moment of the same shape.</summary>
/// <remarks>Layers keep a packed copy of their weights and renew it when <see cref="Edit"/> has been called since the copy was
/// made. So call <see cref="Edit"/> anew for every round of changes, and finish writing before the model runs again.</remarks>
public sealed unsafe class Parameter
{
    private readonly AlignedBuffer _values = new();
    private readonly int[] _shape;
    private int _version;

    internal Parameter(string name, params ReadOnlySpan<int> shape)
    {
        Name = name;
        _shape = shape.ToArray();
        Count = CountOf(shape);
        _values.Reserve(Count);
    }

    /// <summary>The name, unique within its <see cref="ParameterSet"/>, such as <c>0.RecurrentWeights</c>.</summary>
    public string Name { get; }

    /// <summary>The sizes, outermost first; the values lie row-major.</summary>
    public ReadOnlySpan<int> Shape => _shape;

    /// <summary>The number of values: the product of <see cref="Shape"/>.</summary>
    public int Count { get; }

    /// <summary>The values, to read.</summary>
    public ReadOnlySpan<float> Values => _values.AsSpan(Count);

    /// <summary>The first value, which does not move while this parameter is reachable.</summary>
    internal float* Pointer => _values.Pointer;

    /// <summary>How often <see cref="Edit"/> was called: packed copies compare it to know whether they are stale.</summary>
    internal int Version => Volatile.Read(ref _version);

    /// <summary>The values, to write. Marks this parameter as changed.</summary>
    /// <remarks>Finish writing before the model runs again, on any thread: a run in between keeps a copy of half-written weights, and
    /// predictions use that copy until the next call of Edit.</remarks>
    /// <returns>The same memory as <see cref="Values"/>.</returns>
    public Span<float> Edit()
    {
        Interlocked.Increment(ref _version);
        return _values.AsSpan(Count);
    }

    internal Parameter CreateZeros() => new(Name, _shape);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} [{string.Join(", ", _shape)}]";

    private static int CountOf(ReadOnlySpan<int> shape)
    {
        int count = 1;
        foreach (int size in shape)
        {
            count = checked(count * size);
        }

        return count;
    }
}
