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
    private readonly int[] _samples;

    public TrainingBatch(SequenceModel model, SequenceDataset dataset, int batchSize, bool trains)
    {
        int targetRows = checked(dataset.TargetLength * batchSize);
        _dataset = dataset;
        _pass = new SequencePass(model, keep: trains);
        _inputs = new float[checked(dataset.SequenceLength * batchSize * dataset.InputSize)];
        _targets = new float[dataset.HasClassTargets ? 0 : checked(targetRows * dataset.TargetSize)];
        _classes = new int[dataset.HasClassTargets ? targetRows : 0];
        _outputGradient = new float[trains ? checked(targetRows * model.OutputSize) : 0];
        _samples = new int[batchSize];
    }

    /// <summary>The number of samples.</summary>
    public int Size => _samples.Length;

    public ReadOnlySpan<int> Samples => _samples;

    /// <summary>Shape [SequenceLength, Size, InputSize].</summary>
    public ReadOnlySpan<float> Inputs => _inputs;

    /// <summary>Shape [TargetLength, Size, TargetSize]; empty for class targets.</summary>
    public ReadOnlySpan<float> Targets => _targets;

    public SequenceDataset Dataset => _dataset;

    /// <summary>Takes the data of as many samples as the batch's size.</summary>
    public void Load(ReadOnlySpan<int> samples)
    {
        samples.CopyTo(_samples);
        if (_dataset.HasClassTargets)
        {
            _dataset.CopyBatch(samples, _inputs, _classes);
        }
        else
        {
            _dataset.CopyBatch(samples, _inputs, _targets);
        }
    }

    /// <summary>Runs the model and measures the loss, with its gradient if the batch trains.</summary>
    public LossSum Forward(Loss loss)
    {
        _pass.Forward(_inputs, _dataset.SequenceLength, Size);
        return loss switch
        {
            Loss<int> ofClasses => ofClasses.Measure(_pass.OutputValues, _classes, _outputGradient),
            Loss<float> ofValues => ofValues.Measure(_pass.OutputValues, _targets, _outputGradient),
            _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "Only losses of float and int have data."),
        };
    }

    /// <summary>Adds what the model said in the last forward run to a metric of the data's kind of targets.</summary>
    public void AddTo(Metric metric)
    {
        if (metric is Metric<int> ofClasses)
        {
            ofClasses.Add(_pass.OutputValues, _classes);
        }
        else
        {
            ((Metric<float>)metric).Add(_pass.OutputValues, _targets);
        }
    }

    /// <summary>Adds the parameters' gradients of the last forward run's loss.</summary>
    public void Backward(ParameterSet gradients) =>
        _pass.Backward(_outputGradient, gradients, finalStateGradient: null, wantInputGradient: false);
}
