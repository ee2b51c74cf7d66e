using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LstmSharp;

/// <summary>One batch of one size, used again and again: its data, its way through the model, and the loss's gradient.</summary>
/// <remarks>Its steps run in windows, by default in one: each from the states after the one before, with the gradient cut at its
/// start (docs/math/lstm.md, (9)).</remarks>
internal sealed class TrainingBatch
{
    private readonly SequenceDataset _dataset;
    private readonly SequencePass _pass;
    private readonly float[] _inputs;
    private readonly int[] _tokens;
    private readonly float[] _targets;
    private readonly int[] _classes;
    private readonly CrossEntropyJudge _judge = new();
    private readonly int _outputCount;
    private readonly float[] _rowWeights;
    private readonly int[] _labels;
    private readonly int[] _labelCounts;
    private readonly int[] _samples;
    private readonly int[] _wholeLengths;
    private readonly int[] _lengths;
    private readonly bool _hasTargetOfEachStep;
    private readonly int _window;
    private readonly ModelState? _state;
    private float[] _outputGradient = [];
    private bool _isJudged;
    private int _wholeLength;

    /// <summary>The step of training of the last forward run; null where it predicted.</summary>
    private (int Seed, long Update)? _update;

    public TrainingBatch(
        SequenceModel model, SequenceDataset dataset, int batchSize, bool trains, long? memoryBudget, int window = int.MaxValue)
    {
        int targetRows = checked(dataset.MaxTargetLength * batchSize);
        _dataset = dataset;
        _pass = new SequencePass(model, keep: trains, memoryBudget);
        int inputCount = checked(dataset.MaxSequenceLength * batchSize * dataset.InputSize);
        _inputs = new float[dataset.HasTokenInputs ? 0 : inputCount];
        _tokens = new int[dataset.HasTokenInputs ? inputCount : 0];
        _targets = new float[dataset.HasClassTargets ? 0 : checked(targetRows * dataset.TargetSize)];
        _classes = new int[dataset.HasClassTargets ? targetRows : 0];
        int outputLength = dataset.HasLabelTargets ? dataset.MaxSequenceLength : dataset.MaxTargetLength;
        _outputCount = trains ? checked(Math.Min(window, outputLength) * batchSize * model.OutputSize) : 0;
        _hasTargetOfEachStep = dataset.MaxTargetLength == dataset.MaxSequenceLength && !dataset.HasLabelTargets;
        _labels = new int[dataset.HasLabelTargets ? targetRows : 0];
        _labelCounts = new int[dataset.HasLabelTargets ? batchSize : 0];
        _rowWeights = new float[dataset.IsRagged && _hasTargetOfEachStep ? targetRows : 0];
        _samples = new int[batchSize];
        _wholeLengths = new int[batchSize];
        _lengths = new int[batchSize];
        _window = window;
        _state = window < dataset.MaxSequenceLength ? model.CreateState(batchSize) : null;
        _wholeLength = dataset.MaxSequenceLength;
        GoTo(0);
    }

    /// <summary>The number of samples.</summary>
    public int Size => _samples.Length;

    public ReadOnlySpan<int> Samples => _samples;

    /// <summary>The first step of the window.</summary>
    public int FirstStep { get; private set; }

    /// <summary>The number of steps of the window.</summary>
    public int SequenceLength { get; private set; }

    /// <summary>The states that the window starts from; null for zeros. To be written where a run goes on from a checkpoint.</summary>
    public ModelState? InitialState => FirstStep > 0 ? _state : null;

    /// <summary>The states that the next window starts from, after a forward run; null where the batch ends here.</summary>
    public ModelState? NextState => FirstStep + SequenceLength < _wholeLength ? _pass.FinalState : null;

    /// <summary>Each sample's number of steps in the window.</summary>
    public ReadOnlySpan<int> Lengths => _lengths;

    /// <summary>Shape [SequenceLength, Size, InputSize]; empty for tokens.</summary>
    public ReadOnlySpan<float> Inputs => _dataset.HasTokenInputs ? [] : Rows;

    /// <summary>What the model's layers take: values, or tokens as their bits.</summary>
    private ReadOnlySpan<float> Rows
    {
        get
        {
            ReadOnlySpan<float> all = _dataset.HasTokenInputs ? MemoryMarshal.Cast<int, float>(_tokens.AsSpan()) : _inputs;
            return all.Slice(FirstStep * Size * _dataset.InputSize, SequenceLength * Size * _dataset.InputSize);
        }
    }

