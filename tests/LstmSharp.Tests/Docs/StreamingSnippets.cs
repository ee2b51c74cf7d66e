// <streaming-usings>
using System.Collections.Concurrent;
// </streaming-usings>
using System.Numerics.Tensors;
// <streaming-usings>
using System.Threading.Channels;
using LstmSharp;
// </streaming-usings>

namespace Documentation;

/// <summary>The examples of docs/guide/streaming.md.</summary>
public sealed class StreamingSnippets
{
    private static readonly float[] Readings = [.. Enumerable.Range(0, 200).Select(t => MathF.Sin(t * 0.3f))];

    [Fact]
    public void Steps_OneAfterAnother_ComeToPredictsOutputs()
    {
        float[] readings = Readings;
        List<float> answers = [];

        // <streaming-first>
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(32).Dense(1).Build(seed: 1);      // or SequenceModel.Load(path)
        SequenceStream stream = model.OpenStream();                             // starts from zeros
        float[] output = new float[1];
        foreach (float reading in readings)
        {
            stream.Step([reading], output);                                     // input [1, InputSize], output [1, OutputSize]
            answers.Add(output[0]);
        }
        // </streaming-first>

        answers.Should().Equal(model.Predict(Tensor.Create(readings, [readings.Length, 1, 1])));
    }

    [Fact]
    public void Rows_OfOneStream_AreSequencesOfTheirOwn()
    {
        SequenceModel model = SequenceModel.Create(inputSize: 2).Lstm(16).Dense(1).Build(seed: 1);

        // <streaming-rows>
        SequenceStream machines = model.OpenStream(batchSize: 100);             // 100 machines that report together
        float[] inputs = new float[100 * 2], outputs = new float[100 * 1];      // machine 7 has inputs[14], inputs[15] and outputs[7]
        Array.Fill(inputs, 0.5f);                                               // your readings
        machines.Step(inputs, outputs);
        machines.Reset(row: 7);                                                 // machine 7 starts anew, the others go on
        machines.Step(inputs, outputs);
        // </streaming-rows>

        SequenceStream alone = model.OpenStream();
        float[] first = new float[1], second = new float[1];
        alone.Step([0.5f, 0.5f], first);
        alone.Step([0.5f, 0.5f], second);
        outputs[7].Should().Be(first[0]);
        outputs[6].Should().Be(second[0]).And.NotBe(first[0]);
    }

    [Fact]
    public void Snapshots_AsValuesAndBytes_GoOnWhereTheyWere()
    {
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(16).Dense(1).Build(seed: 1), onAnotherMachine = model;
        SequenceStream stream = model.OpenStream();
        stream.Step([0.5f], new float[1]);

        // <streaming-snapshot>
        ModelState before = stream.Snapshot();                                  // a copy: it stays what it is
        stream.Step([0.9f], new float[1]);                                      // a reading that turns out to be wrong
        stream.Restore(before);                                                 // as if it had never been

        byte[] bytes = stream.Snapshot().ToBytes();                             // for a database or another machine
        SequenceStream moved = onAnotherMachine.OpenStream(initialState: ModelState.FromBytes(bytes));
        // </streaming-snapshot>

        float[] expected = new float[1], actual = new float[1];
        stream.Step([0.1f], expected);
        moved.Step([0.1f], actual);
        actual.Should().Equal(expected);
        bytes.Should().HaveCount(20 + 8 + (2 * 16 * sizeof(float)) + 4, "the page says how many");
    }

    [Fact]
    public async Task RunAsync_OfAChannel_GivesAnOutputForEveryInput()
    {
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(16).Dense(1).Build(seed: 1);
        var channel = Channel.CreateBounded<float[]>(100);
        CancellationToken cancellationToken = CancellationToken.None;
        List<float[]> shown = [];
        void Show(float[] answer) => shown.Add(answer);
        Task producer = Task.Run(async () =>
        {
            foreach (float reading in Readings)
            {
                await channel.Writer.WriteAsync([reading]);
            }

            channel.Writer.Complete();
        });

        // <streaming-async>
        SequenceStream stream = model.OpenStream();
        await foreach (float[] answer in stream.RunAsync(channel.Reader.ReadAllAsync(), cancellationToken))     // a Channel<float[]>
        {
            Show(answer);                                                       // an array of its own, yours to keep
        }
        // </streaming-async>

        await producer;
        shown.Select(answer => answer[0]).Should().Equal(model.Predict(Tensor.Create(Readings, [Readings.Length, 1, 1])));
    }

    [Fact]
    public void Server_StreamForEveryUser_KeepsThemApart()
    {
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(16).Dense(1).Build(seed: 1);

        // <streaming-server>
        var streams = new ConcurrentDictionary<string, SequenceStream>();       // one for each user, all on one model

        float Answer(string user, float reading)
        {
            SequenceStream stream = streams.GetOrAdd(user, _ => model.OpenStream());
            float[] output = new float[1];
            lock (stream)                                                       // two requests of one user may come at once
            {
                stream.Step([reading], output);
            }

            return output[0];
        }
        // </streaming-server>

        float[][] answers = new float[50][];
        Parallel.For(0, answers.Length, user => answers[user] = [.. Readings[..40].Select(reading => Answer($"user {user}", reading))]);
        answers.Should().AllBeEquivalentTo(
            model.Predict(Tensor.Create(Readings[..40], [40, 1, 1])).ToArray(), options => options.WithStrictOrdering());
        streams.Should().HaveCount(50);
    }

    [Fact]
    public void Forecasts_FedBack_ForecastAWaveAndLeaveTheStream()
    {
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(32).Dense(1).Build(seed: 1);
        float[] wave = [.. Enumerable.Range(0, 500).Select(t => MathF.Sin(t * 0.2f))];
        var windows = new SlidingWindows(length: 60, horizon: 1, targetColumns: [0]);
        SequenceDataset cut = windows.Cut(Tensor.Create(wave, [wave.Length, 1]), ..);
        float[] shifted = [.. cut.Inputs];
        Tensor<float> next = Tensor.Create([.. shifted[cut.Count..], .. (float[])[.. cut.Targets]], [60, cut.Count, 1]);
        model.Fit(new SequenceDataset(cut.Inputs, next), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(learningRate: 1e-2f),
            Epochs = 12,
            ClipGradientNorm = 1f,
        });
        SequenceStream stream = model.OpenStream();
        float[] newest = new float[1];
        foreach (float reading in wave[^60..])
        {
            stream.Step([reading], newest);
        }

        // <streaming-feedback>
        SequenceStream future = model.OpenStream(initialState: stream.Snapshot());      // the live stream is left alone
        float[] value = [newest[0]];                                            // the live stream's last output: what comes next
        List<float> forecast = [value[0]];
        for (int ahead = 1; ahead < 20; ahead++)
        {
            future.Step(value, value);                                          // the output becomes the next input
            forecast.Add(value[0]);
        }
        // </streaming-feedback>

        for (int ahead = 0; ahead < forecast.Count; ahead++)
        {
            forecast[ahead].Should().BeApproximately(MathF.Sin((wave.Length + ahead) * 0.2f), 0.25f);
        }
    }
}
