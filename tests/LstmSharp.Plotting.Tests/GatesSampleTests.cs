using LstmSharp.Samples.Gates;
using ScottPlot;

namespace LstmSharp.Plotting.Tests;

/// <summary>What docs/guide/lecture.md says of its pictures.</summary>
public sealed class GatesSampleTests
{
    private static readonly SequenceModel Trained = Train();

    public static TheoryData<Example> Examples =>
        [Example.Whole, Example.OfForgetGate, Example.OfInputGate, Example.OfUpdateGate, Example.OfOutputGate];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Gates_OfEveryExample_DoWhatTheLectureSays(Example example)
    {
        LayerTrace trace = GateTrace.Record(Trained, example.Data.Inputs).Layers[0];

        for (int t = 0; t < RecallTask.SequenceLength; t++)
        {
            bool stores = example.Stores.Contains(t), recalls = example.Recalls.Contains(t);
            float before = t == 0 ? 0 : trace.Cell[t - 1, 0, 0];
            trace[LstmGate.Forget][t, 0, 0].Should().Match(f => stores ? f < 0.05 : f > 0.97, "forget at {0}", t);
            trace[LstmGate.Input][t, 0, 0].Should().Match(i => stores ? i > 0.9 : i < 0.05, "input at {0}", t);
            trace[LstmGate.Output][t, 0, 0].Should().Match(o => recalls ? o > 0.85 : o < 0.05, "output at {0}", t);
            trace.Cell[t, 0, 0].Should().BeApproximately(stores ? trace[LstmGate.Update][t, 0, 0] : before, 0.05f, "cell at {0}", t);
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Answer_ToEveryExample_IsTheStoredValueAtARecallAndZeroElsewhere(Example example)
    {
        float[] answer = [.. Trained.Predict(example.Data.Inputs)], wanted = [.. example.Data.Targets];

        wanted.Count(value => value != 0).Should().Be(example.Recalls.Count());
        answer.Zip(wanted, (one, other) => Math.Abs(one - other)).Max().Should().BeLessThan(0.05f);
    }

    [Fact]
    public void Pictures_OfTheGuide_AreDrawn()
    {
        foreach (Plot picture in new[]
        {
            Pictures.Answer(Trained), Pictures.Gates(Trained), Pictures.ForgetGate(Trained), Pictures.InputGate(Trained),
            Pictures.UpdateGate(Trained), Pictures.OutputGate(Trained), Pictures.GradientFlow(Trained),
        })
        {
            picture.ShouldBeAPicture();
        }
    }

    [Fact]
    public void Draw_EverySequence_AsksForWhatWasStoredLast()
    {
        SequenceDataset data = RecallTask.Draw(50, new Random(5));

        for (int row = 0; row < data.Count; row++)
        {
            float stored = 0;
            int recalls = 0;
            for (int t = 0; t < data.SequenceLength; t++)
            {
                stored = data.Inputs[t, row, RecallTask.StoreFlag] == 1 ? data.Inputs[t, row, RecallTask.Value] : stored;
                bool asks = data.Inputs[t, row, RecallTask.RecallFlag] == 1;
                data.Targets[t, row, 0].Should().Be(asks ? stored : 0);
                recalls += asks ? 1 : 0;
            }

            recalls.Should().BeInRange(1, 2);
        }
    }

    private static SequenceModel Train()
    {
        SequenceModel model = RecallNetwork.Build();
        RecallNetwork.Train(model);
        return model;
    }
}
