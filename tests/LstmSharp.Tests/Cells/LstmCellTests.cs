namespace LstmSharp.Tests.Cells;

public sealed class LstmCellTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 17)]
    [InlineData(13, 2, 130)]
    public void Step_RandomState_MatchesTheReferenceGateByGate(int batchSize, int inputSize, int hiddenSize)
    {
        var random = new Random(hiddenSize);
        var cell = new LstmCell(inputSize, hiddenSize, seed: 1, WeightInitialization.PyTorchUniform);
        float[] input = RandomValues.Uniform(random, batchSize * inputSize);
        LstmState previous = cell.CreateState(batchSize), next = cell.CreateState(batchSize);
        RandomValues.Uniform(random, batchSize * hiddenSize).CopyTo(previous.Hidden);
        RandomValues.Uniform(random, batchSize * hiddenSize).CopyTo(previous.Cell);
        var activations = new LstmGateActivations(batchSize, hiddenSize);

        cell.Step(input, previous, next, activations);

        double[][] weights = [.. cell.Parameters.Select(parameter => RandomValues.ToDoubles(parameter.Values))];
        var reference = new ReferenceLstm(weights[0], weights[1], weights[2]);
        reference.Forward(
            new ReferenceSequence(1, batchSize, inputSize, RandomValues.ToDoubles(input)),
            [RandomValues.ToDoubles(previous.Hidden), RandomValues.ToDoubles(previous.Cell)]);
        next.Hidden.ToArray().ShouldBeWithin(reference.H.Values, 2e-6, 2e-6, "h");
        next.Cell.ToArray().ShouldBeWithin(reference.C.Values, 2e-6, 2e-6, "c");
        activations[LstmGate.Input].ToArray().ShouldBeWithin(reference.I.Values, 2e-6, 2e-6, "i");
        activations[LstmGate.Forget].ToArray().ShouldBeWithin(reference.F.Values, 2e-6, 2e-6, "f");
        activations[LstmGate.Update].ToArray().ShouldBeWithin(reference.U.Values, 2e-6, 2e-6, "u");
        activations[LstmGate.Output].ToArray().ShouldBeWithin(reference.O.Values, 2e-6, 2e-6, "o");
    }

    [Fact]
    public void Step_MissingState_EqualsZeros()
    {
        var cell = new LstmCell(3, 9, seed: 4);
        float[] input = RandomValues.Uniform(new Random(1), 2 * 3);
        LstmState fromNull = cell.CreateState(2), fromZeros = cell.CreateState(2);
        cell.Step(input, null, fromNull);
        cell.Step(input, cell.CreateState(2), fromZeros);
        fromNull.Hidden.SequenceEqual(fromZeros.Hidden).Should().BeTrue();
        fromNull.Cell.SequenceEqual(fromZeros.Cell).Should().BeTrue();
        fromNull.Hidden.ToArray().Should().Contain(value => value != 0);
    }

    [Fact]
    public void Step_ForgetGateShut_ErasesAndOpen_Keeps()
    {
        var cell = new LstmCell(1, 1);
        LstmState previous = cell.CreateState(1), next = cell.CreateState(1);
        previous.Cell[0] = 3;
        cell.InputGate.EditBias(bias => bias.Fill(-100));

        cell.ForgetGate.EditBias(bias => bias.Fill(100));
        cell.Step([0.5f], previous, next);
        next.Cell[0].Should().Be(3);

        cell.ForgetGate.EditBias(bias => bias.Fill(-100));
        cell.Step([0.5f], previous, next);
        next.Cell[0].Should().BeApproximately(0, 1e-30f);
    }

    [Fact]
    public void Step_ManyInARow_EqualTheModelToTheBit()
    {
        SequenceModel model = SequenceModel.Create(4).Lstm(19).Build(seed: 3);
        var cell = (LstmCell)((RecurrentLayer)model.Layers[0]).Cell;
        float[] input = RandomValues.Uniform(new Random(2), 5 * 3 * 4);
        SequencePass pass = model.CreatePass();
        pass.Forward(new System.Numerics.Tensors.ReadOnlyTensorSpan<float>(input, [5, 3, 4]));

        LstmState now = cell.CreateState(3), next = cell.CreateState(3);
        for (int t = 0; t < 5; t++)
        {
            cell.Step(input.AsSpan(t * 12, 12), now, next);
            (now, next) = (next, now);
            now.Hidden.SequenceEqual(pass.OutputValues.Slice(t * 3 * 19, 3 * 19)).Should().BeTrue();
        }
    }

    [Fact]
    public void Step_EmptyBatch_DoesNothing()
    {
        var cell = new LstmCell(2, 3);
        cell.Step([], null, cell.CreateState(0));
        cell.CreateState(0).Hidden.Length.Should().Be(0);
    }

    [Fact]
    public void Step_Warm_AllocatesNothing()
    {
        var cell = new LstmCell(8, 33);
        LstmState now = cell.CreateState(2), next = cell.CreateState(2);
        var activations = new LstmGateActivations(2, 33);
        float[] input = new float[16];
        cell.Step(input, now, next, activations);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 100; n++)
        {
            cell.Step(input, now, next, activations);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void Gate_EachGate_ViewsItsBlockInStorageOrder()
    {
        var cell = new LstmCell(2, 3, seed: 5, WeightInitialization.PyTorchUniform);
        LstmGateWeights[] gates = [cell.InputGate, cell.ForgetGate, cell.UpdateGate, cell.OutputGate];
        for (int gate = 0; gate < 4; gate++)
        {
            gates[gate].Gate.Should().Be((LstmGate)gate);
            gates[gate].InputWeights.SequenceEqual(cell.InputWeights.Values.Slice(gate * 6, 6)).Should().BeTrue();
            gates[gate].RecurrentWeights.SequenceEqual(cell.RecurrentWeights.Values.Slice(gate * 9, 9)).Should().BeTrue();
            gates[gate].Bias.SequenceEqual(cell.Bias.Values.Slice(gate * 3, 3)).Should().BeTrue();
        }
    }

    [Fact]
    public void Step_WrongShapes_NameWhoWhatExpectedAndActual()
    {
        var cell = new LstmCell(8, 16);
        LstmState three = cell.CreateState(3);
        cell.Invoking(c => c.Step(new float[23], null, three)).Should().Throw<ArgumentException>()
            .WithMessage("LstmCell(8 => 16, 1600 parameters): input must hold 24 values (BatchSize 3 × InputSize 8), but holds 23.*");
        cell.Invoking(c => c.Step(new float[24], null, null!)).Should().Throw<ArgumentNullException>().WithParameterName("next");
        cell.Invoking(c => c.Step(new float[24], null, three, null!)).Should().Throw<ArgumentNullException>()
            .WithParameterName("activations");
        cell.Invoking(c => c.Step(new float[24], new LstmState(2, 16), three)).Should().Throw<ArgumentException>()
            .WithMessage("*previous must have BatchSize 3 and HiddenSize 16, but is LstmState(2 × 16).*");
        cell.Invoking(c => c.Step(new float[24], null, new LstmState(3, 15))).Should().Throw<ArgumentException>()
            .WithMessage("*next must have HiddenSize 16*");
        cell.Invoking(c => c.Step(new float[24], three, three)).Should().Throw<ArgumentException>().WithMessage("*another state*");
        cell.Invoking(c => c.Step(new float[24], null, three, new LstmGateActivations(2, 16))).Should().Throw<ArgumentException>()
            .WithMessage("*activations must have BatchSize 3*");
        cell.Invoking(c => c.Step(three.Hidden[..24], null, three)).Should().Throw<ArgumentException>().WithMessage("*overlap*");
        cell.Invoking(c => c.Gate((LstmGate)4)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Constructor_ImpossibleSizes_AreRefused()
    {
        FluentActions.Invoking(() => new LstmCell(0, 1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new LstmCell(1, -1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new LstmCell(int.MaxValue, int.MaxValue)).Should().Throw<ArgumentException>()
            .WithMessage("*at most*");
        FluentActions.Invoking(() => new LstmCell(1, 1, 0, (WeightInitialization)9)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
