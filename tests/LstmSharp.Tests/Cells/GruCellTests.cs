using LstmSharp.Kernels;

namespace LstmSharp.Tests.Cells;

public sealed class GruCellTests
{
    public static TheoryData<GruReset, int, int, int> Shapes
    {
        get
        {
            TheoryData<GruReset, int, int, int> shapes = [];
            foreach (GruReset reset in Enum.GetValues<GruReset>())
            {
                shapes.Add(reset, 1, 1, 1);
                shapes.Add(reset, 1, 4, 70);
                shapes.Add(reset, 3, 5, 17);
                shapes.Add(reset, 13, 2, 130);
            }

            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Step_RandomState_MatchesTheReferenceGateByGate(GruReset reset, int batchSize, int inputSize, int hiddenSize)
    {
        var random = new Random(hiddenSize);
        var cell = new GruCell(inputSize, hiddenSize, reset, seed: 1, WeightInitialization.PyTorchUniform);
        float[] input = RandomValues.Uniform(random, batchSize * inputSize);
        GruState previous = cell.CreateState(batchSize), next = cell.CreateState(batchSize), plain = cell.CreateState(batchSize);
        RandomValues.Uniform(random, batchSize * hiddenSize).CopyTo(previous.Hidden);
        var activations = new GruGateActivations(batchSize, hiddenSize);

        cell.Step(input, previous, next, activations);
        cell.Step(input, previous, plain);

        double[][] weights = [.. cell.Parameters.Select(parameter => RandomValues.ToDoubles(parameter.Values))];
        var reference = new ReferenceGru(weights[0], weights[1], weights[2], weights.ElementAtOrDefault(3));
        reference.Forward(
            new ReferenceSequence(1, batchSize, inputSize, RandomValues.ToDoubles(input)), [RandomValues.ToDoubles(previous.Hidden)]);
        next.Hidden.ToArray().ShouldBeWithin(reference.H.Values, 2e-6, 2e-6, "h");
        plain.Hidden.ToArray().ShouldHaveTheBitsOf(next.Hidden);
        activations[GruGate.Reset].ToArray().ShouldBeWithin(reference.R.Values, 2e-6, 2e-6, "r");
        activations[GruGate.Update].ToArray().ShouldBeWithin(reference.Z.Values, 2e-6, 2e-6, "z");
        activations[GruGate.Candidate].ToArray().ShouldBeWithin(reference.N.Values, 2e-6, 2e-6, "n");
    }

    [Theory]
    [InlineData(GruReset.AfterProduct)]
    [InlineData(GruReset.BeforeProduct)]
    public void Step_AnySize_HasTheBitsOfOneChainOfFusedMultiplyAddsASum(GruReset reset)
    {
        for (int hiddenSize = 1; hiddenSize <= 70; hiddenSize += 3)
        {
            int batchSize = 1 + (hiddenSize % 15), inputSize = 1 + (hiddenSize % 4);
            var random = new Random(hiddenSize);
            var cell = new GruCell(inputSize, hiddenSize, reset, seed: hiddenSize, WeightInitialization.PyTorchUniform);
            float[] input = RandomValues.Uniform(random, batchSize * inputSize);
            GruState previous = cell.CreateState(batchSize), next = cell.CreateState(batchSize);
            RandomValues.Uniform(random, batchSize * hiddenSize).CopyTo(previous.Hidden);

            cell.Step(input, previous, next);

            float[] expected = [.. Enumerable.Range(0, batchSize).SelectMany(row => NaiveStep(
                cell, input[(row * inputSize)..((row + 1) * inputSize)], previous.Hidden.Slice(row * hiddenSize, hiddenSize).ToArray()))];
            next.Hidden.ToArray().ShouldHaveTheBitsOf(expected);
        }
    }

    /// <summary>docs/math/gru.md, section 7, in single numbers.</summary>
    private static float[] NaiveStep(GruCell cell, float[] x, float[] h)
    {
        const float guard = 8.470329e-22f;
        static float Rounded(float value) => (value + guard) - guard;
        static float Chain(float sum, ReadOnlySpan<float> weights, float[] values)
        {
            for (int k = 0; k < values.Length; k++)
            {
                sum = MathF.FusedMultiplyAdd(values[k], weights[k], sum);
            }

            return sum;
        }

        static float[] Map(Action<ReadOnlySpan<float>, Span<float>, SimdWidth> function, IEnumerable<float> sums)
        {
            float[] values = [.. sums];
            function(values, values, SimdWidth.Bits128);
            return values;
        }

        int units = h.Length;
        ReadOnlySpan<float> RowOf(Parameter weights, GruGate gate, int unit) =>
            weights.Values.Slice((((int)gate * units) + unit) * weights.Shape[1], weights.Shape[1]);
        float OfInput(GruGate gate, int unit) =>
            Chain(cell.Bias.Values[((int)gate * units) + unit], RowOf(cell.InputWeights, gate, unit), x);
        float OfBoth(GruGate gate, int unit, float[] hidden) => Chain(OfInput(gate, unit), RowOf(cell.RecurrentWeights, gate, unit), hidden);
        IEnumerable<int> all = Enumerable.Range(0, units);

        float[] r = Map(ElementarySpans.Sigmoid, all.Select(unit => OfBoth(GruGate.Reset, unit, h)));
        float[] z = Map(ElementarySpans.Sigmoid, all.Select(unit => OfBoth(GruGate.Update, unit, h)));
        float[] reset = [.. all.Select(unit => Rounded(r[unit] * h[unit]))];
        float SumOfCandidate(int unit) => cell.RecurrentBias is { } second
            ? MathF.FusedMultiplyAdd(
                r[unit],
                Chain(second.Values[unit], RowOf(cell.RecurrentWeights, GruGate.Candidate, unit), h),
                OfInput(GruGate.Candidate, unit))
            : OfBoth(GruGate.Candidate, unit, reset);
        float[] n = Map(ElementarySpans.Tanh, all.Select(SumOfCandidate));
        return [.. all.Select(unit => Rounded(
            MathF.FusedMultiplyAdd(z[unit], h[unit], MathF.FusedMultiplyAdd(-z[unit], n[unit], n[unit]))))];
    }

    [Theory]
    [InlineData(GruReset.AfterProduct)]
    [InlineData(GruReset.BeforeProduct)]
    public void Step_ManyInARow_EqualTheModelToTheBit(GruReset reset)
    {
        SequenceModel model = SequenceModel.Create(4).Gru(19, reset).Build(seed: 3);
        var cell = (GruCell)((RecurrentLayer)model.Layers[0]).Cell;
        float[] input = RandomValues.Uniform(new Random(2), 5 * 3 * 4);
        SequencePass pass = model.CreatePass();
        pass.Forward(new System.Numerics.Tensors.ReadOnlyTensorSpan<float>(input, [5, 3, 4]));

        GruState now = cell.CreateState(3), next = cell.CreateState(3);
        for (int t = 0; t < 5; t++)
        {
            cell.Step(input.AsSpan(t * 12, 12), now, next);
            (now, next) = (next, now);
            now.Hidden.ToArray().ShouldHaveTheBitsOf(pass.OutputValues.Slice(t * 3 * 19, 3 * 19));
        }
    }

    [Theory]
    [InlineData(GruReset.AfterProduct)]
    [InlineData(GruReset.BeforeProduct)]
    public void Step_UpdateGateOpen_KeepsTheStateToTheBitAndShut_ReplacesIt(GruReset reset)
    {
        var cell = new GruCell(1, 2, reset, seed: 3);
        GruState previous = cell.CreateState(1), next = cell.CreateState(1);
        previous.Hidden[0] = 1e-5f;
        previous.Hidden[1] = 0.3f;
        var activations = new GruGateActivations(1, 2);

        cell.UpdateGate.EditBias(bias => bias.Fill(100));
        cell.Step([0.5f], previous, next, activations);
        next.Hidden.ToArray().ShouldHaveTheBitsOf(previous.Hidden);

        cell.UpdateGate.EditBias(bias => bias.Fill(-200));
        cell.Step([0.5f], previous, next, activations);
        next.Hidden.ToArray().ShouldHaveTheBitsOf(activations[GruGate.Candidate]);
    }

    [Theory]
    [InlineData(GruReset.AfterProduct)]
    [InlineData(GruReset.BeforeProduct)]
    public void Step_ResetGateShut_ForgetsTheStateInTheCandidate(GruReset reset)
    {
        var cell = new GruCell(1, 3, reset, seed: 3);
        cell.ResetGate.EditBias(bias => bias.Fill(-200));
        GruState full = cell.CreateState(1), next = cell.CreateState(1);
        full.Hidden.Fill(0.9f);
        GruGateActivations ofFull = new(1, 3), ofEmpty = new(1, 3);

        cell.Step([0.5f], full, next, ofFull);
        cell.Step([0.5f], null, next, ofEmpty);

        ofFull[GruGate.Candidate].ToArray().ShouldHaveTheBitsOf(ofEmpty[GruGate.Candidate]);
    }

    [Theory]
    [InlineData(GruReset.AfterProduct, 1)]
    [InlineData(GruReset.AfterProduct, 2)]
    [InlineData(GruReset.BeforeProduct, 1)]
    [InlineData(GruReset.BeforeProduct, 2)]
    public void Step_Warm_AllocatesNothing(GruReset reset, int batchSize)
    {
        var cell = new GruCell(8, 33, reset);
        GruState now = cell.CreateState(batchSize), next = cell.CreateState(batchSize);
        var activations = new GruGateActivations(batchSize, 33);
        float[] input = new float[8 * batchSize];
        cell.Step(input, now, next, activations);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 100; n++)
        {
            cell.Step(input, now, next, activations);
            cell.Step(input, now, next);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void Gate_EachGate_ViewsItsBlockInStorageOrder()
    {
        var cell = new GruCell(2, 3, seed: 5, initialization: WeightInitialization.PyTorchUniform);
        GruGateWeights[] gates = [cell.ResetGate, cell.UpdateGate, cell.Candidate];
        for (int gate = 0; gate < 3; gate++)
        {
            gates[gate].Gate.Should().Be((GruGate)gate);
            gates[gate].InputWeights.SequenceEqual(cell.InputWeights.Values.Slice(gate * 6, 6)).Should().BeTrue();
            gates[gate].RecurrentWeights.SequenceEqual(cell.RecurrentWeights.Values.Slice(gate * 9, 9)).Should().BeTrue();
            gates[gate].Bias.SequenceEqual(cell.Bias.Values.Slice(gate * 3, 3)).Should().BeTrue();
        }
    }

    [Fact]
    public void RecurrentBias_IsThereWhereTheResetGateActsAfterTheProduct()
    {
        new GruCell(2, 3).RecurrentBias!.Shape.ToArray().Should().Equal(3);
        new GruCell(2, 3).ToString().Should().Be("GruCell(2 => 3, 57 parameters)");
        new GruCell(2, 3, GruReset.BeforeProduct).RecurrentBias.Should().BeNull();
        new GruCell(2, 3, seed: 1).RecurrentBias!.Values.ToArray().Should().Equal(0, 0, 0);
        new GruCell(2, 3, seed: 1, initialization: WeightInitialization.PyTorchUniform).RecurrentBias!.Values.ToArray()
            .Should().OnlyContain(value => value != 0 && MathF.Abs(value) <= 1 / MathF.Sqrt(3));
    }

    [Fact]
    public void Step_WrongShapes_NameWhoWhatExpectedAndActual()
    {
        var cell = new GruCell(8, 16);
        GruState three = cell.CreateState(3);
        cell.Invoking(c => c.Step(new float[23], null, three)).Should().Throw<ArgumentException>()
            .WithMessage("GruCell(8 => 16, 1216 parameters): input must hold 24 values (BatchSize 3 × InputSize 8), but holds 23.*");
        cell.Invoking(c => c.Step(new float[24], null, null!)).Should().Throw<ArgumentNullException>().WithParameterName("next");
        cell.Invoking(c => c.Step(new float[24], null, three, null!)).Should().Throw<ArgumentNullException>()
            .WithParameterName("activations");
        cell.Invoking(c => c.Step(new float[24], new GruState(2, 16), three)).Should().Throw<ArgumentException>()
            .WithMessage("*previous must have BatchSize 3 and HiddenSize 16, but is GruState(2 × 16).*");
        cell.Invoking(c => c.Step(new float[24], null, three, new GruGateActivations(2, 16))).Should().Throw<ArgumentException>()
            .WithMessage("*activations must have BatchSize 3 and HiddenSize 16, but is GruGateActivations(2 × 16).*");
        cell.Invoking(c => c.Gate((GruGate)3)).Should().Throw<ArgumentOutOfRangeException>();
        new GruGateActivations(1, 1).Invoking(it => it[(GruGate)(-1)].Length).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new GruCell(1, 1, (GruReset)2)).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("*no such place for the reset gate*");
        FluentActions.Invoking(() => new GruCell(int.MaxValue, int.MaxValue)).Should().Throw<ArgumentException>().WithMessage("*at most*");
    }
}
