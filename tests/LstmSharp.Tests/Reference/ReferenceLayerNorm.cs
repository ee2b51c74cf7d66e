namespace LstmSharp.Tests;

/// <summary>Layer normalization of each row: y = γ (x − μ)/√(σ² + 10⁻⁵) + β.</summary>
internal sealed class ReferenceLayerNorm(double[] gain, double[] bias) : ReferenceLayer(gain, bias)
{
    private ReferenceSequence _normalized = new(0, 0, 0);
    private double[] _deviations = [];

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        int n = x.Features, rows = x.Length * x.BatchSize;
        _normalized = x.Zeros(n);
        _deviations = new double[rows];
        ReferenceSequence y = x.Zeros(n);
        for (int row = 0; row < rows; row++)
        {
            double[] values = x.Values[(row * n)..((row + 1) * n)];
            double mean = values.Average(), variance = values.Select(value => Math.Pow(value - mean, 2)).Average();
            _deviations[row] = Math.Sqrt(variance + 1e-5);
            for (int i = 0; i < n; i++)
            {
                _normalized.Values[(row * n) + i] = (values[i] - mean) / _deviations[row];
                y.Values[(row * n) + i] = (gain[i] * _normalized.Values[(row * n) + i]) + bias[i];
            }
        }

        return new ReferencePass(y, []);
    }

    /// <summary>∂x̂_j/∂x_i = (δ_ij − 1/n − x̂_i·x̂_j/n) / √(σ² + 10⁻⁵).</summary>
    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState)
    {
        int n = dy.Features;
        ReferenceSequence dx = dy.Zeros(n);
        double[] dGain = new double[n], dBias = new double[n];
        for (int row = 0; row < _deviations.Length; row++)
        {
            for (int j = 0; j < n; j++)
            {
                double gradient = dy.Values[(row * n) + j], normalized = _normalized.Values[(row * n) + j];
                dGain[j] += gradient * normalized;
                dBias[j] += gradient;
                for (int i = 0; i < n; i++)
                {
                    double derivative = (i == j ? 1 : 0) - ((1 + (_normalized.Values[(row * n) + i] * normalized)) / n);
                    dx.Values[(row * n) + i] += gradient * gain[j] * derivative / _deviations[row];
                }
            }
        }

        return new ReferenceGradients(dx, [dGain, dBias], []);
    }
}
