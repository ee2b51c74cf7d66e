using System.Runtime.CompilerServices;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>Sequences on their way through a model, one step a call: the stream keeps the states h and c in between.</summary>
/// <remarks><para>Opened by <see cref="SequenceModelStreaming.OpenStream"/>. Step by step comes to the same as the whole sequence, to
/// the bit. Row b of a batch is a sequence of its own, and has the bits that it would have in a stream of its own.</para>
/// <para>A stream holds its states and little else: for an LSTM layer 12 bytes a unit and row, for a vanilla RNN layer 8, HiddenSize
/// rounded up to a multiple of 32, and some 600 bytes besides; the memory that a step works in belongs to the thread. So thousands of
/// streams may share a model. When its weights change, the next step uses the new ones; the states stay.</para>
/// <para>For one thread at a time: a second one gets an <see cref="InvalidOperationException"/>. Nothing has to be disposed.</para></remarks>
public sealed class SequenceStream
{
    private readonly StreamState _state;
    private OneAtATime _use;
    private OneAtATime _run;

    internal SequenceStream(SequenceModel model, StreamState state)
    {
        Model = model;
        _state = state;
    }

    /// <summary>The model, which streams share.</summary>
    public SequenceModel Model { get; }

    /// <summary>The number of sequences B.</summary>
    public int BatchSize => _state.BatchSize;

    /// <summary>Takes one step with every sequence. Warm, it allocates nothing.</summary>
    /// <remarks>A NaN in a row's input comes out as NaN and stays in the row's state until it is reset or restored. A step that throws
    /// leaves the state as it was.</remarks>
    /// <param name="input">The step's input, shape [BatchSize, InputSize], row-major.</param>
    /// <param name="output">Receives the step's output, shape [BatchSize, OutputSize], row-major. May overlap the input, which is read
    /// first.</param>
    /// <exception cref="ArgumentException">A span's length differs from its shape, or the model takes tokens.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using this stream, or RunAsync is.</exception>
    public void Step(ReadOnlySpan<float> input, Span<float> output)
    {
        using OneAtATime.Turn turn = EnterToStep();
        StepWithinTurn(Model.RowsOf(input), output);
    }

    /// <summary>Takes one step with every sequence of tokens. Warm, it allocates nothing.</summary>
    /// <remarks>A step that throws leaves the state as it was.</remarks>
    /// <param name="input">The step's tokens, one for each of the BatchSize rows, each from 0 to VocabularySize − 1.</param>
    /// <param name="output">Receives the step's output, shape [BatchSize, OutputSize], row-major.</param>
    /// <exception cref="ArgumentException">A span's length differs from its shape, a token is outside the vocabulary, or the model takes
    /// values.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using this stream, or RunAsync is.</exception>
    public void Step(ReadOnlySpan<int> input, Span<float> output)
    {
        using OneAtATime.Turn turn = EnterToStep();
        StepWithinTurn(Model.RowsOf(input), output);
    }

    /// <summary>Takes a step for each input that comes, until no more come, and hands out each step's output.</summary>
    /// <remarks>Outputs come one for one and in the inputs' order. Every output is a new array, the receiver's to keep; an input is read
    /// before the next one is asked for, so its array may be used again. The state is always that after the last output: between two of
    /// them it may be read, reset or restored, and when the enumeration has ended, or was left, the stream goes on from there.
    /// Exceptions of the inputs are passed on. Steps run on the thread that an input arrives on. Leaving the enumeration disposes of its
    /// enumerator, as <c>await foreach</c> does; without that, the stream stays taken.</remarks>
    /// <param name="inputs">The inputs, each of shape [BatchSize, InputSize], row-major.</param>
    /// <param name="cancellationToken">Handed to the inputs and looked at before each step.</param>
    /// <returns>The outputs, each of shape [BatchSize, OutputSize], row-major. Enumerating them throws what
    /// <see cref="Step(ReadOnlySpan{float}, Span{float})"/> throws, and <see cref="OperationCanceledException"/> when cancelled.</returns>
    public IAsyncEnumerable<float[]> RunAsync(IAsyncEnumerable<float[]> inputs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Run(inputs, StepOnce, cancellationToken);
    }

    /// <summary>Takes a step for each set of tokens that comes, until no more come, and hands out each step's output.</summary>
    /// <remarks>Otherwise like <see cref="RunAsync(IAsyncEnumerable{float[]}, CancellationToken)"/>.</remarks>
    /// <param name="inputs">The inputs, each with one token for each of the BatchSize rows.</param>
    /// <param name="cancellationToken">Handed to the inputs and looked at before each step.</param>
    /// <returns>The outputs, each of shape [BatchSize, OutputSize], row-major. Enumerating them throws what
    /// <see cref="Step(ReadOnlySpan{int}, Span{float})"/> throws, and <see cref="OperationCanceledException"/> when cancelled.</returns>
    public IAsyncEnumerable<float[]> RunAsync(IAsyncEnumerable<int[]> inputs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Run(inputs, StepOnce, cancellationToken);
    }

