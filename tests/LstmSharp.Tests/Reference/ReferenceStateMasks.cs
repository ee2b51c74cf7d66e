namespace LstmSharp.Tests;

/// <summary>A recurrent layer whose states go through given masks, step by step; z is the share of a value that stays as it was:
/// <code>
/// (h̃, c̃) = cell(x, d ⊙ h₋₁, c₋₁)     h = z ⊙ h₋₁ + (1 − z) ⊙ h̃     c = zc ⊙ c₋₁ + (1 − zc) ⊙ c̃
/// </code></summary>
/// <param name="layer">Makes the layer, each time with the same weights.</param>
/// <param name="dropout">d of a row and a unit.</param>
/// <param name="zoneouts">z of a step, a row and a unit, for h and for c.</param>
internal sealed class ReferenceStateMasks(
    Func<ReferenceLayer> layer, Func<int, int, double> dropout, params Func<int, int, int, double>[] zoneouts)
    : ReferenceLayer(layer().Parameters)
{
    private ReferenceLayer[] _steps = [];
    private ReferenceSequence _x = new(0, 0, 0);

    public override int[] StateSizes => layer().StateSizes;

    private int HiddenSize => StateSizes[0];

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        _x = x;
        _steps = [.. Enumerable.Range(0, x.Length).Select(_ => layer())];
        ReferenceSequence y = x.Zeros(HiddenSize);
        double[][] state = Array.ConvertAll(initialState, part => (double[])part.Clone());
        for (int t = 0; t < x.Length; t++)
        {
            double[][] given = _steps[t].Forward(Step(x, t), [Dropped(state[0]), .. state[1..].Select(part => (double[])part.Clone())]).FinalState;
            for (int n = 0; n < state.Length; n++)
            {
                ForEach(t, n, (i, z) => state[n][i] = (z * state[n][i]) + ((1 - z) * given[n][i]));
            }

            state[0].CopyTo(y.Values.AsSpan(t * state[0].Length));
        }

        return new ReferencePass(y, state);
    }

    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState)
    {
        ReferenceSequence dx = _x.Zeros(_x.Features);
        double[][] dParameters = Array.ConvertAll(Parameters, p => new double[p.Length]);
        double[][] d = Array.ConvertAll(dFinalState, part => (double[])part.Clone());
        for (int t = _x.Length - 1; t >= 0; t--)
        {
            ReferenceProduct.Add(dy.Values.AsSpan(t * d[0].Length, d[0].Length), d[0]);
            double[][] stays = Array.ConvertAll(d, part => new double[part.Length]);
            for (int n = 0; n < d.Length; n++)
            {
                ForEach(t, n, (i, z) => (stays[n][i], d[n][i]) = (z * d[n][i], (1 - z) * d[n][i]));
            }

            ReferenceGradients step = _steps[t].Backward(Step(dy, t).Zeros(HiddenSize), d);
            step.Input.Values.CopyTo(dx.Values.AsSpan(t * step.Input.Values.Length));
            for (int n = 0; n < dParameters.Length; n++)
            {
                ReferenceProduct.Add(step.Parameters[n], dParameters[n]);
            }

            d = [Dropped(step.InitialState[0]), .. step.InitialState[1..]];
            for (int n = 0; n < d.Length; n++)
            {
                ReferenceProduct.Add(stays[n], d[n]);
            }
        }

        return new ReferenceGradients(dx, dParameters, d);
    }

    private static ReferenceSequence Step(ReferenceSequence all, int t)
    {
        int size = all.BatchSize * all.Features;
        return new ReferenceSequence(1, all.BatchSize, all.Features, all.Values[(t * size)..((t + 1) * size)]);
    }

    private double[] Dropped(double[] hidden) => [.. hidden.Select((value, i) => value * dropout(i / HiddenSize, i % HiddenSize))];

    private void ForEach(int t, int part, Action<int, double> work)
    {
        int size = StateSizes[part];
        for (int i = 0; i < _x.BatchSize * size; i++)
        {
            work(i, zoneouts[part](t, i / size, i % size));
        }
    }
}
