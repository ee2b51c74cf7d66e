using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace LstmSharp.Tests.Inference;

public sealed class StreamRunAsyncTests
{
    private const int Steps = 9;
    private readonly SequenceModel _model = SequenceModel.Create(2).Lstm(6).Dense(3).Build(seed: 6);
    private readonly float[][] _inputs = [.. Enumerable.Range(0, Steps).Select(n => RandomValues.Uniform(new Random(n), 2))];
    private readonly float[][] _expected;

    public StreamRunAsyncTests()
    {
        Tensor<float> whole = Tensor.Create([.. _inputs.SelectMany(input => input)], [Steps, 1, 2]);
        _expected = [.. ((float[])[.. _model.Predict(whole)]).Chunk(3)];
    }

    [Fact]
    public async Task RunAsync_InputsThatComeOverTime_GivesPredictsOutputsInOrderInArraysOfTheirOwn()
    {
        var channel = Channel.CreateUnbounded<float[]>();
        Task producing = Task.Run(async () =>
        {
            float[] reused = new float[2];
            foreach (float[] input in _inputs)
            {
                input.CopyTo(reused, 0);
                await channel.Writer.WriteAsync([.. reused]);
                await Task.Yield();
            }

            channel.Writer.Complete();
        });
        List<float[]> outputs = [];
        await foreach (float[] output in _model.OpenStream().RunAsync(channel.Reader.ReadAllAsync()))
        {
            outputs.Add(output);
        }

        await producing;
        outputs.Distinct(ReferenceEqualityComparer.Instance).Should().HaveCount(Steps);
        ShouldBe(outputs, _expected);
    }

    [Fact]
    public async Task RunAsync_InputsInOneArrayUsedAgain_ReadsEachBeforeTheNext()
    {
        async IAsyncEnumerable<float[]> Reused()
        {
            float[] reused = new float[2];
            foreach (float[] input in _inputs)
            {
                input.CopyTo(reused, 0);
                yield return reused;
                await Task.Yield();
            }
        }

        ShouldBe(await _model.OpenStream().RunAsync(Reused()).ToListAsync(), _expected);
    }

    [Fact]
    public async Task RunAsync_LeftAndCalledAgain_GoesOnFromTheLastOutput()
    {
        SequenceStream stream = _model.OpenStream();
        List<float[]> outputs = [];
        await foreach (float[] output in stream.RunAsync(Inputs()))
        {
            outputs.Add(output);
            if (outputs.Count == 4)
            {
                break;
            }
        }

        float[] fifth = new float[3];
        stream.Step(_inputs[4], fifth);
        outputs.Add(fifth);
        outputs.AddRange(await stream.RunAsync(_inputs[5..].ToAsyncEnumerable()).ToListAsync());
        ShouldBe(outputs, _expected);
    }

    [Fact]
    public async Task RunAsync_SnapshotAndRestoreBetweenOutputs_AreThoseOfTheLastOutput()
    {
        SequenceStream stream = _model.OpenStream();
        List<ModelState> snapshots = [];
        await foreach (float[] output in stream.RunAsync(Inputs()))
        {
            snapshots.Add(stream.Snapshot());
        }

        for (int n = 0; n + 1 < Steps; n++)
        {
            float[] next = new float[3];
            _model.OpenStream(initialState: snapshots[n]).Step(_inputs[n + 1], next);
            next.Should().Equal(_expected[n + 1]);
        }
    }

    [Fact]
    public async Task RunAsync_Cancelled_EndsBeforeTheNextStepWithTheStateOfTheLastOutput()
    {
        SequenceStream stream = _model.OpenStream();
        using var cancellation = new CancellationTokenSource();
        int count = 0;
        async Task Consume()
        {
            await foreach (float[] output in stream.RunAsync(Inputs(), cancellation.Token))
            {
                output.Should().Equal(_expected[count++]);
                if (count == 3)
                {
                    await cancellation.CancelAsync();
                }
            }
        }

        await FluentActions.Awaiting(Consume).Should().ThrowAsync<OperationCanceledException>();
        count.Should().Be(3);
        ShouldBe(await stream.RunAsync(_inputs[3..].ToAsyncEnumerable()).ToListAsync(), _expected[3..]);
    }

    [Fact]
    public async Task RunAsync_CancelledBefore_TakesNoInput()
    {
        int taken = 0;
        async IAsyncEnumerable<float[]> Counting()
        {
            await Task.Yield();
            taken++;
            yield return _inputs[0];
        }

        Func<Task> cancelled = async () => await _model.OpenStream().RunAsync(Counting(), new CancellationToken(canceled: true)).ToArrayAsync();

        await cancelled.Should().ThrowAsync<OperationCanceledException>();
        taken.Should().Be(0);
    }

