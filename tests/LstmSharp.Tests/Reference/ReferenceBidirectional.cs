namespace LstmSharp.Tests;

/// <summary>Two directions: y = merge(forward(x), reversed(backward(reversed(x)))); one step is its own reverse.</summary>
internal sealed class ReferenceBidirectional(ReferenceLayer forward, ReferenceLayer backward, BidirectionalMerge merge)
    : ReferenceLayer([.. forward.Parameters, .. backward.Parameters])
{
    private ReferenceSequence _first = new(0, 0, 0);
    private ReferenceSequence _second = new(0, 0, 0);

    public override int[] StateSizes => [.. forward.StateSizes, .. backward.StateSizes];

    public override double DistanceToKink => Math.Min(forward.DistanceToKink, backward.DistanceToKink);

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        int states = forward.StateSizes.Length;
        ReferencePass ofForward = forward.Forward(x, initialState[..states]);
        ReferencePass ofBackward = backward.Forward(Reversed(x), initialState[states..]);
        (_first, _second) = (ofForward.Output, Reversed(ofBackward.Output));
        int size = _first.Features;
        ReferenceSequence y = _first.Zeros(merge == BidirectionalMerge.Concat ? 2 * size : size);
        ForEachRow(y, (t, b) =>
        {
            for (int i = 0; i < size; i++)
            {
                (double f, double s) = (_first.Row(t, b)[i], _second.Row(t, b)[i]);
                y.Row(t, b)[i] = merge switch
                {
                    BidirectionalMerge.Concat => f,
                    BidirectionalMerge.Sum => f + s,
                    BidirectionalMerge.Mean => (f + s) / 2,
                    _ => f * s,
                };
                if (merge == BidirectionalMerge.Concat)
                {
                    y.Row(t, b)[size + i] = s;
                }
            }
        });
        return new ReferencePass(y, [.. ofForward.FinalState, .. ofBackward.FinalState]);
    }

    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState)
    {
        int states = forward.StateSizes.Length, size = _first.Features;
        ReferenceSequence dFirst = _first.Zeros(size), dSecond = _first.Zeros(size);
        ForEachRow(dy, (t, b) =>
        {
            for (int i = 0; i < size; i++)
            {
                double d = dy.Row(t, b)[i];
                (dFirst.Row(t, b)[i], dSecond.Row(t, b)[i]) = merge switch
                {
                    BidirectionalMerge.Concat => (d, dy.Row(t, b)[size + i]),
                    BidirectionalMerge.Sum => (d, d),
                    BidirectionalMerge.Mean => (d / 2, d / 2),
                    _ => (d * _second.Row(t, b)[i], d * _first.Row(t, b)[i]),
                };
            }
        });
        ReferenceGradients ofForward = forward.Backward(dFirst, dFinalState[..states]);
        ReferenceGradients ofBackward = backward.Backward(Reversed(dSecond), dFinalState[states..]);
        ReferenceSequence dx = Reversed(ofBackward.Input);
        ReferenceProduct.Add(ofForward.Input.Values, dx.Values);
        return new ReferenceGradients(
            dx, [.. ofForward.Parameters, .. ofBackward.Parameters], [.. ofForward.InitialState, .. ofBackward.InitialState]);
    }

    /// <summary>The steps from the last to the first.</summary>
    public static ReferenceSequence Reversed(ReferenceSequence x)
    {
        ReferenceSequence reversed = x.Zeros(x.Features);
        ForEachRow(x, (t, b) => x.Row(t, b).CopyTo(reversed.Row(x.Length - 1 - t, b)));
        return reversed;
    }

    private static void ForEachRow(ReferenceSequence rows, Action<int, int> work)
    {
        for (int t = 0; t < rows.Length; t++)
        {
            for (int b = 0; b < rows.BatchSize; b++)
            {
                work(t, b);
            }
        }
    }
}

/// <summary>Time turned round.</summary>
internal sealed class ReferenceReverse : ReferenceLayer
{
    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState) =>
        new(ReferenceBidirectional.Reversed(x), []);

    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState) =>
        new(ReferenceBidirectional.Reversed(dy), [], []);
}
