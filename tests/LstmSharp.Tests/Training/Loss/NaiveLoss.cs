namespace LstmSharp.Tests.Training;

/// <summary>The losses in double as their definitions say, with no thought of overflow.</summary>
internal static class NaiveLoss
{
    public static double Mean(string name, double[] prediction, float[] target)
    {
        double sum = 0;
        for (int n = 0; n < prediction.Length; n++)
        {
            double p = prediction[n], t = target[n], sigmoid = 1 / (1 + Math.Exp(-p));
            sum += name switch
            {
                "mse" => Math.Pow(p - t, 2),
                "mae" => Math.Abs(p - t),
                "huber" => Huber(p - t, 1),
                "huber 0.3" => Huber(p - t, 0.3f),
                _ => -(t * Math.Log(sigmoid)) - ((1 - t) * Math.Log(1 - sigmoid)),
            };
        }

        return sum / prediction.Length;
    }

    public static double CrossEntropy(double[] logits, int[] target, double smoothing)
    {
        int classes = logits.Length / target.Length;
        double sum = 0;
        for (int row = 0; row < target.Length; row++)
        {
            double[] exponentials = [.. logits[(row * classes)..((row + 1) * classes)].Select(Math.Exp)];
            double[] logs = [.. exponentials.Select(e => Math.Log(e / exponentials.Sum()))];
            sum -= target[row] < 0 ? 0 : ((1 - smoothing) * logs[target[row]]) + (smoothing * logs.Average());
        }

        return sum / target.Count(t => t >= 0);
    }

    public static double Quantile(double[] prediction, float[] target, float[] levels)
    {
        double sum = 0;
        for (int n = 0; n < prediction.Length; n++)
        {
            double under = target[n / levels.Length] - prediction[n], level = levels[n % levels.Length];
            sum += under > 0 ? level * under : (1 - level) * -under;
        }

        return sum / prediction.Length;
    }

    public static double Gaussian(double[] prediction, float[] target, float minimumScale, bool full)
    {
        double sum = 0;
        for (int n = 0; n < target.Length; n++)
        {
            double mean = prediction[2 * n], scale = minimumScale + Math.Log(1 + Math.Exp(prediction[(2 * n) + 1]));
            sum += (Math.Pow((target[n] - mean) / scale, 2) / 2) + Math.Log(scale) + (full ? Math.Log(2 * Math.PI) / 2 : 0);
        }

        return sum / target.Length;
    }

    public static double Poisson(double[] prediction, float[] target, bool full)
    {
        double sum = 0;
        for (int n = 0; n < target.Length; n++)
        {
            double t = target[n];
            sum += Math.Exp(prediction[n]) - (t * prediction[n]);
            sum += full && t > 1 ? (t * Math.Log(t)) - t + (0.5 * Math.Log(2 * Math.PI * t)) : 0;
        }

        return sum / target.Length;
    }

    private static double Huber(double d, double delta) =>
        Math.Abs(d) <= delta ? d * d / 2 : delta * (Math.Abs(d) - (delta / 2));
}
