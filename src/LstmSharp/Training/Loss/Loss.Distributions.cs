namespace LstmSharp;

/// <content>Losses of outputs that say how sure the model is. The equations: docs/math/losses.md.</content>
public abstract partial class Loss
{
    /// <summary>Pinball loss, for several quantiles at once: of each target a model gives one output for every level τ, and each is trained
    /// to be exceeded by the target with the chance 1 − τ.</summary>
    /// <param name="levels">The levels τ, above 0 and below 1, ascending, at least one: <c>Quantile(0.1f, 0.5f, 0.9f)</c> forecasts an
    /// interval of 80 % and the median in it.</param>
    /// <remarks>A target's loss is the mean over its levels of max(τ·d, (τ − 1)·d), d = t − q. The model's OutputSize is the TargetSize times
    /// the number of levels; the outputs of one target lie side by side. With the one level ½ it is half of
    /// <see cref="MeanAbsoluteError"/>. Where q = t its gradient is 0. Quantiles are not kept from crossing. Source: Koenker and Bassett
    /// 1978.</remarks>
    /// <exception cref="ArgumentException">There is no level, one is out of range, or they do not ascend.</exception>
    public static Loss<float> Quantile(params ReadOnlySpan<float> levels) => new QuantileLoss(QuantileLevels.Checked(nameof(Quantile), levels));

    /// <summary>The negative log-likelihood of a normal distribution whose mean and scale the model gives.</summary>
    /// <param name="minimumScale">What is added to the scale, in units of the target, positive: so small a spread, and no smaller, a model
    /// can claim. By default 0.001, whose square is PyTorch's <c>eps</c>.</param>
    /// <param name="full">Whether the constant ½·ln 2π is part of it, as in a true log-likelihood; by default not, as in PyTorch.</param>
    /// <remarks>Of each target a model gives two outputs side by side: the mean μ and a number r, of which the scale (the standard deviation)
    /// is σ = minimumScale + softplus(r), as in darts and GluonTS; <see cref="GaussianScale"/> computes it. So the outputs are any numbers,
    /// as those of a <c>Dense</c> layer are, and σ grows like r, not like e^r. (PyTorch's <c>GaussianNLLLoss</c> takes the variance σ²
    /// itself.) The model's OutputSize is twice the TargetSize. Finite for all finite numbers.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The minimum scale is not a positive finite number.</exception>
    public static Loss<float> GaussianNegativeLogLikelihood(float minimumScale = 1e-3f, bool full = false) =>
        new GaussianLoss(Require.Positive(minimumScale), full);

    /// <summary>The scale σ = minimumScale + ln(1 + e^r) that <see cref="GaussianNegativeLogLikelihood"/> reads in an output.</summary>
    /// <param name="output">r, the second of a target's two outputs.</param>
    /// <param name="minimumScale">The loss's <c>minimumScale</c>, positive; by default 0.001.</param>
    /// <exception cref="ArgumentOutOfRangeException">The minimum scale is not a positive finite number.</exception>
    public static float GaussianScale(float output, float minimumScale = 1e-3f) =>
        LossSum.ToSingle(GaussianLoss.Scale(output, Require.Positive(minimumScale)));

    /// <summary>The negative log-likelihood of counts, e^x − t·x: the model gives the logarithm x of the rate of a Poisson
    /// distribution.</summary>
    /// <param name="full">Whether ln t! is part of it, by Stirling's approximation t·ln t − t + ½·ln(2π·t) where t &gt; 1 and 0 elsewhere;
    /// by default not. As PyTorch's <c>full</c>; it changes no gradient.</param>
    /// <remarks>PyTorch's <c>PoissonNLLLoss</c> with its default <c>log_input=True</c>. Targets are 0 or above; negative ones are refused,
    /// fractions are taken. Finite for all finite numbers: beyond x = 600 the rate stays e⁶⁰⁰.</remarks>
    public static Loss<float> PoissonNegativeLogLikelihood(bool full = false) => full ? FullPoisson : Poisson;

    private static readonly PoissonLoss Poisson = new(full: false);
    private static readonly PoissonLoss FullPoisson = new(full: true);
}