    /// <summary>Shape [TargetLength, Size, TargetSize]; empty for class targets.</summary>
    public ReadOnlySpan<float> Targets => _dataset.HasClassTargets
        ? []
        : _targets.AsSpan(FirstStep * Size * _dataset.TargetSize, TargetRows * _dataset.TargetSize);

    public SequenceDataset Dataset => _dataset;

    private int TargetRows => (_hasTargetOfEachStep ? SequenceLength : _dataset.MaxTargetLength) * Size;

    private ReadOnlyMemory<int> Classes => _dataset.HasClassTargets ? _classes.AsMemory(FirstStep * Size, TargetRows) : default;

    /// <summary>1 for each row that is a step of a sequence, 0 beyond its end; empty where all rows count.</summary>
    private ReadOnlyMemory<float> RowWeights => _rowWeights.Length == 0 ? default : _rowWeights.AsMemory(FirstStep * Size, TargetRows);

    /// <summary>How many windows a sequence of so many steps has, one at least.</summary>
    public static int WindowsIn(int steps, int window) => Math.Max(1, (int)(((long)steps + window - 1) / window));

    /// <summary>Takes the data of as many samples as the batch's size.</summary>
    public void Load(ReadOnlySpan<int> samples)
    {
        samples.CopyTo(_samples);
        _wholeLength = _dataset.CopyLengths(samples, _wholeLengths);
        int targetLength = _dataset.HasLabelTargets ? _dataset.CopyTargetLengths(samples, _labelCounts)
            : _hasTargetOfEachStep ? _wholeLength
            : _dataset.MaxTargetLength;
        int targetRows = targetLength * Size;
        int inputCount = _wholeLength * Size * _dataset.InputSize;
        Span<float> inputs = _inputs.AsSpan(0, _dataset.HasTokenInputs ? 0 : inputCount);
        Span<int> tokens = _tokens.AsSpan(0, _dataset.HasTokenInputs ? inputCount : 0);
        Span<float> targets = _targets.AsSpan(0, _dataset.HasClassTargets ? 0 : targetRows * _dataset.TargetSize);
        Span<int> classes = _classes.AsSpan(0, _dataset.HasClassTargets ? targetRows : 0);
        switch (_dataset.HasTokenInputs, _dataset.HasClassTargets)
        {
            case (false, false):
                _dataset.CopyBatch(samples, inputs, targets);
                break;
            case (false, true):
                _dataset.CopyBatch(samples, inputs, classes);
                break;
            case (true, false):
                _dataset.CopyBatch(samples, tokens, targets);
                break;
            case (true, true):
                _dataset.CopyBatch(samples, tokens, classes);
                break;
        }

        for (int row = 0; row < Math.Min(targetRows, _rowWeights.Length); row++)
        {
            _rowWeights[row] = row / Size < _wholeLengths[row % Size] ? 1 : 0;
        }

        GoTo(0);
    }

    /// <summary>Turns to a window, whose <see cref="InitialState"/> the caller writes where it is not the first.</summary>
    public void GoTo(int window)
    {
        FirstStep = window == 0 ? 0 : checked(window * _window);
        SequenceLength = Math.Min(_window, _wholeLength - FirstStep);
        for (int row = 0; row < _lengths.Length; row++)
        {
            _lengths[row] = Math.Clamp(_wholeLengths[row] - FirstStep, 0, SequenceLength);
        }
    }

    /// <summary>Turns to the next window, after a forward run of this one.</summary>
    public void GoOn()
    {
        _state!.CopyFrom(_pass.FinalState);
        GoTo((FirstStep / _window) + 1);
    }

    /// <summary>What the targets that it holds weigh together.</summary>
    public double TotalWeight(Loss loss) => loss is CtcLoss ? Size
        : loss is Loss<int> ofClasses
        ? ofClasses.TotalWeight(Classes.Span, RowWeights.Span)
        : ((Loss<float>)loss).TotalWeight(Targets, RowWeights.Span);

