namespace LstmSharp;

/// <summary>One batch of one size, used again and again: its data, its way through the model, and the loss's gradient.</summary>
internal sealed class TrainingBatch
{
    private readonly SequenceDataset _dataset;
    private readonly SequencePass _pass;
    private readonly float[] _inputs;
    private readonly float[] _targets;
    private readonly int[] _classes;
    private readonly float[] _outputGradient;
    private readonly float[] _rowWeights;
    private readonly int[] _samples;
    private readonly int[] _lengths;
    private readonly bool _hasTargetOfEachStep;

    /// <summary>The step of training of the last forward run; null where it predicted.</summary>
    private (int Seed, long Update)? _update;

    public TrainingBatch(SequenceModel model, SequenceDataset dataset, int batchSize, bool trains, long? memoryBudget)
    {
        int targetRows = checked(dataset.MaxTargetLength * batchSize);
        _dataset = dataset;
        _pass = new SequencePass(model, keep: trains, memoryBudget);
        _inputs = new float[checked(dataset.MaxSequenceLength * batchSize * dataset.InputSize)];
        _targets = new float[dataset.HasClassTargets ? 0 : checked(targetRows * dataset.TargetSize)];
        _classes = new int[dataset.HasClassTargets ? targetRows : 0];
        _outputGradient = new float[trains ? checked(targetRows * model.OutputSize) : 0];
        _hasTargetOfEachStep = dataset.IsRagged && dataset.MaxTargetLength == dataset.MaxSequenceLength;
        _rowWeights = new float[_hasTargetOfEachStep ? targetRows : 0];
        _samples = new int[batchSize];
        _lengths = new int[batchSize];
        SequenceLength = dataset.MaxSequenceLength;
    }

    /// <summary>The number of samples.</summary>
    public int Size => _samples.Length;

    public ReadOnlySpan<int> Samples => _samples;

    /// <summary>The number of steps of the longest sequence.</summary>
    public int SequenceLength { get; private set; }

    /// <summary>Each sample's number of steps.</summary>
    public ReadOnlySpan<int> Lengths => _lengths;

    /// <summary>Shape [SequenceLength, Size, InputSize].</summary>
    public ReadOnlySpan<float> Inputs => _inputs.AsSpan(0, SequenceLength * Size * _dataset.InputSize);

    /// <summary>Shape [TargetLength, Size, TargetSize]; empty for class targets.</summary>
    public ReadOnlySpan<float> Targets => _targets.AsSpan(0, _dataset.HasClassTargets ? 0 : TargetRows * _dataset.TargetSize);

    public SequenceDataset Dataset => _dataset;

    private int TargetRows => (_hasTargetOfEachStep ? SequenceLength : _dataset.MaxTargetLength) * Size;

    private ReadOnlySpan<int> Classes => _classes.AsSpan(0, _dataset.HasClassTargets ? TargetRows : 0);

    /// <summary>1 for each row that is a step of a sequence, 0 beyond its end; empty where all rows count.</summary>
    private ReadOnlySpan<float> RowWeights => _rowWeights.AsSpan(0, _hasTargetOfEachStep ? TargetRows : 0);

    /// <summary>Takes the data of as many samples as the batch's size.</summary>
    public void Load(ReadOnlySpan<int> samples)
    {
        samples.CopyTo(_samples);
        SequenceLength = _dataset.CopyLengths(samples, _lengths);
        Span<float> inputs = _inputs.AsSpan(0, Inputs.Length);
        if (_dataset.HasClassTargets)
        {
            _dataset.CopyBatch(samples, inputs, _classes.AsSpan(0, Classes.Length));
        }
        else
        {
            _dataset.CopyBatch(samples, inputs, _targets.AsSpan(0, Targets.Length));
        }

        for (int row = 0; row < RowWeights.Length; row++)
        {
            _rowWeights[row] = row / Size < _lengths[row % Size] ? 1 : 0;
        }
    }

