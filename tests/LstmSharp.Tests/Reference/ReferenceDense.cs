namespace LstmSharp.Tests;

/// <summary>The dense layer y = act(b + W·x) with W [O, I] and b [O], applied to every row of every step.</summary>
internal sealed class ReferenceDense(double[] weights, double[] bias, Activation activation) : ReferenceLayer(weights, bias)
{
    private ReferenceSequence _x = new(0, 0, 0);
    private ReferenceSequence _y = new(0, 0, 0);
    private double _distanceToKink;

    public override double DistanceToKink => _distanceToKink;

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        (_x, _y) = (x, x.Zeros(bias.Length));
        _distanceToKink = double.PositiveInfinity;
        for (int t = 0; t < x.Length; t++)
        {
            for (int b = 0; b < x.BatchSize; b++)
            {
                double[] a = [.. Parameters[1]];
                ReferenceProduct.Add(Parameters[0], x.Row(t, b), a);
                _distanceToKink = Math.Min(_distanceToKink, ReferenceActivation.DistanceToKink(activation, a));
                Array.ConvertAll(a, value => ReferenceActivation.Apply(activation, value)).CopyTo(_y.Row(t, b));
            }
        }

        return new ReferencePass(_y, []);
    }

    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState)
    {
        ReferenceSequence dx = _x.Zeros(_x.Features);
        double[][] dParameters = Array.ConvertAll(Parameters, p => new double[p.Length]);
        for (int t = 0; t < _x.Length; t++)
        {
            for (int b = 0; b < _x.BatchSize; b++)
            {
                double[] da = dy.Row(t, b).ToArray();
                for (int j = 0; j < da.Length; j++)
                {
                    da[j] *= ReferenceActivation.Derivative(activation, _y.Row(t, b)[j]);
                }

                ReferenceProduct.AddOuter(da, _x.Row(t, b), dParameters[0]);
                ReferenceProduct.Add(da, dParameters[1]);
                ReferenceProduct.AddTransposed(Parameters[0], da, dx.Row(t, b));
            }
        }

        return new ReferenceGradients(dx, dParameters, []);
    }
}
