namespace LstmSharp;

/// <summary>How large the gradients of a layer's states are after each step, measured while a pass runs backward.</summary>
/// <remarks>Each row of each step has a place of its own, so threads may share the rows, and sums run in an order of their own afterwards. They
/// are in double, in which the squares of tiny gradients do not vanish.</remarks>
/// <param name="steps">Which rows there are at which step.</param>
/// <param name="parts">How many parts a state has.</param>
internal sealed class GradientNorms(StepTable steps, int parts)
{
    private readonly double[] _squares = new double[checked((long)parts * steps.Count)];

    /// <summary>Adds up the squares of the gradient of one row of a state.</summary>
    /// <param name="part">The part of the state.</param>
    /// <param name="row">The row, counted through all steps.</param>
    /// <param name="gradient">The gradient.</param>
    public void Add(int part, int row, ReadOnlySpan<float> gradient)
    {
        double sum = 0;
        foreach (float value in gradient)
        {
            sum += (double)value * value;
        }

        _squares[((long)part * steps.Count) + row] = sum;
    }

    /// <summary>The norms over all rows of a part of the state, by lag: how many steps before the row's own last one.</summary>
    public double[] ByLag(int part)
    {
        double[] norms = new double[steps.Length];
        for (int row = 0; row < steps.Rows(0); row++)
        {
            int last = steps.LengthOf(row) - 1;
            for (int t = 0; t <= last; t++)
            {
                norms[last - t] += _squares[((long)part * steps.Count) + steps.First(t) + row];
            }
        }

        return Array.ConvertAll(norms, Math.Sqrt);
    }
}
