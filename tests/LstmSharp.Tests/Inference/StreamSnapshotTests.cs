using System.Numerics.Tensors;
using LstmSharp.Tests.Serialization;

namespace LstmSharp.Tests.Inference;

/// <summary>A snapshot is a value: it stays what it is, and any stream on an equal model goes on from it.</summary>
public sealed class StreamSnapshotTests
{
    private const int BatchSize = 3;
    private const int Steps = 6;
    private readonly float[][] _inputs = [.. Enumerable.Range(0, 2 * Steps).Select(n => RandomValues.Uniform(new Random(n), BatchSize * 2))];

    [Fact]
    public void Restore_SnapshotAsBytesOnAnEqualModel_GoesOnWithTheSameBits()
    {
        SequenceModel model = Model(), onAnotherMachine = ModelBytes.Copy(model);
        SequenceStream stream = model.OpenStream(BatchSize);
        Run(stream, _inputs[..Steps]);
        byte[] bytes = stream.Snapshot().ToBytes();
        float[] expected = Run(stream, _inputs[Steps..]);

        SequenceStream other = onAnotherMachine.OpenStream(BatchSize);
        Run(other, _inputs[..2]);
        other.Restore(ModelState.FromBytes(bytes));
        Run(other, _inputs[Steps..]).Should().Equal(expected);
        Run(onAnotherMachine.OpenStream(BatchSize, ModelState.FromBytes(bytes)), _inputs[Steps..]).Should().Equal(expected);
    }

    [Fact]
    public void Snapshot_OfAllOrARow_IsIndependentOfTheStream()
    {
        SequenceStream stream = Model().OpenStream(BatchSize);
        Run(stream, _inputs[..Steps]);
        ModelState all = stream.Snapshot(), row = stream.Snapshot(row: 1);
        byte[] allBytes = all.ToBytes(), rowBytes = row.ToBytes();
        Run(stream, _inputs[Steps..]);
        all.ToBytes().Should().Equal(allBytes);
        row.ToBytes().Should().Equal(rowBytes);
        stream.Restore(all);
        all.Clear();
        stream.Snapshot().ToBytes().Should().Equal(allBytes);
        stream.Snapshot(row: 1).ToBytes().Should().Equal(rowBytes);
    }

    [Fact]
    public void Restore_ARow_MovesOneSequenceAndLeavesTheOthers()
    {
        SequenceModel model = Model();
        SequenceStream from = model.OpenStream(BatchSize), to = model.OpenStream(BatchSize), undisturbed = model.OpenStream(BatchSize);
        Run(from, _inputs[..Steps]);
        Run(to, _inputs[..2]);
        Run(undisturbed, _inputs[..2]);
        to.Restore(row: 0, from.Snapshot(row: 2));

        float[] moved = Run(to, _inputs[Steps..]), others = Run(undisturbed, _inputs[Steps..]);
        SequenceStream alone = model.OpenStream(1, from.Snapshot(row: 2));
        float[] expected = [.. _inputs[Steps..].SelectMany(input => Run(alone, [input[..2]]))];
        for (int n = 0; n < moved.Length; n++)
        {
            int step = n / (BatchSize * 2), row = n / 2 % BatchSize;
            moved[n].Should().Be(row == 0 ? expected[(step * 2) + (n % 2)] : others[n]);
        }
    }

    [Fact]
    public void Restore_StatesOfAnotherShape_AreRefusedAndNothingChanges()
    {
        SequenceStream stream = Model().OpenStream(BatchSize);
        Run(stream, _inputs[..Steps]);
        byte[] before = stream.Snapshot().ToBytes();
        ModelState[] strangers =
        [
            Model().CreateState(BatchSize - 1),
            SequenceModel.Create(2).Lstm(5).VanillaRnn(4).Build().CreateState(BatchSize),
            SequenceModel.Create(2).Lstm(5).Lstm(3).Build().CreateState(BatchSize),
            SequenceModel.Create(2).VanillaRnn(5).VanillaRnn(3).Build().CreateState(BatchSize),
            SequenceModel.Create(2).Lstm(5).Build().CreateState(BatchSize),
            SequenceModel.Create(2).Lstm(5).VanillaRnn(3).Lstm(3).Build().CreateState(BatchSize),
        ];
        foreach (ModelState stranger in strangers)
        {
            stranger.Fill(new Random(1));
            stream.Invoking(s => s.Restore(stranger)).Should().Throw<ArgumentException>().WithParameterName("state")
                .WithMessage($"SequenceModel: state must be made by this model's CreateState({BatchSize}), but is {stranger}.*");
            stream.Invoking(s => s.Restore(0, stranger)).Should().Throw<ArgumentException>().WithParameterName("state")
                .WithMessage($"SequenceModel: state must be made by this model's CreateState(1), but is {stranger}.*");
        }

        stream.Invoking(s => s.Restore(null!)).Should().Throw<ArgumentNullException>().WithParameterName("state");
        stream.Invoking(s => s.Restore(0, null!)).Should().Throw<ArgumentNullException>().WithParameterName("state");
        stream.Invoking(s => s.Restore(BatchSize, Model().CreateState(1))).Should().Throw<ArgumentOutOfRangeException>();
        stream.Invoking(s => s.Snapshot(-1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("row");
        stream.Snapshot().ToBytes().Should().Equal(before);
    }

    [Fact]
    public void Snapshot_OfAStream_IsWherePredictGoesOn()
    {
        SequenceModel model = Model();
        SequenceStream stream = model.OpenStream(BatchSize);
        Run(stream, _inputs[..Steps]);
        Tensor<float> rest = Tensor.Create([.. _inputs[Steps..].SelectMany(input => input)], [Steps, BatchSize, 2]);
        float[] predicted = [.. model.Predict(rest, initialState: stream.Snapshot())];
        Run(stream, _inputs[Steps..]).Should().Equal(predicted);
    }

    private static SequenceModel Model() => SequenceModel.Create(2).Lstm(5).VanillaRnn(3).Dense(2).Build(seed: 4);

    private static float[] Run(SequenceStream stream, float[][] inputs)
    {
        List<float> outputs = [];
        float[] output = new float[stream.BatchSize * stream.Model.OutputSize];
        foreach (float[] input in inputs)
        {
            stream.Step(input, output);
            outputs.AddRange(output);
        }

        return [.. outputs];
    }
}
