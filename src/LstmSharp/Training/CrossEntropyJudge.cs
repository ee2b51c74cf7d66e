namespace LstmSharp;

/// <summary>Cross-entropy of a batch, computed where the logits lie: a large vocabulary's are held once, and the gradient takes their
/// place.</summary>
/// <remarks>Each row's loss is kept, and the sum goes over the rows in their order in the batch: it has the bits of
/// <see cref="Loss{TTarget}.Sum"/>, in whatever order, on however many threads rows were judged.</remarks>
internal sealed class CrossEntropyJudge : IOutputJudge
{
    private double[] _losses = [];
    private CrossEntropyLoss? _loss;
    private ReadOnlyMemory<int> _targets;
    private ReadOnlyMemory<float> _rowWeights;
    private double _weight;
    private double _divisor;

    /// <summary>What was judged since <see cref="Begin"/>.</summary>
    public LossSum Sum =>
        _divisor == 0 ? default : new LossSum(CrossEntropyLoss.SumOf(_losses.AsSpan(0, _targets.Length), _rowWeights.Span), _weight);

    /// <summary>Takes a batch.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="classes">How many classes the model knows.</param>
    /// <param name="targets">A class for each row of the batch.</param>
    /// <param name="rowWeights">A weight for each row; empty where each is 1.</param>
    /// <param name="divisor">What the gradient of the loss's sum is divided by, 0 for no gradient; null for this batch's weight.</param>
    /// <exception cref="ArgumentException">A target is no class.</exception>
    public void Begin(
        CrossEntropyLoss loss, int classes, ReadOnlyMemory<int> targets, ReadOnlyMemory<float> rowWeights, double? divisor)
    {
        TargetChecks.ThrowUnlessClassesAreKnown(loss, targets.Span, classes);
        (_loss, _targets, _rowWeights) = (loss, targets, rowWeights);
        _weight = loss.TotalWeight(targets.Span, rowWeights.Span);
        _divisor = divisor ?? _weight;
        if (_losses.Length < targets.Length)
        {
            _losses = new double[targets.Length];
        }

        _losses.AsSpan(0, targets.Length).Clear();
    }

    public void Judge(int row, Span<float> outputs, bool wantsGradient)
    {
        double weight = _rowWeights.IsEmpty ? 1 : _rowWeights.Span[row];
        if (weight != 0 && _divisor != 0)
        {
            _losses[row] = _loss!.ComputeRow(outputs, _targets.Span[row], wantsGradient ? outputs : [], _divisor / weight);
        }
        else if (wantsGradient)
        {
            outputs.Clear();
        }
    }
}