    /// <summary>Sets all states to zeros: the start of new sequences.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using this stream.</exception>
    public void Reset()
    {
        using OneAtATime.Turn turn = Enter();
        _state.Clear();
    }

    /// <summary>Sets the states of one row to zeros; the other sequences go on.</summary>
    /// <param name="row">The row, from 0 to <see cref="BatchSize"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using this stream.</exception>
    public void Reset(int row)
    {
        ThrowIfNoRow(row);
        using OneAtATime.Turn turn = Enter();
        _state.ClearRow(row);
    }

    /// <summary>Copies the states, to go on from here later or elsewhere. The copy is independent of the stream.</summary>
    /// <remarks><see cref="ModelStateBytes"/> makes bytes of it and back.</remarks>
    /// <exception cref="InvalidOperationException">Another thread is using this stream.</exception>
    public ModelState Snapshot()
    {
        ModelState copy = Model.CreateState(BatchSize);
        using OneAtATime.Turn turn = Enter();
        _state.Write(0, copy, 0, BatchSize);
        return copy;
    }

    /// <summary>Copies the states of one row, as those of a batch of 1.</summary>
    /// <param name="row">The row, from 0 to <see cref="BatchSize"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using this stream.</exception>
    public ModelState Snapshot(int row)
    {
        ThrowIfNoRow(row);
        ModelState copy = Model.CreateState(batchSize: 1);
        using OneAtATime.Turn turn = Enter();
        _state.Write(row, copy, 0, count: 1);
        return copy;
    }

    /// <summary>Goes on from the states of a snapshot, of this stream or of another on a model of the same layers.</summary>
    /// <remarks>States do not tell which weights they come from; those of other weights are taken, too, and mean nothing here.</remarks>
    /// <param name="state">The states, copied.</param>
    /// <exception cref="ArgumentException">The states have another batch size or are of other layers; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using this stream.</exception>
    public void Restore(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Model.CheckState(state, BatchSize, nameof(state));
        using OneAtATime.Turn turn = Enter();
        _state.Read(0, state, 0, BatchSize);
    }

    /// <summary>Lets one row go on from states of batch size 1; the other sequences go on as they are.</summary>
    /// <param name="row">The row, from 0 to <see cref="BatchSize"/> − 1.</param>
    /// <param name="state">The states, copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ArgumentException">The states have another batch size than 1 or are of other layers; nothing was
    /// changed.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using this stream.</exception>
    public void Restore(int row, ModelState state)
    {
        ThrowIfNoRow(row);
        ArgumentNullException.ThrowIfNull(state);
        Model.CheckState(state, batchSize: 1, nameof(state));
        using OneAtATime.Turn turn = Enter();
        _state.Read(row, state, 0, count: 1);
    }

    /// <inheritdoc/>
    public override string ToString() => $"SequenceStream(BatchSize {BatchSize}, of {Model})";

    private async IAsyncEnumerable<float[]> Run<T>(
        IAsyncEnumerable<T[]> inputs, Action<T[], float[]> step, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!_run.TryEnter())
        {
            throw IsRunning();
        }

        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await foreach (T[] input in inputs.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
                float[] output = new float[BatchSize * Model.OutputSize];
                step(input, output);
                yield return output;
            }
        }
        finally
        {
            _run.Leave();
        }
    }

    private void StepOnce(float[] input, float[] output)
    {
        using OneAtATime.Turn turn = Enter();
        StepWithinTurn(Model.RowsOf(input), output);
    }

    private void StepOnce(int[] input, float[] output)
    {
        using OneAtATime.Turn turn = Enter();
        StepWithinTurn(Model.RowsOf(input), output);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StepWithinTurn(ReadOnlySpan<float> input, Span<float> output)
    {
        ThrowIfCountDiffers(input.Length, Model.InputSize, nameof(input), nameof(Model.InputSize));
        ThrowIfCountDiffers(output.Length, Model.OutputSize, nameof(output), nameof(Model.OutputSize));
        _state.Step(input, output);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private OneAtATime.Turn EnterToStep()
    {
        OneAtATime.Turn turn = Enter();
        if (_run.IsTaken)
        {
            turn.Dispose();
            throw IsRunning();
        }

        return turn;
    }

    /// <summary>Two threads in one stream would write over each other.</summary>
    private OneAtATime.Turn Enter() => _use.Enter(
        nameof(SequenceStream),
        "another thread is using this stream; give each thread streams of its own, they may share the model.");

    private static InvalidOperationException IsRunning() => new(
        "SequenceStream: RunAsync is stepping this stream; open another for other inputs, or end its enumeration first.");

    private void ThrowIfNoRow(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, BatchSize);
    }

    private ArgumentException CountDiffers(int count, int width, string name, string widthName) => new(
        $"SequenceStream: {name} must hold {(long)BatchSize * width} values (BatchSize {BatchSize} × {widthName} {width}), "
        + $"but holds {count}.",
        name);

    private void ThrowIfCountDiffers(int count, int width, string name, string widthName)
    {
        if (count != (long)BatchSize * width)
        {
            throw CountDiffers(count, width, name, widthName);
        }
    }
}
