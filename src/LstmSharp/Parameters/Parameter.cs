using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>A named float32 tensor that training changes: weights, or a gradient or an optimizer's moment of the same shape.</summary>
/// <remarks>Written by <see cref="Edit(Action{Span{float}})"/> and <see cref="CopyFrom"/> alone: layers keep a packed copy of their
/// weights, which they renew once an edit has ended.</remarks>
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

    /// <summary>The values, for several threads to write during one edit, whose delegate sees them as one span.</summary>
    internal Span<float> Writable => _values.AsSpan(Count);

    /// <summary>How many edits have ended: packed copies compare it to know whether they are stale.</summary>
    internal int Version => Volatile.Read(ref _version);

    /// <summary>Lets somebody write the values.</summary>
    /// <remarks>The model takes the new values when <paramref name="write"/> returns, or throws. The span is <paramref name="write"/>'s
    /// alone and cannot be kept; for values that lie in another span, use <see cref="CopyFrom"/> or
    /// <see cref="Edit{TState}(TState, Action{Span{float}, TState})"/>. A run on another thread meanwhile may see some of the new values
    /// and some of the old.</remarks>
    /// <param name="write">Writes the values that it is given, which are those of <see cref="Values"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="write"/> is null.</exception>
    public void Edit(Action<Span<float>> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Edit(write, static (values, write) => write(values));
    }

    /// <summary>Lets somebody write the values who needs something else for it: then a static lambda does, which allocates
    /// nothing.</summary>
    /// <remarks>Otherwise like <see cref="Edit(Action{Span{float}})"/>.</remarks>
    /// <typeparam name="TState">The type of what is needed; may be a span.</typeparam>
    /// <param name="state">What <paramref name="write"/> is given besides.</param>
    /// <param name="write">Writes the values that it is given.</param>
    /// <exception cref="ArgumentNullException"><paramref name="write"/> is null.</exception>
    public void Edit<TState>(TState state, Action<Span<float>, TState> write)
        where TState : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(write);
        try
        {
            write(Writable, state);
        }
        finally
        {
            Interlocked.Increment(ref _version);
        }
    }

    /// <summary>Copies all values.</summary>
    /// <param name="values">As many values as <see cref="Count"/>, row-major.</param>
    /// <exception cref="ArgumentException">There are more or fewer; nothing was copied.</exception>
    public void CopyFrom(ReadOnlySpan<float> values)
    {
        if (values.Length != Count)
        {
            throw new ArgumentException($"Parameter {this}: values must hold {Count} values, but holds {values.Length}.", nameof(values));
        }

        Edit(values, static (own, values) => values.CopyTo(own));
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