    [Fact]
    public async Task RunAsync_TokenOfWithCancellation_ReachesTheInputs()
    {
        using var cancellation = new CancellationTokenSource();
        async IAsyncEnumerable<float[]> Waiting([EnumeratorCancellation] CancellationToken token = default)
        {
            yield return _inputs[0];
            await cancellation.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        }

        async Task Consume()
        {
            await foreach (float[] output in _model.OpenStream().RunAsync(Waiting()).WithCancellation(cancellation.Token))
            {
                output.Should().Equal(_expected[0]);
            }
        }

        await FluentActions.Awaiting(Consume).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task RunAsync_InputsThatFail_PassTheExceptionOnAndFreeTheStream()
    {
        static async IAsyncEnumerable<float[]> Failing(float[] first)
        {
            yield return first;
            await Task.Yield();
            throw new IOException("The sensor is gone.");
        }

        SequenceStream stream = _model.OpenStream();
        await stream.Awaiting(s => s.RunAsync(Failing(_inputs[0])).ToListAsync().AsTask())
            .Should().ThrowAsync<IOException>().WithMessage("The sensor is gone.");
        await stream.Awaiting(s => s.RunAsync(new[] { _inputs[1], [1, 2, 3] }.ToAsyncEnumerable()).ToListAsync().AsTask())
            .Should().ThrowAsync<ArgumentException>().WithMessage("SequenceStream: input must hold 2 values*, but holds 3.*");
        ShouldBe(await stream.RunAsync(_inputs[2..].ToAsyncEnumerable()).ToListAsync(), _expected[2..]);
    }

    [Fact]
    public async Task RunAsync_ASecondOneOrAStepInBetween_IsRefusedAndDisturbsNothing()
    {
        SequenceStream stream = _model.OpenStream();
        List<float[]> outputs = [];
        await foreach (float[] output in stream.RunAsync(Inputs()))
        {
            outputs.Add(output);
            stream.Invoking(s => s.Step(_inputs[0], new float[3])).Should().Throw<InvalidOperationException>()
                .WithMessage("SequenceStream: RunAsync is stepping this stream; open another for other inputs, or end *");
            await stream.Awaiting(s => s.RunAsync(Inputs()).ToListAsync().AsTask()).Should().ThrowAsync<InvalidOperationException>();
        }

        ShouldBe(outputs, _expected);
    }

    [Fact]
    public async Task RunAsync_Tokens_GivesPredictsOutputsAndRefusesTokensOutsideTheVocabulary()
    {
        SequenceModel model = SequenceModel.CreateForTokens(5, 3).Lstm(4).Dense(5).Build(seed: 2);
        int[][] tokens = [[0, 3], [4, 1], [2, 2]];
        Tensor<float> expected = model.Predict(Tensor.Create(tokens.SelectMany(step => step).ToArray(), [3, 2]));
        SequenceStream stream = model.OpenStream(batchSize: 2);
        List<float[]> outputs = await stream.RunAsync(tokens.ToAsyncEnumerable()).ToListAsync();
        outputs.SelectMany(output => output).Should().Equal(TensorValues.Of(expected).ToArray());

        await stream.Awaiting(s => s.RunAsync(new int[][] { [5, 0] }.ToAsyncEnumerable()).ToListAsync().AsTask())
            .Should().ThrowAsync<ArgumentException>().WithMessage("SequenceModel: tokens must be from 0 to 4*that at step 0 of row 0 is 5.*");
        await stream.Awaiting(s => s.RunAsync(new int[][] { [1] }.ToAsyncEnumerable()).ToListAsync().AsTask())
            .Should().ThrowAsync<ArgumentException>().WithMessage("SequenceStream: input must hold 2 values*, but holds 1.*");
        await stream.Awaiting(s => s.RunAsync(new float[][] { [1, 2] }.ToAsyncEnumerable()).ToListAsync().AsTask())
            .Should().ThrowAsync<ArgumentException>().WithMessage("SequenceModel: input must hold tokens from 0 to 4*");
    }

    [Fact]
    public void RunAsync_NoInputs_IsRefused() =>
        _model.OpenStream().Invoking(s => s.RunAsync((IAsyncEnumerable<float[]>)null!)).Should().Throw<ArgumentNullException>().WithParameterName("inputs");

    private IAsyncEnumerable<float[]> Inputs() => _inputs.ToAsyncEnumerable();

    private static void ShouldBe(List<float[]> outputs, float[][] expected)
    {
        outputs.Should().HaveSameCount(expected);
        for (int n = 0; n < expected.Length; n++)
        {
            outputs[n].Should().Equal(expected[n]);
        }
    }
}
