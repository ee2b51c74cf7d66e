using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>One batch of one size, used again and again: its data, its way through the model, and the loss's gradient.</summary>
internal sealed class TrainingBatch
{
    private readonly SequenceDataset _dataset;
    private readonly SequencePass _pass;
    private readonly float[] _inputs;
    private readonly int[] _tokens;
    private readonly float[] _targets;
    private readonly int[] _classes;
    private readonly float[] _outputGradient;
    private readonly float[] _rowWeights;
    private readonly int[] _samples;
    private readonly int[] _lengths;
    private readonly bool _hasTargetOfEachStep;

    public TrainingBatch(SequenceModel model, SequenceDataset dataset, int batchSize, bool trains, long? memoryBudget)
    {
        int targetRows = checked(dataset.MaxTargetLength * batchSize);
        _dataset = dataset;
        _pass = new SequencePass(model, keep: trains, memoryBudget);
        int inputCount = checked(dataset.MaxSequenceLength * batchSize * dataset.InputSize);
        _inputs = new float[dataset.HasTokenInputs ? 0 : inputCount];
        _tokens = new int[dataset.HasTokenInputs ? inputCount : 0];
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

    /// <summary>Shape [SequenceLength, Size, InputSize]; empty for tokens.</summary>
    public ReadOnlySpan<float> Inputs => LoadedInputs;

    /// <summary>What the model takes.</summary>
    public SequenceInput Input => _dataset.HasTokenInputs
        ? new SequenceInput(new ReadOnlyTensorSpan<int>(LoadedTokens, [SequenceLength, Size]), _lengths)
        : new SequenceInput(new ReadOnlyTensorSpan<float>(LoadedInputs, [SequenceLength, Size, _dataset.InputSize]), _lengths);

    /// <summary>Shape [TargetLength, Size, TargetSize]; empty for class targets.</summary>
    public ReadOnlySpan<float> Targets => _targets.AsSpan(0, _dataset.HasClassTargets ? 0 : TargetRows * _dataset.TargetSize);

    public SequenceDataset Dataset => _dataset;

    private Span<float> LoadedInputs => _inputs.AsSpan(0, _dataset.HasTokenInputs ? 0 : SequenceLength * Size * _dataset.InputSize);

    /// <summary>Shape [SequenceLength, Size]; empty for values.</summary>
    private Span<int> LoadedTokens => _tokens.AsSpan(0, _dataset.HasTokenInputs ? SequenceLength * Size : 0);

    private int TargetRows => (_hasTargetOfEachStep ? SequenceLength : _dataset.MaxTargetLength) * Size;

    private ReadOnlySpan<int> Classes => _classes.AsSpan(0, _dataset.HasClassTargets ? TargetRows : 0);

    /// <summary>1 for each row that is a step of a sequence, 0 beyond its end; empty where all rows count.</summary>
    private ReadOnlySpan<float> RowWeights => _rowWeights.AsSpan(0, _hasTargetOfEachStep ? TargetRows : 0);

    /// <summary>Takes the data of as many samples as the batch's size.</summary>
    public void Load(ReadOnlySpan<int> samples)
    {
        samples.CopyTo(_samples);
        SequenceLength = _dataset.CopyLengths(samples, _lengths);
        Span<int> classes = _classes.AsSpan(0, Classes.Length);
        Span<float> targets = _targets.AsSpan(0, Targets.Length);
        switch (_dataset.HasTokenInputs, _dataset.HasClassTargets)
        {
            case (false, false):
                _dataset.CopyBatch(samples, LoadedInputs, targets);
                break;
            case (false, true):
                _dataset.CopyBatch(samples, LoadedInputs, classes);
                break;
            case (true, false):
                _dataset.CopyBatch(samples, LoadedTokens, targets);
                break;
            case (true, true):
                _dataset.CopyBatch(samples, LoadedTokens, classes);
                break;
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

    /// <summary>Runs the model and measures the loss, with its gradient if the batch trains.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="divisor">What the gradient of the loss's sum is divided by, 0 for no gradient; by default this batch's weight.</param>
    public LossSum Forward(Loss loss, double? divisor = null)
    {
        _pass.Forward(Input);
        return loss switch
        {
            Loss<int> ofClasses => Measure(ofClasses, Classes, divisor),
            Loss<float> ofValues => Measure(ofValues, Targets, divisor),
            _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "Only losses of float and int have data."),
        };
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
