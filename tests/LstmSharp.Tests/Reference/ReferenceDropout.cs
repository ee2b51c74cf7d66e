namespace LstmSharp.Tests;

/// <summary>Dropout with a mask that is given: y = m ⊙ x, dx = m ⊙ dy.</summary>
/// <param name="mask">m of a step, a row and a unit.</param>
internal sealed class ReferenceDropout(Func<int, int, int, double> mask) : ReferenceLayer
{
    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState) => new(Masked(x), []);

    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState) => new(Masked(dy), [], []);

    private ReferenceSequence Masked(ReferenceSequence x)
    {
        ReferenceSequence y = x.Zeros(x.Features);
        for (int t = 0; t < x.Length; t++)
        {
            for (int b = 0; b < x.BatchSize; b++)
            {
                for (int unit = 0; unit < x.Features; unit++)
                {
                    y.Row(t, b)[unit] = mask(t, b, unit) * x.Row(t, b)[unit];
                }
            }
        }

        return y;
    }
}
