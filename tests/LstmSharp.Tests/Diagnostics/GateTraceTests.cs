using System.Numerics.Tensors;
using LstmSharp.Tests.Models;

namespace LstmSharp.Tests.Diagnostics;

public sealed class GateTraceTests
{
    private static readonly LstmGate[] Gates = [LstmGate.Input, LstmGate.Forget, LstmGate.Update, LstmGate.Output];

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(6, 1, 5)]
    [InlineData(5, 7, 17)]
    [InlineData(3, 64, 33)]
    public void Record_TwoLstmLayers_HaveTheBitsOfCellsSteppedTogether(int length, int batchSize, int hiddenSize)
    {
        var random = new Random(length);
        SequenceModel model = SequenceModel.Create(3).Lstm(hiddenSize).Lstm(hiddenSize + 1).Build(seed: 5);
        Tensor<float> input = RandomInput(random, length, batchSize, 3);
        ModelState initial = model.CreateState(batchSize).Fill(random);
        LstmCell[] cells = [.. model.Layers.Select(layer => (LstmCell)((RecurrentLayer)layer).Cell)];
        var states = new LstmState[] { (LstmState)initial[0], (LstmState)initial[1] };

        GateTrace trace = GateTrace.Record(model, input, initial);

        trace.Layers.Select(layer => layer.LayerIndex).Should().Equal(0, 1);
        for (int t = 0; t < length; t++)
        {
            float[] x = StepOf(input, t);
            for (int n = 0; n < cells.Length; n++)
            {
                LstmState next = cells[n].CreateState(batchSize);
                var activations = new LstmGateActivations(batchSize, cells[n].HiddenSize);
                cells[n].Step(x, states[n], next, activations);
                LayerTrace layer = trace.Layers[n];
                StepOf(layer.Hidden, t).ShouldHaveTheBitsOf(next.Hidden);
                StepOf(layer.Cell, t).ShouldHaveTheBitsOf(next.Cell);
                Array.ForEach(Gates, gate => StepOf(layer[gate], t).ShouldHaveTheBitsOf(activations[gate]));
                states[n] = next;
                x = next.Hidden.ToArray();
            }
        }
    }

    [Fact]
    public void Record_AnyModel_HasTheBitsOfItsPredictions()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            int length = RandomModels.Length(random), batchSize = RandomModels.BatchSize(random);
            SequenceModel model = RandomModels.DrawStraight(random, length);
            Tensor<float> input = RandomInput(random, length, batchSize, model.InputSize);
            ModelState initial = model.CreateState(batchSize).Fill(random);

            GateTrace trace = GateTrace.Record(model, input, initial);

            trace.Layers.Should().HaveCount(initial.Count);
            foreach (LayerTrace layer in trace.Layers)
            {
                var below = new SequenceModel(model.InputSize, [.. model.Layers.Take(layer.LayerIndex + 1)]);
                ModelState initialBelow = new([.. initial.Take(below.CreateState(1).Count)], batchSize);
                layer.Hidden.ToArray().ShouldHaveTheBitsOf([.. below.Predict(input, initialBelow)]);
            }
        }
    }

    [Fact]
    public void Record_Lstm_MatchesTheReference()
    {
        var random = new Random(1);
        SequenceModel model = SequenceModel.Create(4).Lstm(19).TakeLast().Dense(2).Build(seed: 2);
        Tensor<float> input = RandomInput(random, 12, 3, 4);
        var reference = (ReferenceLstm)ModelRun.Reference(model.Layers[0]);
        reference.Forward(new ReferenceSequence(12, 3, 4, RandomValues.ToDoubles([.. input])), reference.ZeroState(3));

        LayerTrace trace = GateTrace.Record(model, input).Layers.Single();

        (Tensor<float> Actual, ReferenceSequence Expected)[] pairs =
        [
            (trace[LstmGate.Input], reference.I), (trace[LstmGate.Forget], reference.F), (trace[LstmGate.Update], reference.U),
            (trace[LstmGate.Output], reference.O), (trace.Cell, reference.C), (trace.Hidden, reference.H),
        ];
        foreach ((Tensor<float> actual, ReferenceSequence expected) in pairs)
        {
            float[] values = [.. actual];
            values.ShouldBeWithin(expected.Values, 2e-6, 2e-6, "the trace");
        }
    }

    [Theory]
    [InlineData(GruReset.AfterProduct)]
    [InlineData(GruReset.BeforeProduct)]
    public void Record_Gru_MatchesTheReference(GruReset reset)
    {
        SequenceModel model = SequenceModel.Create(4).Gru(19, reset).TakeLast().Dense(2).Build(seed: 2);
        Tensor<float> input = RandomInput(new Random(1), 12, 3, 4);
        var reference = (ReferenceGru)ModelRun.Reference(model.Layers[0]);
        reference.Forward(new ReferenceSequence(12, 3, 4, RandomValues.ToDoubles([.. input])), reference.ZeroState(3));

        LayerTrace trace = GateTrace.Record(model, input).Layers.Single();

        trace.HasGates.Should().BeTrue();
        trace.HasCell.Should().BeFalse();
        (Tensor<float> Actual, ReferenceSequence Expected)[] pairs =
        [
            (trace[GruGate.Reset], reference.R), (trace[GruGate.Update], reference.Z), (trace[GruGate.Candidate], reference.N),
            (trace.Hidden, reference.H),
        ];
        foreach ((Tensor<float> actual, ReferenceSequence expected) in pairs)
        {
            float[] values = [.. actual];
            values.ShouldBeWithin(expected.Values, 2e-6, 2e-6, "the trace");
        }

        trace.Invoking(it => it[LstmGate.Forget]).Should().Throw<InvalidOperationException>().WithMessage("*has no gates of an LSTM*");
        trace.Invoking(it => it.Cell).Should().Throw<InvalidOperationException>().WithMessage("*has no memory cell*HasCell*");
        trace.Invoking(it => it[(GruGate)3]).Should().Throw<ArgumentOutOfRangeException>();
        GateTrace.Record(SequenceModel.Create(1).Lstm(1).Build(), RandomInput(new Random(1), 1, 1, 1)).Layers[0]
            .Invoking(it => it[GruGate.Update]).Should().Throw<InvalidOperationException>().WithMessage("*has no gates of a GRU*");
    }

    [Fact]
    public void Record_RowOfABatch_HasTheBitsOfTheRowAlone()
    {
        const int Length = 9, Rows = 5, Row = 3;
        SequenceModel model = SequenceModel.Create(2).Lstm(11).Build(seed: 3);
        Tensor<float> input = RandomInput(new Random(4), Length, Rows, 2);
        Tensor<float> alone = Tensor.Create(Enumerable.Range(0, Length * 2).Select(n => input[n / 2, Row, n % 2]).ToArray(), [Length, 1, 2]);

        LayerTrace ofBatch = GateTrace.Record(model, input).Layers[0], ofRow = GateTrace.Record(model, alone).Layers[0];

        float[] row = [.. Enumerable.Range(0, Length * 11).Select(n => ofBatch[LstmGate.Forget][n / 11, Row, n % 11])];
        row.ShouldHaveTheBitsOf([.. ofRow[LstmGate.Forget]]);
    }

    [Fact]
    public void Largest_OfEveryStep_IsThatOfAllRowsAndUnits()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(11).Build(seed: 3);
        LayerTrace trace = GateTrace.Record(model, RandomInput(new Random(4), length: 9, batchSize: 5, 2)).Layers[0];

        trace.LargestHidden().Should().Equal(Enumerable.Range(0, 9).Select(t => StepOf(trace.Hidden, t).Max(MathF.Abs)));
        trace.LargestCell().Should().Equal(Enumerable.Range(0, 9).Select(t => StepOf(trace.Cell, t).Max(MathF.Abs)));
        GateTrace.Record(model, RandomInput(new Random(4), length: 3, batchSize: 0, 2)).Layers[0].LargestHidden().Should().Equal(0, 0, 0);
    }

    [Fact]
    public void Record_LayerAfterTakeLast_SeesOneStep()
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(4).TakeLast().Lstm(5).Build();

        GateTrace trace = GateTrace.Record(model, RandomInput(new Random(1), 6, 2, 1));

        trace.Layers.Select(layer => layer.SequenceLength).Should().Equal(6, 1);
        trace.Layers.Select(layer => layer.LayerIndex).Should().Equal(0, 2);
        trace.Layers.Select(layer => layer.HiddenSize).Should().Equal(4, 5);
        trace.Layers.Should().OnlyContain(layer => layer.BatchSize == 2);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(3, 0)]
    public void Record_NothingToSee_IsEmpty(int length, int batchSize)
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(4).VanillaRnn(3).Build();

        GateTrace trace = GateTrace.Record(model, Tensor.CreateFromShape<float>([length, batchSize, 1]));

        trace.Layers[0][LstmGate.Output].Lengths.ToArray().Should().Equal(length, batchSize, 4);
        trace.Layers[1].Hidden.Lengths.ToArray().Should().Equal(length, batchSize, 3);
    }

    [Fact]
    public void Record_ThenPredict_AllocatesNothingAndGivesTheSameBits()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(8).VanillaRnn(8).Build(seed: 6);
        Tensor<float> input = RandomInput(new Random(5), 7, 2, 2);
        float[] before = new float[7 * 2 * 8], after = new float[before.Length];
        model.Predict(input, new TensorSpan<float>(before, [7, 2, 8]));
        long version = model.Parameters.Version;

        GateTrace.Record(model, input);

        ReadOnlyTensorSpan<float> inputs = input;
        var output = new TensorSpan<float>(after, [7, 2, 8]);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        model.Predict(inputs, output);
        (GC.GetAllocatedBytesForCurrentThread() - allocated).Should().Be(0);
        after.ShouldHaveTheBitsOf(before);
        model.Parameters.Version.Should().Be(version);
    }

    [Fact]
    public void LayerTrace_VanillaRnn_HasNoGatesAndSaysSo()
    {
        SequenceModel model = SequenceModel.Create(1).VanillaRnn(3).Build();
        LayerTrace layer = GateTrace.Record(model, Tensor.CreateFromShape<float>([2, 1, 1])).Layers[0];

        layer.HasGates.Should().BeFalse();
        layer.HasCell.Should().BeFalse();
        layer.GateNames.Should().BeEmpty();
        layer.Invoking(it => it["Forget"]).Should().Throw<KeyNotFoundException>()
            .WithMessage("LayerTrace: layer 0, VanillaRnnCell(1 => 3, 15 parameters), has no gate 'Forget'; it has none at all.");
        layer.Invoking(it => it.Cell).Should().Throw<InvalidOperationException>()
            .WithMessage("LayerTrace: layer 0, VanillaRnnCell(1 => 3, 15 parameters), has no memory cell; look at Hidden*");
        layer.Invoking(it => it[LstmGate.Forget]).Should().Throw<InvalidOperationException>().WithMessage("*has no gates*");
        layer.Invoking(it => it[(LstmGate)4]).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void LayerTrace_Lstm_NamesItsGatesAndParts()
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(3).Build();
        LayerTrace layer = GateTrace.Record(model, Tensor.CreateFromShape<float>([2, 1, 1])).Layers[0];

        layer.GateNames.Should().Equal("Input", "Forget", "Update", "Output");
        layer.PartNames.Should().Equal("Hidden", "Cell");
        layer.Lengths.Should().Equal(2);
        layer.Path.Should().Be("0");
        layer.HasGates.Should().BeTrue();
        layer.HasCell.Should().BeTrue();
        layer["Update"].Should().BeSameAs(layer[LstmGate.Update]);
        layer.Part("Hidden").Should().BeSameAs(layer.Hidden);
        layer.Part("Cell").Should().BeSameAs(layer.Cell);
        layer.Invoking(it => it["forget"]).Should().Throw<KeyNotFoundException>()
            .WithMessage("LayerTrace: layer 0, LstmCell(*), has no gate 'forget'; it has 'Input', 'Forget', 'Update', 'Output'.");
        layer.Invoking(it => it.Part("c")).Should().Throw<KeyNotFoundException>()
            .WithMessage("LayerTrace: the state of layer 0, LstmCell(*), has no part 'c'; it has 'Hidden', 'Cell'.");
        layer.Invoking(it => it[null!]).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public void Record_WhatDoesNotFit_Throws()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).Build();
        Tensor<float> input = Tensor.CreateFromShape<float>([4, 1, 2]);

        FluentActions.Invoking(() => GateTrace.Record(null!, input)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => GateTrace.Record(model, Tensor.CreateFromShape<float>([4, 1, 3]))).Should().Throw<ArgumentException>()
            .WithMessage("SequenceModel: input must have shape [SequenceLength, BatchSize, 2], but has [4, 1, 3]*");
        FluentActions.Invoking(() => GateTrace.Record(model, input, model.CreateState(2))).Should().Throw<ArgumentException>()
            .WithMessage("*initialState must be made by this model's CreateState(1)*");
    }

    private static Tensor<float> RandomInput(Random random, int length, int batchSize, int size) =>
        Tensor.Create(RandomValues.Uniform(random, length * batchSize * size, scale: 2), [length, batchSize, size]);

    private static float[] StepOf(Tensor<float> sequence, int t)
    {
        int count = (int)(sequence.Lengths[1] * sequence.Lengths[2]);
        return [.. sequence.Skip(t * count).Take(count)];
    }
}
