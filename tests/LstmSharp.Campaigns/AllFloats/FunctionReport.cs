namespace LstmSharp.Campaigns.AllFloats;

/// <summary>What was found about one function: the worst of every law, and where.</summary>
internal sealed class FunctionReport(ElementaryFunction function)
{
    public const double MaxUlpError = 2;
    public const long MaxStepBack = 1;

    public ElementaryFunction Function { get; } = function;

    public long Checked { get; private set; }

    public double WorstUlpError { get; private set; }

    public float WorstUlpErrorAt { get; private set; }

    /// <summary>How many float32 steps the function falls, at most, while x goes up.</summary>
    public long WorstStepBack { get; private set; }

    public float WorstStepBackAt { get; private set; }

    public long OutOfBounds { get; private set; }

    public long NotOdd { get; private set; }

    /// <summary>How many results had other bits on another width.</summary>
    public long WidthMismatches { get; private set; }

    public bool Holds =>
        Checked > 0 && WorstUlpError <= MaxUlpError && WorstStepBack <= MaxStepBack && OutOfBounds + NotOdd + WidthMismatches == 0;

    /// <summary>Checks values whose arguments ascend, or descend where <paramref name="descending"/>; NaN comes last.</summary>
    public void AddRun(ReadOnlySpan<float> x, ReadOnlySpan<float> y, bool descending)
    {
        Checked += x.Length;
        for (int n = 0; n < x.Length; n++)
        {
            double error = Function.UlpError(x[n], y[n]);
            if (error > WorstUlpError)
            {
                (WorstUlpError, WorstUlpErrorAt) = (error, x[n]);
            }

            OutOfBounds += float.IsNaN(y[n]) || (y[n] >= Function.Lowest && y[n] <= Function.Highest) ? 0 : 1;
            if (n > 0)
            {
                AddStep(x[n], descending ? Rank(y[n]) - Rank(y[n - 1]) : Rank(y[n - 1]) - Rank(y[n]), y[n]);
            }
        }
    }

    /// <summary>Checks f(−x) = −f(x), bit for bit but for NaN.</summary>
    public void AddOddness(ReadOnlySpan<float> positive, ReadOnlySpan<float> negative)
    {
        for (int n = 0; n < positive.Length; n++)
        {
            bool mirrored = BitConverter.SingleToUInt32Bits(positive[n]) == (BitConverter.SingleToUInt32Bits(negative[n]) ^ 0x80000000);
            NotOdd += mirrored || float.IsNaN(positive[n]) ? 0 : 1;
        }
    }

    public void AddWidth(ReadOnlySpan<float> y, ReadOnlySpan<float> other)
    {
        for (int n = 0; n < y.Length; n++)
        {
            WidthMismatches += BitConverter.SingleToInt32Bits(y[n]) == BitConverter.SingleToInt32Bits(other[n]) ? 0 : 1;
        }
    }

    public void Merge(FunctionReport other)
    {
        Checked += other.Checked;
        OutOfBounds += other.OutOfBounds;
        NotOdd += other.NotOdd;
        WidthMismatches += other.WidthMismatches;
        if (other.WorstUlpError > WorstUlpError)
        {
            (WorstUlpError, WorstUlpErrorAt) = (other.WorstUlpError, other.WorstUlpErrorAt);
        }

        if (other.WorstStepBack > WorstStepBack)
        {
            (WorstStepBack, WorstStepBackAt) = (other.WorstStepBack, other.WorstStepBackAt);
        }
    }

    private void AddStep(float x, long stepBack, float y)
    {
        if (stepBack > WorstStepBack && !float.IsNaN(y))
        {
            (WorstStepBack, WorstStepBackAt) = (stepBack, x);
        }
    }

    /// <summary>The place of a value among all float32 values, counted from ±0.</summary>
    private static long Rank(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        return bits < 0 ? -(long)(bits & int.MaxValue) : bits;
    }
}
