namespace LstmSharp.Tests.Training;

/// <summary>The optimizers of <see cref="OptimizerTests"/> in double, value by value, from their papers.</summary>
internal sealed class NaiveOptimizer(string name, int count)
{
    private readonly double[] _first = new double[count];
    private readonly double[] _second = new double[count];
    private readonly double[] _third = new double[count];
    private int _steps;

    public void Step(double[] weights, ReadOnlySpan<float> gradients)
    {
        _steps++;
        for (int n = 0; n < weights.Length; n++)
        {
            weights[n] = name switch
            {
                "sgd" => weights[n] - (0.1 * (gradients[n] + (0.05 * weights[n]))),
                "momentum" => Momentum(weights[n], gradients[n], n, _steps == 1 ? 1 : 0.75, false),
                "nesterov" => Momentum(weights[n], gradients[n] + (0.05 * weights[n]), n, 1, true),
                "adam" => Adam(weights[n], gradients[n] + (0.05 * weights[n]), n, 0.999, false),
                "amsgrad" => Adam(weights[n], gradients[n], n, 0.5, true),
                "adamw" => Adam(weights[n] * (1 - (0.01 * 0.05)), gradients[n], n, 0.999, false),
                "rmsprop" => RmsProp(weights[n], gradients[n] + (0.05 * weights[n]), n),
                _ => Centered(weights[n], gradients[n], n),
            };
        }
    }

    private double Momentum(double weight, double gradient, int n, double scale, bool nesterov)
    {
        _first[n] = (0.8 * _first[n]) + (scale * gradient);
        return weight - (0.1 * (nesterov ? gradient + (0.8 * _first[n]) : _first[n]));
    }

    private double Adam(double weight, double gradient, int n, double beta2, bool amsgrad)
    {
        _first[n] = (0.9 * _first[n]) + (0.1 * gradient);
        _second[n] = (beta2 * _second[n]) + ((1 - beta2) * gradient * gradient);
        _third[n] = Math.Max(_third[n], _second[n]);
        double mean = _first[n] / (1 - Math.Pow(0.9, _steps));
        double square = (amsgrad ? _third[n] : _second[n]) / (1 - Math.Pow(beta2, _steps));
        return weight - (0.01 * mean / (Math.Sqrt(square) + 1e-8));
    }

    private double RmsProp(double weight, double gradient, int n)
    {
        _first[n] = (0.9 * _first[n]) + (0.1 * gradient * gradient);
        return weight - (0.01 * gradient / (Math.Sqrt(_first[n]) + 1e-8));
    }

    private double Centered(double weight, double gradient, int n)
    {
        _first[n] = (0.9 * _first[n]) + (0.1 * gradient * gradient);
        _second[n] = (0.9 * _second[n]) + (0.1 * gradient);
        _third[n] = (0.8 * _third[n]) + (gradient / (Math.Sqrt(_first[n] - (_second[n] * _second[n])) + 1e-8));
        return weight - (0.01 * _third[n]);
    }
}
