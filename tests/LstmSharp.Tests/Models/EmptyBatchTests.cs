using System.Numerics.Tensors;

namespace LstmSharp.Tests.Models;

/// <summary>A batch without rows has no step to compute, however many it claims: with the largest length, a loop over them, or one whose
/// counter overflows, would not end in this test's time.</summary>
public sealed class EmptyBatchTests
{
    private static readonly int Longest = Array.MaxLength;

    [Fact]
    public void Predict_OfNoRowsAndTheLongestSequence_ReturnsAtOnce()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).VanillaRnn(2).Dense(4).Build();
        ModelState final = model.CreateState(0);
        model.Predict(Empty(2), finalState: final).Lengths.ToArray().Should().Equal([Longest, 0, 4]);
    }

    [Fact]
    public void ForwardAndBackward_OfNoRowsAndTheLongestSequence_ReturnAtOnce()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).VanillaRnn(2).Dense(4).Build();
        ParameterSet gradients = model.Parameters.CreateZeros();
        SequencePass pass = model.CreatePass();
        pass.Forward(Empty(2));
        pass.Output.Lengths.ToArray().Should().Equal([Longest, 0, 4]);
        pass.Backward(Empty(4), gradients, model.CreateState(0));
        pass.InputGradient.Lengths.ToArray().Should().Equal([Longest, 0, 2]);
        pass.InitialStateGradient.BatchSize.Should().Be(0);
        gradients.SelectMany(gradient => gradient.Values.ToArray()).Should().OnlyContain(value => value == 0);
    }

    [Fact]
    public void ForwardAndBackward_OfNoRowsThroughTakeLast_HaveTheShapesOfOneStep()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).TakeLast().Dense(4).Build();
        SequencePass pass = model.CreatePass();
        pass.Forward(Empty(2));
        pass.Output.Lengths.ToArray().Should().Equal([1, 0, 4]);
        pass.Backward(Tensor.CreateFromShape<float>([1, 0, 4]), model.Parameters.CreateZeros());
        pass.InputGradient.Lengths.ToArray().Should().Equal([Longest, 0, 2]);
    }

    [Fact]
    public void Record_OfNoRowsAndTheLongestSequence_ReturnsAtOnce()
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).VanillaRnn(2).Build();
        GateTrace trace = GateTrace.Record(model, Empty(2));
        trace.Layers[0][LstmGate.Forget].Lengths.ToArray().Should().Equal([Longest, 0, 3]);
        trace.Layers[1].Hidden.Lengths.ToArray().Should().Equal([Longest, 0, 2]);
    }

    private static Tensor<float> Empty(int width) => Tensor.CreateFromShape<float>([Longest, 0, width]);
}
