using System.Buffers;
using System.Numerics.Tensors;

namespace LstmSharp.Tests.Models;

public sealed class SequenceModelTests
{
    [Theory]
    [InlineData(0, 3)]
    [InlineData(4, 0)]
    [InlineData(0, 0)]
    public void ForwardAndBackward_NoStepsOrNoRows_LeaveTheStateAndGiveNoGradient(int length, int batchSize)
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(5).VanillaRnn(3).TakeLast().Dense(4).Build();
        ModelRun run = ModelRun.Draw(model, length, batchSize, new Random(1));
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        pass.Forward(new ReadOnlyTensorSpan<float>(run.Input, [length, batchSize, 2]), run.InitialState);
        pass.Output.FlattenedLength.Should().Be(0);
        pass.Backward(
            new ReadOnlyTensorSpan<float>(run.OutputGradient, [pass.OutputLength, batchSize, 4]), gradients, run.FinalStateGradient);
        for (int n = 0; n < 2; n++)
        {
            pass.FinalState[n].Hidden.SequenceEqual(run.InitialState[n].Hidden).Should().BeTrue();
            pass.InitialStateGradient[n].Hidden.SequenceEqual(run.FinalStateGradient[n].Hidden).Should().BeTrue();
        }

        gradients.Should().OnlyContain(gradient => IsZero(gradient));
        model.Predict(Tensor.Create(run.Input, [length, batchSize, 2])).Lengths.ToArray()
            .Should().Equal([Math.Min(length, 1), batchSize, 4]);
    }

    [Fact]
    public void ForwardBackwardAndPredict_Warm_AllocateNothingButTheResult()
    {
        ShouldAllocateNothingWarm(SequenceModel.Create(3).Lstm(20).VanillaRnn(9).TakeLast().Dense(2).Build());
        ShouldAllocateNothingWarm(SequenceModel.Create(3).Lstm(20)
            .Residual(inner => inner.VanillaRnn(9).Residual(inmost => inmost.Lstm(9)).Dense(20)).TakeLast().Dense(2).Build());
    }

    private static void ShouldAllocateNothingWarm(SequenceModel model)
    {
        ModelRun run = ModelRun.Draw(model, length: 7, batchSize: 5, new Random(1));
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        void Step()
        {
            pass.Forward(new ReadOnlyTensorSpan<float>(run.Input, [7, 5, 3]), run.InitialState);
            gradients.Clear();
            pass.Backward(new ReadOnlyTensorSpan<float>(run.OutputGradient, [1, 5, 2]), gradients, run.FinalStateGradient);
            model.Parameters[0].Edit(values => values[0] += 0.01f);
        }

        Step();
        Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Step();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        Tensor<float> input = Tensor.Create(run.Input, [7, 5, 3]);
        model.Predict(input);
        before = GC.GetAllocatedBytesForCurrentThread();
        Tensor<float> result = model.Predict(input);
        long predicted = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        Tensor<float> same = Tensor.Create(new float[10], [1, 5, 2]);
        predicted.Should().BeLessThanOrEqualTo(GC.GetAllocatedBytesForCurrentThread() - before);
        same.FlattenedLength.Should().Be(result.FlattenedLength);
    }

    [Fact]
    public async Task Predict_ManyThreadsOnOneModel_GiveTheSameBits()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(17).Dense(2).Build(seed: 8);
        Tensor<float> input = Tensor.Create(RandomValues.Uniform(new Random(3), 6 * 2 * 3), [6, 2, 3]);
        float[] expected = [.. SequenceModel.Create(3).Lstm(17).Dense(2).Build(seed: 8).Predict(input)];
        float[][] results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() =>
        {
            float[] last = [];
            for (int n = 0; n < 50; n++)
            {
                last = [.. model.Predict(input)];
            }

            return last;
        })));
        results.Should().OnlyContain(result => result.SequenceEqual(expected));
    }

    [Fact]
    public void Predict_AfterAnEdit_UsesTheNewWeights()
    {
        SequenceModel model = SequenceModel.Create(1).Dense(1).Build();
        Tensor<float> input = Tensor.Create([2f], [1, 1, 1]);
        model.Parameters["0.Weights"].Edit(values => values[0] = 3);
        model.Predict(input)[0, 0, 0].Should().Be(6);
        model.Parameters["0.Weights"].Edit(values => values[0] = 5);
        model.Predict(input)[0, 0, 0].Should().Be(10);
        model.Parameters["0.Bias"].Edit(values => values[0] = 1);
        model.Predict(input)[0, 0, 0].Should().Be(11);
    }

    [Fact]
    public void Predict_TensorThatIsASlice_IsReadInItsOwnOrder()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).Build(seed: 1);
        float[] values = RandomValues.Uniform(new Random(1), 4 * 3 * 2);
        Tensor<float> all = Tensor.Create(values, [4, 3, 2]);
        Tensor<float> middleRow = all.Slice(NRange.All, new NRange(1, 2), NRange.All);
        float[] copied = [.. middleRow];
        float[] fromSlice = [.. model.Predict(middleRow)], fromCopy = [.. model.Predict(Tensor.Create(copied, [4, 1, 2]))];
        fromSlice.Should().Equal(fromCopy);
    }

    [Fact]
    public void Predict_WrongShapes_NameWhatIsWrong()
    {
        SequenceModel model = SequenceModel.Create(8).Lstm(4).Flatten(5).Dense(1).Build();
        model.Invoking(m => m.Predict(Tensor.Create(new float[10], [5, 2]))).Should().Throw<ArgumentException>()
            .WithMessage("SequenceModel: input must have shape [SequenceLength, BatchSize, 8], but has [5, 2].*").WithParameterName("input");
        model.Invoking(m => m.Predict(Tensor.Create(new float[4 * 2 * 8], [4, 2, 8]))).Should().Throw<ArgumentException>()
            .WithMessage("Flatten(5 × 4 => 20): the sequence must have 5 time steps, but has 4.*");
        model.Invoking(m => m.Predict(Tensor.Create(new float[5 * 2 * 8], [5, 2, 8]), m.CreateState(3)))
            .Should().Throw<ArgumentException>().WithMessage("*initialState must be made by this model's CreateState(2)*");
        ModelState foreign = SequenceModel.Create(8).VanillaRnn(4).Build().CreateState(2);
        model.Invoking(m => m.Predict(Tensor.Create(new float[5 * 2 * 8], [5, 2, 8]), foreign))
            .Should().Throw<ArgumentException>().WithMessage("*initialState*VanillaRnnState(2 × 4)*");
    }

    [Fact]
    public void Backward_OutOfTurnOrWrongShapes_NamesTheFaultAndAddsNothing()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).Build();
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        pass.Invoking(p => p.Backward(new ReadOnlyTensorSpan<float>(new float[3], [1, 1, 3]), gradients))
            .Should().Throw<InvalidOperationException>().WithMessage("*call Forward before*");
        pass.Invoking(p => p.Output.FlattenedLength).Should().Throw<InvalidOperationException>();
        pass.Forward(new ReadOnlyTensorSpan<float>(new float[4], [1, 2, 2]));
        pass.Invoking(p => p.Backward(new ReadOnlyTensorSpan<float>(new float[3], [1, 1, 3]), gradients))
            .Should().Throw<ArgumentException>().WithMessage("*outputGradient must have shape [1, 2, 3], but has [1, 1, 3]*");
        pass.Invoking(p => p.Backward(
                new ReadOnlyTensorSpan<float>(new float[6], [1, 2, 3]), SequenceModel.Create(2).Lstm(4).Build().Parameters))
            .Should().Throw<ArgumentException>().WithMessage("*gradients must hold*");
        pass.Invoking(p => p.InputGradient.FlattenedLength).Should().Throw<InvalidOperationException>();
        gradients.Should().OnlyContain(gradient => IsZero(gradient));
        float[] ones = [1, 1, 1, 1, 1, 1];
        pass.Backward(new ReadOnlyTensorSpan<float>(ones, [1, 2, 3]), gradients, wantInputGradient: false);
        pass.Invoking(p => p.InputGradient.FlattenedLength).Should().Throw<InvalidOperationException>();
        gradients["0.Bias"].Values.IndexOfAnyExcept(0f).Should().BeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void Backward_AfterAnEditOrIntoTheWeights_IsRefused()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).Build();
        float[] before = model.Parameters[0].Values.ToArray();
        SequencePass pass = model.CreatePass();
        pass.Forward(new ReadOnlyTensorSpan<float>(new float[4], [1, 2, 2]));
        pass.Invoking(p => p.Backward(new ReadOnlyTensorSpan<float>(new float[6], [1, 2, 3]), p.Model.Parameters))
            .Should().Throw<ArgumentException>().WithMessage("*gradients must be a set of its own*CreateZeros*");
        model.Parameters[0].Values.ToArray().Should().Equal(before);

        model.Parameters["0.Bias"].Edit(values => values[0] += 1);
        pass.Invoking(p => p.Backward(new ReadOnlyTensorSpan<float>(new float[6], [1, 2, 3]), p.Model.Parameters.CreateZeros()))
            .Should().Throw<InvalidOperationException>().WithMessage("*edited after Forward*call Forward again*");
    }

    [Fact]
    public void Forward_BatchesOfGrowingLength_ReuseTheirMemory()
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(32).Build();
        SequencePass pass = model.CreatePass();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int length = 1; length <= 200; length++)
        {
            pass.Forward(new ReadOnlyTensorSpan<float>(new float[length], [length, 1, 1]));
        }

        const int KeptForAStep = 6 * 32, InputsPartOfItsSums = 4 * 32;
        const int LargestPass = 200 * (KeptForAStep + InputsPartOfItsSums) * sizeof(float);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(6 * LargestPass);
    }

    [Fact]
    public async Task Forward_OnePassOnTwoThreads_IsRefusedOrRunsOneAfterTheOther()
    {
        SequenceModel model = SequenceModel.Create(4).Lstm(40).Build();
        SequencePass pass = model.CreatePass();
        float[] input = RandomValues.Uniform(new Random(1), 50 * 4 * 4);
        int refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int n = 0; n < 50; n++)
            {
                try
                {
                    pass.Forward(new ReadOnlyTensorSpan<float>(input, [50, 4, 4]));
                }
                catch (InvalidOperationException error) when (error.Message.Contains("another thread", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref refused);
                }
            }
        })));
        pass.Forward(new ReadOnlyTensorSpan<float>(input, [50, 4, 4]));
        refused.Should().BeInRange(0, 199);
        pass.OutputValues.SequenceEqual([.. model.Predict(Tensor.Create(input, [50, 4, 4]))]).Should().BeTrue();
    }

    [Fact]
    public void Backward_TwiceWithoutClearing_AddsUp()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).Dense(2).Build();
        ModelRun run = ModelRun.Draw(model, 3, 2, new Random(5));
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        for (int n = 0; n < 2; n++)
        {
            pass.Forward(new ReadOnlyTensorSpan<float>(run.Input, [3, 2, 2]), run.InitialState);
            pass.Backward(
                new ReadOnlyTensorSpan<float>(run.OutputGradient, [3, 2, 2]), gradients, run.FinalStateGradient);
        }

        Dictionary<string, float[]> once = run.RunLibrary();
        foreach (Parameter gradient in gradients)
        {
            double[] twice = [.. once[$"gradient of {gradient.Name}"].Select(value => 2.0 * value)];
            gradient.Values.ShouldBeCloseTo(twice, 1e-6, gradient.Name);
        }
    }

    [Fact]
    public void Build_SameSeed_GivesTheSameBitsAndAnotherSeedOthers()
    {
        float[] Weights(int seed) => [.. SequenceModel.Create(3).Lstm(7).Dense(2).Build(seed).Parameters.SelectMany(p => p.Values.ToArray())];
        Weights(1).Should().Equal(Weights(1)).And.NotEqual(Weights(2));
    }

    [Fact]
    public void Build_Default_DrawsGlorotOrthogonalAndForgetBiasOne()
    {
        var cell = (LstmCell)((RecurrentLayer)SequenceModel.Create(6).Lstm(24).Build(seed: 3).Layers[0]).Cell;
        foreach (LstmGate gate in Enum.GetValues<LstmGate>())
        {
            float[] weights = cell.Gate(gate).RecurrentWeights.ToArray();
            for (int a = 0; a < 24; a++)
            {
                for (int b = 0; b < 24; b++)
                {
                    double dot = Enumerable.Range(0, 24).Sum(k => (double)weights[(a * 24) + k] * weights[(b * 24) + k]);
                    dot.Should().BeApproximately(a == b ? 1 : 0, 1e-6);
                }
            }

            float[] input = cell.Gate(gate).InputWeights.ToArray();
            float limit = MathF.Sqrt(6f / (6 + 24));
            input.Max(MathF.Abs).Should().BeInRange(limit * 0.8f, limit);
            cell.Gate(gate).Bias.ToArray().Should().OnlyContain(value => value == (gate == LstmGate.Forget ? 1 : 0));
        }
    }

    [Fact]
    public void Build_WithoutLayers_IsRefusedWithTheRemedy() =>
        FluentActions.Invoking(() => SequenceModel.Create(3).Build()).Should().Throw<InvalidOperationException>().WithMessage("*add one*");

    [Fact]
    public void ToStringAndSummary_ShowLayersShapesAndCounts()
    {
        SequenceModel model = SequenceModel.Create(8).Lstm(16).TakeLast().Dense(12, Activation.Tanh).Build();
        model.ToString().Should().Be(
            "SequenceModel(8 => LstmCell(8 => 16, 1600 parameters) => TakeLast(16) => Dense(16 => 12, Tanh, 204 parameters), 1804 parameters)");
        model.Summary().Split(Environment.NewLine).Should().Equal(
            "Layer                                      Output shape   Parameters",
            "0. LstmCell(8 => 16, 1600 parameters)      [T, B, 16]          1,600",
            "1. TakeLast(16)                            [1, B, 16]              0",
            "2. Dense(16 => 12, Tanh, 204 parameters)   [1, B, 12]            204",
            "Total                                                          1,804");
    }

    private static bool IsZero(Parameter parameter) => parameter.Values.IndexOfAnyExcept(0f) < 0;
}
