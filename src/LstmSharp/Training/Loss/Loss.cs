namespace LstmSharp;

/// <summary>What training makes small: one number for how far predictions lie from their targets, and its gradient.</summary>
/// <remarks>Every loss is a weighted mean, Σ w·l / Σ w over all that counts, where most losses give every element the weight w = 1. Both
/// sums run in double, in a fixed order, and whoever goes through data in batches adds them up before dividing: no mean depends on the
/// batch size. Losses hold no state: one object may serve any number of threads. To write your own, derive from
/// <see cref="Loss{TTarget}"/>.</remarks>
public abstract partial class Loss
{
    /// <summary>A class target of this value is left out of <see cref="CrossEntropy"/>: −100, as in PyTorch.</summary>
    public const int IgnoredTarget = -100;

    /// <summary>How many exponentials are computed at a time, on the stack.</summary>
    private protected const int BlockLength = 256;

    private protected Loss()
    {
    }

    /// <summary>The mean of (p − t)², for regression.</summary>
    public static Loss<float> MeanSquaredError { get; } = new DifferenceLoss<SquaredDifference>(default);

    /// <summary>The mean of |p − t|, for regression with outliers; its gradient where p = t is 0.</summary>
    public static Loss<float> MeanAbsoluteError { get; } = new DifferenceLoss<AbsoluteDifference>(default);

    /// <summary>The mean of max(x, 0) − x·t + ln(1 + e^−|x|): binary cross-entropy from logits x, without a sigmoid layer before it.</summary>
    /// <remarks>Targets are probabilities from 0 to 1, others are refused; several labels may be true at once. It does not overflow for
    /// any finite logit.</remarks>
    public static Loss<float> BinaryCrossEntropyWithLogits { get; } = new BinaryCrossEntropyLoss();

    /// <summary>The mean of −ln softmax(x)[t] over the rows: cross-entropy from logits x and class numbers t, without a softmax layer
    /// before it.</summary>
    /// <remarks>Rows whose target is <see cref="IgnoredTarget"/> count for nothing and get a zero gradient. If every target is ignored
    /// the loss is 0 (PyTorch gives NaN), as a batch without targets has nothing to teach.</remarks>
    public static Loss<int> CrossEntropy { get; } = new CrossEntropyLoss(0);

    /// <summary>Half the square of a small difference d = p − t, and δ·(|d| − δ/2) where |d| ≥ δ: squared near 0, absolute for outliers.</summary>
    /// <param name="delta">δ, where the two meet, in units of the target; positive, by default 1.</param>
    /// <remarks>With δ = 1 this is PyTorch's <c>smooth_l1_loss</c> too. Source: Huber 1964.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">δ is not a positive finite number.</exception>
    public static Loss<float> Huber(float delta = 1) =>
        new DifferenceLoss<HuberDifference>(new HuberDifference(Require.Positive(delta)));

    /// <summary><see cref="CrossEntropy"/> against softened targets: the true class gets 1 − ε, and ε is shared by all classes alike.</summary>
    /// <param name="labelSmoothing">ε, at least 0 (plain cross-entropy) and below 1, where the targets would say nothing.</param>
    /// <remarks>Source: Szegedy et al. 2016.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">ε is not within its range.</exception>
    public static Loss<int> SmoothedCrossEntropy(float labelSmoothing) =>
        new CrossEntropyLoss(Require.BelowOne(labelSmoothing));

    /// <summary><see cref="CrossEntropy"/> with a weight w for each class, such as a large one for a rare class: Σ w[t]·l / Σ w[t], as
    /// PyTorch's <c>weight</c>.</summary>
    /// <param name="classWeights">One weight for each class, finite and not negative, at least one above 0.</param>
    /// <exception cref="ArgumentException">There is no weight above 0, or one is negative or not finite.</exception>
    public static Loss<int> WeightedCrossEntropy(params ReadOnlySpan<float> classWeights)
    {
        bool some = false;
        for (int k = 0; k < classWeights.Length; k++)
        {
            some |= classWeights[k] > 0;
            if (!(classWeights[k] >= 0 && float.IsFinite(classWeights[k])))
            {
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"WeightedCrossEntropy: classWeights must be finite and not negative, but that of class {k} is {classWeights[k]}."),
                    nameof(classWeights));
            }
        }

        return some
            ? new CrossEntropyLoss(0, classWeights.ToArray())
            : throw new ArgumentException("WeightedCrossEntropy: classWeights must hold one above 0, but holds none.", nameof(classWeights));
    }

    /// <summary>A loss of values whose mean goes over the steps: what a step's outputs lose is summed, not averaged.</summary>
    /// <param name="loss">The loss of every value, such as <see cref="BinaryCrossEntropyWithLogits"/>.</param>
    /// <param name="outputs">How many values a step has, 1 or more: 88 for the keys of a piano.</param>
    /// <remarks>The loss and its gradient are <paramref name="outputs"/> times as large as those of the mean over values.</remarks>
    /// <exception cref="ArgumentNullException">The loss is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="outputs"/> is below 1.</exception>
    /// <exception cref="ArgumentException"><paramref name="outputs"/> is no multiple of the loss's <see cref="Loss{TTarget}.OutputsPerTarget"/>.</exception>
    public static Loss<float> SummedOverOutputs(Loss<float> loss, int outputs)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return Require.AtLeastOne(outputs) % loss.OutputsPerTarget == 0
            ? new SummedOutputsLoss(loss, outputs)
            : throw new ArgumentException(
                $"SummedOverOutputs: outputs must be a multiple of {loss.OutputsPerTarget}, the outputs that {loss} takes for each target, but is {outputs}.",
                nameof(outputs));
    }
}