    /// <summary>What the targets that it holds weigh together.</summary>
    public double TotalWeight(Loss loss) => loss is Loss<int> ofClasses
        ? ofClasses.TotalWeight(Classes, RowWeights)
        : ((Loss<float>)loss).TotalWeight(Targets, RowWeights);

    /// <summary>Runs the model as it predicts and measures the loss, with its gradient if the batch trains.</summary>
    /// <param name="loss">The loss.</param>
    public LossSum Forward(Loss loss)
    {
        _pass.Forward(Inputs, SequenceLength, Size, _lengths);
        return Measure(loss, divisor: null);
    }

    /// <summary>Runs the model as it trains and measures the loss with its gradient.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="seed">The seed of what is dropped.</param>
    /// <param name="update">The number of the update.</param>
    /// <param name="divisor">What the gradient of the loss's sum is divided by, 0 for no gradient; null for this batch's weight.</param>
    public LossSum ForwardToTrain(Loss loss, int seed, long update, double? divisor = null)
    {
        _update = (seed, update);
        _pass.Forward(Inputs, SequenceLength, Size, _lengths, new TrainingStep(seed, update, _samples));
        return Measure(loss, divisor);
    }

    /// <summary>What another model, such as a part of this one, makes of the data, run as the last time.</summary>
    public ReadOnlySpan<float> OutputsOf(SequenceModel part)
    {
        var pass = new SequencePass(part, keep: _update is not null);
        if (_update is { } step)
        {
            pass.Forward(Inputs, SequenceLength, Size, _lengths, new TrainingStep(step.Seed, step.Update, _samples));
        }
        else
        {
            pass.Forward(Inputs, SequenceLength, Size, _lengths);
        }

        return pass.OutputValues;
    }

    /// <summary>Adds what the model said in the last forward run to a metric of the data's kind of targets.</summary>
    public void AddTo(Metric metric)
    {
        if (metric is Metric<int> ofClasses)
        {
            AddRealRows(ofClasses, Classes);
        }
        else
        {
            AddRealRows((Metric<float>)metric, Targets);
        }
    }

    /// <summary>Adds the parameters' gradients of the last forward run's loss.</summary>
    public void Backward(ParameterSet gradients) => _pass.Backward(
        _outputGradient.AsSpan(0, _pass.OutputValues.Length), gradients, finalStateGradient: null, wantInputGradient: false);

    private LossSum Measure(Loss loss, double? divisor) => loss switch
    {
        Loss<int> ofClasses => Measure(ofClasses, Classes, divisor),
        Loss<float> ofValues => Measure(ofValues, Targets, divisor),
        _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "Only losses of float and int have data."),
    };

    private LossSum Measure<TTarget>(Loss<TTarget> loss, ReadOnlySpan<TTarget> targets, double? divisor)
        where TTarget : unmanaged
    {
        ReadOnlySpan<float> outputs = _pass.OutputValues;
        Span<float> gradient = _outputGradient.AsSpan(0, Math.Min(_outputGradient.Length, outputs.Length));
        loss.Check(outputs, targets);
        double weight = loss.TotalWeight(targets, RowWeights), total = divisor ?? weight;
        if (total == 0)
        {
            gradient.Clear();
            return default;
        }

        return new LossSum(loss.Sum(outputs, targets, gradient, total, RowWeights), weight);
    }

    private void AddRealRows<TTarget>(Metric<TTarget> metric, ReadOnlySpan<TTarget> targets)
        where TTarget : unmanaged
    {
        ReadOnlySpan<float> outputs = _pass.OutputValues, weights = RowWeights;
        if (weights.IsEmpty)
        {
            metric.Add(outputs, targets);
            return;
        }

        int width = outputs.Length / weights.Length, size = targets.Length / weights.Length;
        for (int start = 0, end; start < weights.Length; start = end)
        {
            int count = weights[start..].IndexOfAnyExcept(weights[start]);
            end = count < 0 ? weights.Length : start + count;
            if (weights[start] != 0)
            {
                metric.Add(outputs[(start * width)..(end * width)], targets[(start * size)..(end * size)]);
            }
        }
    }
}
