using System.Numerics.Tensors;
using LstmSharp.Tests.Serialization;

namespace LstmSharp.Tests.Models;

/// <summary>A GRU from the builder to a checkpoint: what the laws and oracles, which draw it among other layers, do not say.</summary>
public sealed class GruModelTests
{
    [Theory]
    [InlineData(GruReset.AfterProduct)]
    [InlineData(GruReset.BeforeProduct)]
    public void Fit_StoppedAndResumed_GivesTheSameBitsAndTheCheckpointLoads(GruReset reset)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("run.checkpoint");
        SequenceDataset data = SumsOfSigns();
        SequenceModel whole = Model(reset), stopped = Model(reset), resumed = Model(reset);
        TrainingResult result = whole.Fit(data, Options(epochs: 6));
        stopped.Fit(data, Options(epochs: 6, callbacks: [new PeriodicCheckpoint(path), new StopAfter(3)]));
        SequenceModel loaded = Checkpoint.LoadModel(path);
        resumed.Fit(data, Options(epochs: 6, resumeFrom: path));

        ShouldEqual(loaded, stopped);
        ShouldEqual(resumed, whole);
        result.History[^1].TrainingLoss.Should().BeLessThan(result.History[0].TrainingLoss / 2);
    }

    [Theory]
    [InlineData(GruReset.AfterProduct)]
    [InlineData(GruReset.BeforeProduct)]
    public void ForwardBackwardPredictAndStream_Warm_AllocateNothing(GruReset reset)
    {
        SequenceModel model = Model(reset);
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        float[] input = RandomValues.Uniform(new Random(1), 20 * 6), upstream = new float[6], output = new float[6];
        SequenceStream stream = model.OpenStream();
        void Run()
        {
            var batch = new SequenceInput(new ReadOnlyTensorSpan<float>(input, [20, 6, 1]), [3, 20, 0, 7, 7, 1]);
            pass.Forward(batch);
            pass.Backward(new ReadOnlyTensorSpan<float>(upstream, [1, 6, 1]), gradients);
            model.Predict(batch, new TensorSpan<float>(output, [1, 6, 1]));
            stream.Step(input.AsSpan(0, 1), output.AsSpan(0, 1));
        }

        Run();
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void Build_AnyPlaceOfTheResetGate_SaysWhatItIs()
    {
        SequenceModel model = SequenceModel.Create(2).Gru(3).Gru(4, GruReset.BeforeProduct).Build(seed: 1);

        model.Parameters.Select(parameter => parameter.ToString()).Should().Equal(
            "0.InputWeights [9, 2]", "0.RecurrentWeights [9, 3]", "0.Bias [9]", "0.RecurrentBias [3]",
            "1.InputWeights [12, 3]", "1.RecurrentWeights [12, 4]", "1.Bias [12]");
        SequenceModel.Create(2).Invoking(it => it.Gru(0)).Should().Throw<ArgumentOutOfRangeException>();
        SequenceModel.Create(2).Invoking(it => it.Gru(1, (GruReset)9)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static SequenceModel Model(GruReset reset) =>
        SequenceModel.Create(1).Gru(8, reset).TakeLast().Dense(1).Build(seed: 7);

    /// <summary>Sequences of ones and minus ones, and their sums over ten.</summary>
    private static SequenceDataset SumsOfSigns()
    {
        const int length = 10, samples = 64;
        var random = new Random(3);
        float[] signs = [.. Enumerable.Range(0, length * samples).Select(_ => random.Next(2) == 0 ? -1f : 1f)];
        float[] sums = [.. Enumerable.Range(0, samples).Select(n => Enumerable.Range(0, length).Sum(t => signs[(t * samples) + n]) / length)];
        return new SequenceDataset(Tensor.Create(signs, [length, samples, 1]), Tensor.Create(sums, [samples, 1]));
    }

    private static TrainingOptions Options(int epochs, string? resumeFrom = null, params TrainingCallback[] callbacks) => new()
    {
        Loss = Loss.MeanSquaredError,
        Optimizer = new Adam(learningRate: 0.02f),
        Epochs = epochs,
        BatchSize = 16,
        ClipGradientNorm = 1,
        Callbacks = callbacks,
        ResumeFrom = resumeFrom,
    };

    private static void ShouldEqual(SequenceModel actual, SequenceModel expected)
    {
        foreach (Parameter parameter in expected.Parameters)
        {
            actual.Parameters[parameter.Name].Values.ShouldHaveTheBitsOf(parameter.Values);
        }
    }

    private sealed class StopAfter(int epochs) : TrainingCallback
    {
        public override void OnEpochEnd(TrainingContext context)
        {
            if (context.Epoch == epochs)
            {
                context.Stop();
            }
        }
    }
}
