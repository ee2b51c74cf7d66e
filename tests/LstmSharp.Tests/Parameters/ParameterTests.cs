using System.Numerics.Tensors;

namespace LstmSharp.Tests.Parameters;

/// <summary>An edit counts when it ends, so that no prediction keeps a copy of weights that are half written.</summary>
public sealed class ParameterTests
{
    private static readonly Tensor<float> Two = Tensor.Create([2f], [1, 1, 1]);

    [Fact]
    public void Edit_PredictionsInTheMiddleOfIt_DoNotKeepWhatTheySaw()
    {
        SequenceModel model = SequenceModel.Create(1).Dense(1).Build();
        model.Parameters["0.Weights"].Edit(weights =>
        {
            weights[0] = 3;
            model.Predict(Two);
            weights[0] = 5;
        });
        model.Predict(Two)[0, 0, 0].Should().Be(10);
    }

    [Fact]
    public void Edit_ThatThrows_CountsAsFarAsItGot()
    {
        SequenceModel model = SequenceModel.Create(1).Dense(1).Build();
        model.Predict(Two);
        model.Parameters["0.Weights"].Invoking(weights => weights.Edit(values =>
        {
            values[0] = 4;
            throw new FormatException();
        })).Should().Throw<FormatException>();
        model.Predict(Two)[0, 0, 0].Should().Be(8);
    }

    [Fact]
    public void Edit_WithAState_GivesItToTheWriter()
    {
        Parameter parameter = new("a", 3);
        ReadOnlySpan<float> tail = [2, 3];
        parameter.Edit(tail, static (values, tail) => tail.CopyTo(values[1..]));
        parameter.Values.ToArray().Should().Equal(0, 2, 3);
    }

    [Fact]
    public void Edit_WithAStaticWriter_AllocatesNothing()
    {
        Parameter parameter = new("a", 3);
        void Edit()
        {
            parameter.Edit(static values => values.Fill(1));
            parameter.Edit((First: 1f, Second: "b"), static (values, state) => values.Fill(state.First));
        }

        Edit();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Edit();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void Edit_OfAGate_SeesItsBlockAloneAndCountsWhenItEnds()
    {
        var cell = new LstmCell(1, 2);
        LstmState state = cell.CreateState(1);
        cell.OutputGate.EditBias(bias =>
        {
            bias.Length.Should().Be(2);
            bias.Fill(100);
            cell.Step([1], null, state);
            bias.Fill(-100);
        });
        cell.Step([1], null, state);
        state.Hidden.ToArray().Should().OnlyContain(h => h == 0 || Math.Abs(h) < 1e-30f);
        cell.Bias.Values.ToArray().Should().Equal(0, 0, 1, 1, 0, 0, -100, -100);
    }

    [Fact]
    public void Edit_WithoutAWriter_Throws()
    {
        new Parameter("a", 1).Invoking(p => p.Edit(null!)).Should().Throw<ArgumentNullException>();
        new Parameter("a", 1).Invoking(p => p.Edit(1, null!)).Should().Throw<ArgumentNullException>();
        new LstmCell(1, 1).ForgetGate.Invoking(gate => gate.EditBias(null!)).Should().Throw<ArgumentNullException>();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void CopyFrom_AnotherNumberOfValues_ThrowsAndCopiesNothing(int count)
    {
        Parameter parameter = new("0.Bias", 3);
        parameter.Invoking(p => p.CopyFrom(Enumerable.Repeat(1f, count).ToArray())).Should().Throw<ArgumentException>()
            .WithMessage($"Parameter 0.Bias [3]: values must hold 3 values, but holds {count}.*");
        parameter.Values.ToArray().Should().Equal(0, 0, 0);
    }
}
