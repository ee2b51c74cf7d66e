using System.Numerics.Tensors;

namespace LstmSharp.Tests.Inference;

public sealed class SequenceStreamTests
{
    private static readonly float[] Reading = [0.3f, -0.7f];

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Step_Warm_AllocatesNothing(int batchSize)
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(20).VanillaRnn(9).TakeLast().Dense(3).Build();
        SequenceStream stream = model.OpenStream(batchSize);
        float[] input = new float[batchSize * 2], output = new float[batchSize * 3];
        stream.Step(input, output);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 100; n++)
        {
            stream.Step(input, output);
            stream.Reset(row: n % batchSize);
        }

        stream.Reset();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void OpenStream_TenThousandOnOneModel_TakeTheirStatesAndLittleMore()
    {
        const int count = 10_000, hiddenSize = 64;
        SequenceModel model = SequenceModel.Create(2).Lstm(hiddenSize).VanillaRnn(hiddenSize).Dense(1).Build(seed: 1);
        float[] expected = [.. model.Predict(Tensor.Create([.. Reading, .. Reading], [2, 1, 2]))], output = new float[1];
        var streams = new SequenceStream[count];
        streams[0] = model.OpenStream();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < count; n++)
        {
            streams[n] = model.OpenStream();
        }

        foreach (SequenceStream stream in streams)
        {
            stream.Step(Reading, output);
        }

        long bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / count;
        bytes.Should().BeInRange(5 * 4 * hiddenSize, (5 * 4 * hiddenSize) + 600, "the guide says so");
        foreach (SequenceStream stream in streams)
        {
            stream.Step(Reading, output);
            output[0].Should().Be(expected[1]);
        }
    }

    [Fact]
    public void OpenStream_InitialState_IsWhereItStartsAndIsCopied()
    {
        SequenceModel model = Model();
        ModelState state = model.CreateState(1).Fill(new Random(1));
        float[] expected = [.. model.Predict(Tensor.Create(Reading, [1, 1, 2]), state)];
        SequenceStream stream = model.OpenStream(initialState: state);
        state.Clear();
        StepOf(stream, Reading).Should().Equal(expected);
        state[0].Hidden.IndexOfAnyExcept(0f).Should().Be(-1);
    }

    [Fact]
    public void Step_WrongLengths_NamesThemAndLeavesTheState()
    {
        SequenceStream stream = Model().OpenStream(batchSize: 3);
        StepOf(stream, [1, 2, 3, 4, 5, 6]);
        byte[] before = stream.Snapshot().ToBytes();
        stream.Invoking(s => s.Step(new float[5], new float[9])).Should().Throw<ArgumentException>().WithParameterName("input")
            .WithMessage("SequenceStream: input must hold 6 values (BatchSize 3 × InputSize 2), but holds 5.*");
        stream.Invoking(s => s.Step(new float[6], new float[12])).Should().Throw<ArgumentException>().WithParameterName("output")
            .WithMessage("SequenceStream: output must hold 9 values (BatchSize 3 × OutputSize 3), but holds 12.*");
        stream.Snapshot().ToBytes().Should().Equal(before);
        StepOf(stream, [1, 2, 3, 4, 5, 6]).Should().NotContain(0);
    }

    [Fact]
    public void Step_ThatFailsInALaterLayer_LeavesTheStateAsItWas()
    {
        const int batchSize = 22_000;                           // × 100,000 outputs of the middle layer fit into no array
        SequenceStream stream = SequenceModel.Create(1).Lstm(1).Dense(100_000).Dense(1).Build().OpenStream(batchSize);
        float[] input = new float[batchSize], output = new float[batchSize];
        input.AsSpan().Fill(1);
        stream.Invoking(s => s.Step(input, output)).Should().Throw<ArgumentException>().WithMessage("*too large*");
        stream.Snapshot()[0].Hidden.IndexOfAnyExcept(0f).Should().Be(-1);
        output.Should().OnlyContain(value => value == 0);
        stream.Invoking(s => s.Reset()).Should().NotThrow();
    }

    [Fact]
    public void Step_OutputThatIsTheInput_IsWhatComesOfSeparateMemory()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(6).Dense(3).Build(seed: 2);
        SequenceStream stream = model.OpenStream(), other = model.OpenStream();
        float[] fed = [0.1f, 0.2f, 0.3f], input = [.. fed], shifted = [.. fed, 0];
        model.OpenStream().Step(shifted.AsSpan(..3), shifted.AsSpan(1..));
        shifted[1..].Should().Equal(StepOf(model.OpenStream(), input));
        for (int n = 0; n < 10; n++)
        {
            stream.Step(fed, fed);
            input = StepOf(other, input);
            fed.Should().Equal(input);
        }
    }

    [Fact]
    public void Step_ModelWithoutStates_IsPredict()
    {
        SequenceModel model = SequenceModel.Create(2).Flatten(1).Dense(4, Activation.Tanh).Dense(1).Build(seed: 3);
        SequenceStream stream = model.OpenStream();
        StepOf(stream, Reading).Should().Equal([.. model.Predict(Tensor.Create(Reading, [1, 1, 2]))]);
        stream.Restore(ModelState.FromBytes(stream.Snapshot().ToBytes()));
        stream.Reset();
    }

    [Fact]
    public void Step_NaNInOneRow_StaysInThatRowUntilItsReset()
    {
        SequenceStream stream = Model().OpenStream(batchSize: 2);
        float[] clean = StepOf(stream, [.. Reading, .. Reading])[..3];
        stream.Reset();
        float[] output = StepOf(stream, [.. Reading, float.NaN, 1]);
        output[..3].Should().Equal(clean);
        output[3..].Should().OnlyContain(value => float.IsNaN(value));
        output = StepOf(stream, [.. Reading, .. Reading]);
        output[..3].Should().NotContain(float.NaN);
        output[3..].Should().OnlyContain(value => float.IsNaN(value));
        stream.Reset(row: 1);
        StepOf(stream, [.. Reading, .. Reading])[3..].Should().Equal(clean);
    }

    [Fact]
    public void Reset_ARowOrAll_StartsItsSequencesAnew()
    {
        SequenceModel model = Model();
        SequenceStream stream = model.OpenStream(batchSize: 3);
        float[] input = [.. Reading, .. Reading, .. Reading];
        float[] first = StepOf(stream, input), second = StepOf(stream, input);
        second.Should().NotEqual(first);
        stream.Reset();
        StepOf(stream, input).Should().Equal(first);
        stream.Reset(row: 1);
        StepOf(stream, input).Should().Equal([.. second[..3], .. first[3..6], .. second[6..]]);
        stream.Invoking(s => s.Reset(3)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("row");
        stream.Invoking(s => s.Reset(-1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("row");
    }

    [Fact]
    public void Step_AfterTheWeightsWereEditedOrTrained_UsesTheNewOnesOnTheOldState()
    {
        SequenceModel model = Model();
        SequenceStream stream = model.OpenStream();
        ModelState state = model.CreateState(1);
        void StepAndCompare()
        {
            float[] expected = [.. model.Predict(Tensor.Create(Reading, [1, 1, 2]), state, state)];
            StepOf(stream, Reading).Should().Equal(expected);
        }

        StepAndCompare();
        model.Parameters["0.RecurrentWeights"].Edit(values => values.Fill(0.25f));
        StepAndCompare();
        Tensor<float> inputs = Tensor.Create(RandomValues.Uniform(new Random(1), 4 * 8 * 2), [4, 8, 2]);
        Tensor<float> targets = Tensor.Create(new float[4 * 8 * 3], [4, 8, 3]);
        model.Fit(new SequenceDataset(inputs, targets), new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = new Adam() });
        StepAndCompare();
    }

    [Fact]
    public void OpenStream_ModelsThatCannotRunStepByStep_AreRefusedWithTheRemedy()
    {
        SequenceModel.Create(2).Lstm(4).Flatten(5).Dense(1).Build().Invoking(m => m.OpenStream())
            .Should().Throw<InvalidOperationException>()
            .WithMessage("OpenStream: Flatten(5 × 4 => 20) takes 5 steps at once, so *; call Predict with whole windows, or *");
        SequenceModel.Create(2).Lstm(4).TakeLast().Dense(3).Lstm(2).Build().Invoking(m => m.OpenStream())
            .Should().Throw<InvalidOperationException>()
            .WithMessage("OpenStream: LstmCell(3 => 2, * comes after TakeLast(4) and so *; put TakeLast behind the last recurrent layer, *");
    }

    [Fact]
    public void OpenStream_WrongArguments_AreNamed()
    {
        SequenceModel model = Model();
        model.Invoking(m => m.OpenStream(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("batchSize");
        model.Invoking(m => m.OpenStream(2, m.CreateState(1))).Should().Throw<ArgumentException>().WithParameterName("initialState")
            .WithMessage("SequenceModel: initialState must be made by this model's CreateState(2), but is ModelState(BatchSize 1, LstmState(1 × 4)*");
        model.Invoking(m => m.OpenStream(int.MaxValue)).Should().Throw<ArgumentException>().WithMessage("*must hold at most*");
        FluentActions.Invoking(() => ((SequenceModel)null!).OpenStream()).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public void ToString_SaysTheBatchAndTheModel() =>
        Model().OpenStream(7).ToString().Should().StartWith("SequenceStream(BatchSize 7, of SequenceModel(2 => LstmCell(2 => 4");

    private static SequenceModel Model() => SequenceModel.Create(2).Lstm(4).VanillaRnn(5).Dense(3).Build(seed: 5);

    private static float[] StepOf(SequenceStream stream, float[] input)
    {
        float[] output = new float[stream.BatchSize * stream.Model.OutputSize];
        stream.Step(input, output);
        return output;
    }
}
