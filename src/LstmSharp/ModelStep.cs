using System.Runtime.CompilerServices;
using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>A single step through all layers of a model on one thread: the direct way, without the memory of a pass.</summary>
/// <remarks>Shared by all streams and predictions of a model. It looks once a step whether weights were edited.</remarks>
internal sealed unsafe class ModelStep
{
    private const long MostFloatsOfAThread = 1 << 18;

    private readonly Parameter[] _parameters;
    private readonly LayerStep[] _layers;
    private readonly RecurrentStep[] _recurrent;
    private readonly int _inputSize;
    private readonly int _outputSize;
    private readonly long _workSize;
    private long _version = -1;

    public ModelStep(SequenceModel model, SimdWidth width)
    {
        _parameters = [.. model.Parameters];
        _layers = [.. model.Layers.Select(layer => layer.CreateStep(width)).OfType<LayerStep>()];
        _recurrent = [.. _layers.SelectMany(layer => layer.Recurrent)];
        _inputSize = model.InputSize;
        _outputSize = model.OutputSize;
        Width = width;
        StateSize = _layers.Sum(layer => (long)layer.StateSize);
        _workSize = _layers.Sum(layer => (long)layer.WorkSize);
    }

    /// <summary>The vector width of the kernels and of the packed weights.</summary>
    public SimdWidth Width { get; }

    /// <summary>How many floats the states of all layers take, for each row.</summary>
    public long StateSize { get; }

    /// <summary>Whether a single step of so many rows is small enough for <see cref="RunOnce"/>: its memory is kept by the thread.</summary>
    public bool RunsOnce(int rows) => rows * (StateSize + _workSize) <= MostFloatsOfAThread;

    /// <summary>Takes a step of rows that were checked.</summary>
    /// <param name="input">The input, dense.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="isOdd">Whether the number of this step is odd.</param>
    /// <param name="states">The states of all layers, of <see cref="StateSize"/> floats a row.</param>
    /// <param name="output">Receives the output, dense; written last.</param>
    public void Run(float* input, int rows, bool isOdd, float* states, float* output)
    {
        PrepareIfEdited();
        Run(input, rows, isOdd, states, ThreadScratch.Reserve(rows * _workSize), output);
    }

    /// <summary>Takes one step from given states and forgets what it worked with.</summary>
    /// <param name="input">The input, dense.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="initial">The states to start from; null means zeros.</param>
    /// <param name="final">Receives the states where they are wanted; may be <paramref name="initial"/>.</param>
    /// <param name="output">Receives the output, dense; written last.</param>
    public void RunOnce(float* input, int rows, ModelState? initial, ModelState? final, float* output)
    {
        PrepareIfEdited();
        long stateSize = rows * StateSize;
        float* states = ThreadScratch.Reserve(stateSize + (rows * _workSize));
        if (initial is null)
        {
            Clear(states, rows);
        }
        else
        {
            Read(states, rows, isOdd: false, 0, initial, 0, rows);
        }

        Run(input, rows, isOdd: true, states, states + stateSize, output);
        if (final is not null)
        {
            Write(states, rows, isOdd: true, 0, final, 0, rows);
        }
    }

    /// <summary>Sets all states to zeros.</summary>
    public void Clear(float* states, int rows) => new Span<float>(states, checked((int)(rows * StateSize))).Clear();

    /// <summary>Sets the states of a row to zeros.</summary>
    public void ClearRow(float* states, int rows, bool isOdd, int row)
    {
        foreach (RecurrentStep layer in _recurrent)
        {
            layer.ClearRow(states, rows, isOdd, row);
            states += (nint)rows * layer.StateSize;
        }
    }

    /// <summary>Copies rows of states in.</summary>
    public void Read(float* states, int rows, bool isOdd, int row, ModelState source, int sourceRow, int count)
    {
        for (int n = 0; n < _recurrent.Length; n++)
        {
            _recurrent[n].Read(states, rows, isOdd, row, source[n], sourceRow, count);
            states += (nint)rows * _recurrent[n].StateSize;
        }
    }

    /// <summary>Copies rows of states out.</summary>
    public void Write(float* states, int rows, bool isOdd, int row, ModelState target, int targetRow, int count)
    {
        for (int n = 0; n < _recurrent.Length; n++)
        {
            _recurrent[n].Write(states, rows, isOdd, row, target[n], targetRow, count);
            states += (nint)rows * _recurrent[n].StateSize;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Run(float* input, int rows, bool isOdd, float* states, float* work, float* output)
    {
        float* values = input;
        int stride = _inputSize;
        foreach (LayerStep layer in _layers)
        {
            values = layer.Run(values, stride, rows, isOdd, states, work);
            stride = layer.Stride;
            states += (nint)rows * layer.StateSize;
            work += (nint)rows * layer.WorkSize;
        }

        PaddedRows.Copy(values, stride, output, _outputSize, rows, _outputSize);
    }

    /// <summary>Renews what is stale. Versions only grow, so their sum tells whether one did.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PrepareIfEdited()
    {
        long version = 0;
        foreach (Parameter parameter in _parameters)
        {
            version += (uint)parameter.Version;
        }

        if (Volatile.Read(ref _version) == version)
        {
            return;
        }

        foreach (LayerStep layer in _layers)
        {
            layer.Prepare();
        }

        Volatile.Write(ref _version, version);
    }
}
