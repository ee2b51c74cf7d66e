using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>The states of a stream as kernels take them: they stay in one place, step after step.</summary>
internal sealed unsafe class StreamState
{
    private readonly AlignedBuffer _states = new();
    private readonly SequenceModel _model;
    private bool _isOdd;

    /// <summary>The same states in users' form, for steps that several threads share.</summary>
    private ModelState? _shared;

    /// <summary>Makes states of zeros.</summary>
    public StreamState(SequenceModel model, int batchSize)
    {
        _model = model;
        BatchSize = batchSize;
        _states.Reserve(batchSize * model.Step().StateSize);
        Clear();
    }

    /// <summary>The number of rows.</summary>
    public int BatchSize { get; }

    /// <summary>Takes a step on memory that was checked; the output may lie where the input does.</summary>
    public void Step(ReadOnlySpan<float> input, Span<float> output)
    {
        if (!_model.StepsAlone(BatchSize))
        {
            StepWithOthers(input, output);
            return;
        }

        bool isOdd = !_isOdd;
        fixed (float* inputs = input, outputs = output)
        {
            _model.Step().Run(inputs, BatchSize, isOdd, _states.Pointer, outputs);
        }

        _isOdd = isOdd;
        GC.KeepAlive(this);
    }

    public void Clear()
    {
        _model.Step().Clear(_states.Pointer, BatchSize);
        GC.KeepAlive(this);
    }

    public void ClearRow(int row)
    {
        _model.Step().ClearRow(_states.Pointer, BatchSize, _isOdd, row);
        GC.KeepAlive(this);
    }

    /// <summary>Copies neighbouring rows in.</summary>
    public void Read(int row, ModelState source, int sourceRow, int count)
    {
        _model.Step().Read(_states.Pointer, BatchSize, _isOdd, row, source, sourceRow, count);
        GC.KeepAlive(this);
    }

    /// <summary>Copies neighbouring rows out.</summary>
    public void Write(int row, ModelState target, int targetRow, int count)
    {
        _model.Step().Write(_states.Pointer, BatchSize, _isOdd, row, target, targetRow, count);
        GC.KeepAlive(this);
    }

    private void StepWithOthers(ReadOnlySpan<float> input, Span<float> output)
    {
        _shared ??= _model.CreateState(BatchSize);
        Write(0, _shared, 0, BatchSize);
        _model.Run(input, length: 1, BatchSize, lengths: [], _shared, _shared, output);
        Read(0, _shared, 0, BatchSize);
    }
}
