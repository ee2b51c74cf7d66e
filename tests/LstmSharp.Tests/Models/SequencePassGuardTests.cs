using System.Numerics.Tensors;

namespace LstmSharp.Tests.Models;

/// <summary>What a pass gives while it is at work: nothing. A layer that calls back is how this test gets into the middle of a run.</summary>
public sealed class SequencePassGuardTests
{
    public static TheoryData<string> Members =>
        ["Output", "OutputValues", "FinalState", "InputGradient", "InitialStateGradient", "Forward", "Backward"];

    [Theory]
    [MemberData(nameof(Members))]
    public void AnyMember_WhileARunIsUnderWay_SaysWhatIsGoingOn(string member)
    {
        var layer = new CallingLayer();
        var model = new SequenceModel(1, [layer]);
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        pass.Forward(One());
        pass.Backward(One(), gradients);
        Exception? refusal = null;
        layer.Call = () => refusal = Record.Exception(() => Use(pass, member, gradients));

        pass.Forward(One());

        refusal.Should().BeOfType<InvalidOperationException>()
            .Which.Message.Should().Be("SequencePass: another thread is using this pass; make one for each thread.");
        pass.OutputValues.ToArray().Should().Equal(7);
    }

    /// <summary>A set that fits is not looked at twice; another one is, whatever came before.</summary>
    [Fact]
    public void Backward_AnotherSetAfterOneThatFits_IsChecked()
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(1).Build();
        SequencePass pass = model.CreatePass();
        pass.Forward(One());
        pass.Backward(One(), model.Parameters.CreateZeros());

        foreach (ParameterSet wrong in new[] { model.Parameters, SequenceModel.Create(1).Lstm(2).Build().Parameters.CreateZeros() })
        {
            pass.Forward(One());
            FluentActions.Invoking(() => pass.Backward(One(), wrong)).Should().Throw<ArgumentException>();
        }
    }

    private static ReadOnlyTensorSpan<float> One() => new([7f], [1, 1, 1]);

    private static void Use(SequencePass pass, string member, ParameterSet gradients)
    {
        switch (member)
        {
            case "Output":
                _ = pass.Output;
                break;
            case "OutputValues":
                _ = pass.OutputValues;
                break;
            case "FinalState":
                _ = pass.FinalState;
                break;
            case "InputGradient":
                _ = pass.InputGradient;
                break;
            case "InitialStateGradient":
                _ = pass.InitialStateGradient;
                break;
            case "Forward":
                pass.Forward(One());
                break;
            default:
                pass.Backward(One(), gradients);
                break;
        }
    }

    /// <summary>Lets everything through, and calls back in between.</summary>
    private sealed class CallingLayer() : Layer(1, 1, new ParameterSet())
    {
        public Action? Call { get; set; }

        internal override long FloatsKept => 1;

        internal override LayerPass CreatePass(bool keep) => new Pass(this);

        private sealed class Pass(CallingLayer layer) : LayerPass
        {
            public override SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial)
            {
                layer.Call?.Invoke();
                return input;
            }

            public override SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients) => gradients.Output;
        }
    }
}
