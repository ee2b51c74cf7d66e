namespace LstmSharp;

/// <summary>One gate's block of a cell's weights: a view, not a copy.</summary>
public abstract class GateWeights
{
    private readonly RecurrentCell _cell;
    private readonly int _block;

    private protected GateWeights(RecurrentCell cell, int block)
    {
        _cell = cell;
        _block = block;
    }

    /// <summary>The gate's input weights, shape [HiddenSize, InputSize], to read.</summary>
    public ReadOnlySpan<float> InputWeights => Block(_cell.InputWeights.Values);

    /// <summary>The gate's recurrent weights, shape [HiddenSize, HiddenSize], to read.</summary>
    public ReadOnlySpan<float> RecurrentWeights => Block(_cell.RecurrentWeights.Values);

    /// <summary>The gate's bias, shape [HiddenSize], to read.</summary>
    public ReadOnlySpan<float> Bias => Block(_cell.Bias.Values);

    /// <summary>Lets somebody write the gate's input weights: see <see cref="Parameter.Edit(Action{Span{float}})"/>.</summary>
    /// <param name="write">Writes the values that it is given.</param>
    /// <exception cref="ArgumentNullException"><paramref name="write"/> is null.</exception>
    public void EditInputWeights(Action<Span<float>> write) => Edit(_cell.InputWeights, write);

    /// <summary>Lets somebody write the gate's recurrent weights: see <see cref="Parameter.Edit(Action{Span{float}})"/>.</summary>
    /// <param name="write">Writes the values that it is given.</param>
    /// <exception cref="ArgumentNullException"><paramref name="write"/> is null.</exception>
    public void EditRecurrentWeights(Action<Span<float>> write) => Edit(_cell.RecurrentWeights, write);

    /// <summary>Lets somebody write the gate's bias: see <see cref="Parameter.Edit(Action{Span{float}})"/>.</summary>
    /// <param name="write">Writes the values that it is given.</param>
    /// <exception cref="ArgumentNullException"><paramref name="write"/> is null.</exception>
    public void EditBias(Action<Span<float>> write) => Edit(_cell.Bias, write);

    private void Edit(Parameter parameter, Action<Span<float>> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        parameter.Edit((Gate: this, Write: write), static (all, edit) => edit.Write(edit.Gate.Block(all)));
    }

    private Span<float> Block(Span<float> all)
    {
        int count = all.Length / _cell.GateCount;
        return all.Slice(_block * count, count);
    }

    private ReadOnlySpan<float> Block(ReadOnlySpan<float> all)
    {
        int count = all.Length / _cell.GateCount;
        return all.Slice(_block * count, count);
    }
}
