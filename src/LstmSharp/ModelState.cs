using System.Collections;

namespace LstmSharp;

/// <summary>The states of a model's recurrent layers, in the layers' order, those inside a Residual in its place, for every row of a batch.</summary>
/// <remarks>Made by <see cref="SequenceModel.CreateState"/>. The gradients of states have the same type.</remarks>
public sealed class ModelState : IReadOnlyList<CellState>
{
    private readonly CellState[] _states;

    internal ModelState(CellState[] states, int batchSize)
    {
        _states = states;
        BatchSize = batchSize;
    }

    /// <summary>The number of rows B.</summary>
    public int BatchSize { get; }

    /// <summary>The number of recurrent layers.</summary>
    public int Count => _states.Length;

    /// <summary>The state of a recurrent layer: an <see cref="LstmState"/>, a <see cref="GruState"/> or a
    /// <see cref="VanillaRnnState"/>.</summary>
    /// <param name="index">The layer's position among the recurrent layers.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public CellState this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _states.Length);
            return _states[index];
        }
    }

    /// <summary>The states, to slice.</summary>
    internal ReadOnlySpan<CellState> All => _states;

    /// <summary>Sets every state to zeros.</summary>
    public void Clear()
    {
        foreach (CellState state in _states)
        {
            state.Clear();
        }
    }

    /// <summary>Copies the states of the same model and batch size.</summary>
    /// <param name="source">The states to read.</param>
    /// <exception cref="ArgumentException">Kinds or shapes differ.</exception>
    public void CopyFrom(ModelState source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Count != Count)
        {
            throw new ArgumentException($"{this}: source must hold {Count} states, but is {source}.", nameof(source));
        }

        for (int n = 0; n < _states.Length; n++)
        {
            _states[n].CopyFrom(source[n]);
        }
    }

    /// <summary>Copies states of the same kinds and shapes; none means zeros.</summary>
    internal void CopyFrom(ReadOnlySpan<CellState> source)
    {
        for (int n = 0; n < _states.Length; n++)
        {
            if (source.IsEmpty)
            {
                _states[n].Clear();
            }
            else
            {
                _states[n].CopyFrom(source[n]);
            }
        }
    }

    /// <summary>Sets one row of every state to zeros.</summary>
    internal void ClearRow(int row)
    {
        foreach (CellState state in _states)
        {
            state.ClearRow(row);
        }
    }

    /// <summary>Copies one row of the states of the same model.</summary>
    internal void CopyRow(int row, ModelState source, int sourceRow)
    {
        for (int n = 0; n < _states.Length; n++)
        {
            _states[n].CopyRow(row, source[n], sourceRow);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<CellState> GetEnumerator() => ((IEnumerable<CellState>)_states).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"ModelState(BatchSize {BatchSize}{string.Concat(_states.Select(state => $", {state}"))})";
}