    /// <summary>Runs the model as it predicts and measures the loss, with its gradient if the batch trains.</summary>
    /// <param name="loss">The loss.</param>
    public LossSum Forward(Loss loss)
    {
        _isJudged = false;
        _pass.Forward(Rows, SequenceLength, Size, _lengths, InitialState);
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
        var step = new TrainingStep(seed, update, _samples);
        _isJudged = _pass.TakesJudge && loss is CrossEntropyLoss;
        if (_isJudged)
        {
            _judge.Begin((CrossEntropyLoss)loss, _pass.Model.OutputSize, Classes, RowWeights, divisor);
            _pass.Forward(Rows, SequenceLength, Size, _lengths, step, InitialState, _judge);
            return _judge.Sum;
        }

        _pass.Forward(Rows, SequenceLength, Size, _lengths, step, InitialState);
        return Measure(loss, divisor);
    }

    /// <summary>What another model, such as a part of this one, makes of the data, run as the last time.</summary>
    /// <param name="part">The model.</param>
    /// <param name="initialState">Its states to start from; null means zeros.</param>
    public ReadOnlySpan<float> OutputsOf(SequenceModel part, ModelState? initialState)
    {
        var pass = new SequencePass(part, keep: _update is not null);
        if (_update is { } step)
        {
            pass.Forward(Rows, SequenceLength, Size, _lengths, new TrainingStep(step.Seed, step.Update, _samples), initialState);
        }
        else
        {
            pass.Forward(Rows, SequenceLength, Size, _lengths, initialState);
        }

        return pass.OutputValues;
    }

    /// <summary>Adds what the model said in the last forward run to a metric of the data's kind of targets.</summary>
    public void AddTo(Metric metric)
    {
        if (metric is Metric<int> ofClasses)
        {
            AddRealRows(ofClasses, Classes.Span);
        }
        else
        {
            AddRealRows((Metric<float>)metric, Targets);
        }
    }

    /// <summary>Adds the parameters' gradients of the last forward run's loss.</summary>
    public void Backward(ParameterSet gradients)
    {
        if (_isJudged)
        {
            _pass.Backward(gradients);
            return;
        }

        _pass.Backward(
            _outputGradient.AsSpan(0, _pass.OutputValues.Length), gradients, finalStateGradient: null, wantInputGradient: false);
    }

    /// <summary>Measures how the gradient of the last forward run's loss flows back through the recurrent layers; in place of
    /// <see cref="Backward"/>.</summary>
    public GradientFlow MeasureGradientFlow(float saturation) =>
        GradientFlow.Of(_pass, _outputGradient.AsSpan(0, _pass.OutputValues.Length), saturation);

    private LossSum Measure(Loss loss, double? divisor) => loss switch
    {
        Loss<int> ofClasses => Measure(ofClasses, Classes.Span, divisor),
        Loss<float> ofValues => Measure(ofValues, Targets, divisor),
        CtcLoss ofLabels => Measure(ofLabels, divisor ?? Size),
        _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "Only losses of float and int have data."),
    };

    private LossSum Measure<TTarget>(Loss<TTarget> loss, ReadOnlySpan<TTarget> targets, double? divisor)
        where TTarget : unmanaged
    {
        ReadOnlySpan<float> outputs = _pass.OutputValues;
        return loss.Measure(outputs, targets, GradientOf(outputs), divisor, RowWeights.Span);
    }

    /// <summary>The loss of labels, which lie side by side for the rows, as [number, row], and are gathered row by row.</summary>
    private LossSum Measure(CtcLoss loss, double divisor)
    {
        int count = 0;
        for (int row = 0; row < Size; row++)
        {
            for (int n = 0; n < _labelCounts[row]; n++)
            {
                _labels[count++] = _classes[(n * Size) + row];
            }
        }

        ReadOnlySpan<float> outputs = _pass.OutputValues;
        var logits = new ReadOnlyTensorSpan<float>(outputs, [SequenceLength, Size, _pass.Model.OutputSize]);
        return new LossSum(loss.Sum(logits, _labels.AsSpan(0, count), _labelCounts, GradientOf(outputs), _lengths, divisor), Size);
    }

    /// <summary>Room for the outputs' gradient; none where nobody trains.</summary>
    private Span<float> GradientOf(ReadOnlySpan<float> outputs)
    {
        if (_outputGradient.Length < _outputCount)
        {
            _outputGradient = new float[_outputCount];
        }

        return _outputGradient.AsSpan(0, Math.Min(_outputGradient.Length, outputs.Length));
    }

    private void AddRealRows<TTarget>(Metric<TTarget> metric, ReadOnlySpan<TTarget> targets)
        where TTarget : unmanaged
    {
        ReadOnlySpan<float> outputs = _pass.OutputValues, weights = RowWeights.Span;
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
