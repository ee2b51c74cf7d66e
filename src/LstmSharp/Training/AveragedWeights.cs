using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>The moving average of a run's weights.</summary>
internal sealed class AveragedWeights(ParameterSet weights, ExponentialMovingAverage rule)
{
    private readonly float _share = (float)(1 - (double)rule.Decay);

    /// <summary>The average; zeros before <see cref="Begin"/>.</summary>
    public ParameterSet Average { get; } = weights.CreateZeros();

    /// <summary>Begins with the weights as they are: before a new run, and anew after its first step.</summary>
    public void Begin() => Average.CopyFrom(weights);

    /// <summary>Takes the weights after a step in.</summary>
    public void Add()
    {
        for (int n = 0; n < weights.Count; n++)
        {
            Average[n].Edit((Values: weights[n], rule.Decay, Share: _share), static (average, latest) =>
            {
                TensorPrimitives.Multiply(average, latest.Decay, average);
                TensorPrimitives.FusedMultiplyAdd(latest.Values.Values, latest.Share, average, average);
            });
        }
    }

    /// <summary>Gives the model the average and keeps its weights in its place; called again, the other way round.</summary>
    public void Exchange()
    {
        for (int n = 0; n < weights.Count; n++)
        {
            Average[n].Edit(weights[n], static (ours, other) => other.Edit(ours, static (theirs, ours) => Exchange(ours, theirs)));
        }
    }

    private static void Exchange(Span<float> ours, Span<float> theirs)
    {
        const int ValuesAtATime = 256;
        Span<float> held = stackalloc float[ValuesAtATime];
        for (int start = 0; start < ours.Length; start += ValuesAtATime)
        {
            int count = Math.Min(ValuesAtATime, ours.Length - start);
            Span<float> some = ours.Slice(start, count), others = theirs.Slice(start, count);
            some.CopyTo(held);
            others.CopyTo(some);
            held[..count].CopyTo(others);
        }
    }
}
