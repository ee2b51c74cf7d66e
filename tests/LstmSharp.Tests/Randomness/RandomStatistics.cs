namespace LstmSharp.Tests.Randomness;

/// <summary>What is measured of samples.</summary>
internal static class RandomStatistics
{
    public static double Mean(IReadOnlyCollection<float> values) => values.Sum(value => (double)value) / values.Count;

    public static double Variance(IReadOnlyCollection<float> values)
    {
        double mean = Mean(values);
        return values.Sum(value => (value - mean) * (value - mean)) / values.Count;
    }

    /// <summary>Pearson's coefficient; of n independent pairs it is near 0 with a deviation of 1/√n.</summary>
    public static double Correlation(float[] left, float[] right)
    {
        double leftMean = Mean(left), rightMean = Mean(right);
        double sum = left.Zip(right, (l, r) => (l - leftMean) * (r - rightMean)).Sum();
        return sum / left.Length / Math.Sqrt(Variance(left) * Variance(right));
    }
}
