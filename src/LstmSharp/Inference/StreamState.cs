using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>The states of a stream: as kernels take them, in one place step after step, where all layers of the model step directly; else in
/// users' form.</summary>
internal sealed unsafe class StreamState
{
    private readonly AlignedBuffer _states = new();
    private readonly SequenceModel _model;
    private bool _isOdd;

    /// <summary>The states in users' form: for steps that go through a pass, as those do that several threads share.</summary>
    private ModelState? _ofUsers;

    /// <summary>Makes states of zeros.</summary>
    public StreamState(SequenceModel model, int batchSize)
    {
        _model = model;
        BatchSize = batchSize;
        if (model.StepsDirectly)
        {
            _states.Reserve(batchSize * model.Step().StateSize);
            Clear();
        }
        else
        {
            _ofUsers = model.CreateState(batchSize);
        }
    }

    /// <summary>The number of rows.</summary>
    public int BatchSize { get; }

    /// <summary>Takes a step on memory that was checked; the output may lie where the input does.</summary>
    public void Step(ReadOnlySpan<float> input, Span<float> output)
    {
        if (!_model.StepsDirectly)
        {
            _model.Run(input, length: 1, BatchSize, lengths: [], _ofUsers, _ofUsers, output);
        }
        else if (!_model.StepsAlone(BatchSize))
        {
            StepWithOthers(input, output);
        }
        else
        {
            StepDirectly(input, output);
        }
    }

    public void Clear()
    {
        if (_model.StepsDirectly)
        {
            _model.Step().Clear(_states.Pointer, BatchSize);
            GC.KeepAlive(this);
        }
        else
        {
            _ofUsers!.Clear();
        }
    }

    public void ClearRow(int row)
    {
        if (_model.StepsDirectly)
        {
            _model.Step().ClearRow(_states.Pointer, BatchSize, _isOdd, row);
            GC.KeepAlive(this);
        }
        else
        {
            _ofUsers!.ClearRow(row);
        }
    }

    /// <summary>Copies neighbouring rows in.</summary>
    public void Read(int row, ModelState source, int sourceRow, int count)
    {
        if (_model.StepsDirectly)
        {
            _model.Step().Read(_states.Pointer, BatchSize, _isOdd, row, source, sourceRow, count);
            GC.KeepAlive(this);
            return;
        }

        for (int n = 0; n < count; n++)
        {
            _ofUsers!.CopyRow(row + n, source, sourceRow + n);
        }
    }

    /// <summary>Copies neighbouring rows out.</summary>
    public void Write(int row, ModelState target, int targetRow, int count)
    {
        if (_model.StepsDirectly)
        {
            _model.Step().Write(_states.Pointer, BatchSize, _isOdd, row, target, targetRow, count);
            GC.KeepAlive(this);
            return;
        }

        for (int n = 0; n < count; n++)
        {
            target.CopyRow(targetRow + n, _ofUsers!, row + n);
        }
    }

    private void StepDirectly(ReadOnlySpan<float> input, Span<float> output)
    {
        bool isOdd = !_isOdd;
        fixed (float* inputs = input, outputs = output)
        {
            _model.Step().Run(inputs, BatchSize, isOdd, _states.Pointer, outputs);
        }

        _isOdd = isOdd;
        GC.KeepAlive(this);
    }

    private void StepWithOthers(ReadOnlySpan<float> input, Span<float> output)
    {
        _ofUsers ??= _model.CreateState(BatchSize);
        Write(0, _ofUsers, 0, BatchSize);
        _model.Run(input, length: 1, BatchSize, lengths: [], _ofUsers, _ofUsers, output);
        Read(0, _ofUsers, 0, BatchSize);
    }
}
