namespace LstmSharp;

/// <summary>All paths that spell one row's labels, in log space.</summary>
/// <remarks>With the labels l_1 … l_U and blanks around them, l′ = (blank, l_1, blank, …, l_U, blank), S = 2U + 1 states; docs/math/losses.md:
/// <code>
/// (16) ln y_t,k = x_t,k − m − ln Σ_j e^(x_t,j − m), m = max x_t
/// (17) ln α_t,s = ln y_t,l′_s + ln Σ α_(t−1),s′ over s′ = s, s − 1, and s − 2 where l′_s is a label other than l′_(s−2)
/// (18) L = −ln (α_T,S + α_T,(S−1))
/// (19) ln β_t,s = ln Σ y_(t+1),l′_s′ · β_(t+1),s′ over s′ = s, s + 1, and s + 2 where l′_(s+2) is a label other than l′_s
/// (20) dL/dx_t,k = y_t,k − Σ e^(ln α_t,s + ln β_t,s + L) over the states s with l′_s = k
/// </code>
/// α_1 is y_1 in the first two states, β_T is 1 in the last two; all else is 0 there, whose logarithm is −∞.</remarks>
internal readonly ref struct CtcAlignments
{
    private readonly ReadOnlySpan<float> _logits;
    private readonly int _stride;
    private readonly int _length;
    private readonly ReadOnlySpan<int> _labels;
    private readonly int _blank;
    private readonly int _states;

    /// <summary>m + ln Σ e^(x − m) of every step.</summary>
    private readonly Span<double> _norms;

    /// <summary>ln α, shape [length, states].</summary>
    private readonly Span<double> _alpha;

    /// <summary>ln β of one step.</summary>
    private readonly Span<double> _beta;

    /// <summary>For each class the chance that a step is spelled with it, given that the labels are.</summary>
    private readonly Span<double> _shares;

    /// <param name="logits">From the row's first logit on.</param>
    /// <param name="stride">From one step's logits to the next one's.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="length">The number of steps.</param>
    /// <param name="labels">The row's labels.</param>
    /// <param name="blank">The class that is no label.</param>
    /// <param name="memory">At least <see cref="MemorySize"/> numbers.</param>
    public CtcAlignments(
        ReadOnlySpan<float> logits, int stride, int classes, int length, ReadOnlySpan<int> labels, int blank, Span<double> memory)
    {
        (_stride, _length, _blank, _states) = (stride, length, blank, (2 * labels.Length) + 1);
        _logits = logits;
        _labels = labels;
        _norms = memory[..length];
        _alpha = memory.Slice(length, length * _states);
        _beta = memory.Slice(length * (_states + 1), _states);
        _shares = memory.Slice((length * (_states + 1)) + _states, classes);
    }

    /// <summary>How many numbers of memory a row needs.</summary>
    public static long MemorySize(int length, int labels, int classes) => (length * ((2L * labels) + 2)) + (2L * labels) + 1 + classes;

    /// <returns>The loss L.</returns>
    public double Forward()
    {
        for (int t = 0; t < _length; t++)
        {
            _norms[t] = LogSum(_logits.Slice(t * _stride, _shares.Length)); // (16)
            Span<double> alpha = Alpha(t);
            if (t == 0)
            {
                alpha.Fill(double.NegativeInfinity);
                alpha[..Math.Min(2, _states)].Clear();
            }
            else
            {
                ReadOnlySpan<double> before = Alpha(t - 1);
                for (int s = 0; s < _states; s++)
                {
                    alpha[s] = LogSum(
                        before[s],
                        s >= 1 ? before[s - 1] : double.NegativeInfinity,
                        MaySkipTo(s) ? before[s - 2] : double.NegativeInfinity);
                }
            }

            for (int s = 0; s < _states; s++)
            {
                alpha[s] += LogProbability(t, ClassOf(s)); // (17)
            }
        }

        return _length == 0 ? (_labels.IsEmpty ? 0 : double.PositiveInfinity) : -LogSumOfLastTwo(Alpha(_length - 1)); // (18)
    }

    /// <summary>Writes the gradient after <see cref="Forward"/>.</summary>
    public void Backward(double loss, CtcGradient gradient)
    {
        for (int t = _length - 1; t >= 0; t--)
        {
            StepBack(t);
            _shares.Clear();
            ReadOnlySpan<double> alpha = Alpha(t);
            for (int s = 0; s < _states; s++)
            {
                _shares[ClassOf(s)] += NaturalExponential.Of(alpha[s] + _beta[s] + loss);
            }

            Span<float> slopes = gradient.Values.Slice(t * _stride, _shares.Length);
            for (int k = 0; k < slopes.Length; k++)
            {
                double slope = NaturalExponential.Of(LogProbability(t, k)) - _shares[k]; // (20)
                slopes[k] = LossSum.ToSingle(slope / gradient.Divisor);
            }
        }
    }

    /// <summary>Makes ln β of step t of that of step t + 1, in place: a state looks at itself and at later ones.</summary>
    private void StepBack(int t)
    {
        if (t == _length - 1)
        {
            _beta.Fill(double.NegativeInfinity);
            _beta[^Math.Min(2, _states)..].Clear();
            return;
        }

        for (int s = 0; s < _states; s++)
        {
            _beta[s] += LogProbability(t + 1, ClassOf(s));
        }

        for (int s = 0; s < _states; s++)
        {
            _beta[s] = LogSum(
                _beta[s],
                s + 1 < _states ? _beta[s + 1] : double.NegativeInfinity,
                s + 2 < _states && MaySkipTo(s + 2) ? _beta[s + 2] : double.NegativeInfinity); // (19)
        }
    }

    private Span<double> Alpha(int t) => _alpha.Slice(t * _states, _states);

    private int ClassOf(int s) => s % 2 == 0 ? _blank : _labels[s / 2];

    /// <summary>Whether the blank before a state may be left out: between two labels that differ.</summary>
    private bool MaySkipTo(int s) => s % 2 == 1 && s >= 3 && _labels[s / 2] != _labels[(s / 2) - 1];

    private double LogProbability(int t, int k) => _logits[(t * _stride) + k] - _norms[t];

    private static double LogSumOfLastTwo(ReadOnlySpan<double> alpha) =>
        alpha.Length == 1 ? alpha[0] : LogSum(alpha[^1], alpha[^2], double.NegativeInfinity);

    private static double LogSum(ReadOnlySpan<float> logits)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        foreach (float logit in logits)
        {
            sum += NaturalExponential.Of(logit - largest);
        }

        return largest + NaturalLogarithm.Of(sum);
    }

    private static double LogSum(double a, double b, double c)
    {
        double largest = Math.Max(a, Math.Max(b, c));
        return double.IsNegativeInfinity(largest)
            ? largest
            : largest + NaturalLogarithm.Of(
                NaturalExponential.Of(a - largest) + NaturalExponential.Of(b - largest) + NaturalExponential.Of(c - largest));
    }
}
