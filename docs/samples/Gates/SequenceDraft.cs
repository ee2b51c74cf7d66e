using System.Numerics.Tensors;

namespace LstmSharp.Samples.Gates;

/// <summary>Sequences of the <see cref="RecallTask"/> in the making: random values from −1 to 1, no flags at first. What happens in a row
/// is told in the order of time.</summary>
internal sealed class SequenceDraft
{
    private readonly Tensor<float> _inputs;
    private readonly Tensor<float> _targets;
    private readonly float[] _stored;

    public SequenceDraft(int count, Random random)
    {
        _inputs = Tensor.CreateFromShape<float>([RecallTask.SequenceLength, count, RecallTask.InputSize]);
        _targets = Tensor.CreateFromShape<float>([RecallTask.SequenceLength, count, 1]);
        _stored = new float[count];
        for (int row = 0; row < count; row++)
        {
            for (int t = 0; t < RecallTask.SequenceLength; t++)
            {
                _inputs[t, row, RecallTask.Value] = (float)((random.NextDouble() * 2) - 1);
            }
        }
    }

    /// <summary>Flags a step's value, or one that takes its place, as to be stored.</summary>
    public void Store(int row, int t, float? value = null)
    {
        _stored[row] = value ?? _inputs[t, row, RecallTask.Value];
        _inputs[t, row, RecallTask.Value] = _stored[row];
        _inputs[t, row, RecallTask.StoreFlag] = 1;
    }

    /// <summary>Asks for what was stored last.</summary>
    public void Recall(int row, int t)
    {
        _inputs[t, row, RecallTask.RecallFlag] = 1;
        _targets[t, row, 0] = _stored[row];
    }

    public SequenceDataset ToDataset() => new(_inputs, _targets);
}
