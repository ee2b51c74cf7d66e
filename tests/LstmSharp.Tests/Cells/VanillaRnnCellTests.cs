namespace LstmSharp.Tests.Cells;

public sealed class VanillaRnnCellTests
{
    [Theory]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Sigmoid)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Identity)]
    public void Step_EachActivation_MatchesTheReference(Activation activation)
    {
        var random = new Random(7);
        var cell = new VanillaRnnCell(5, 37, activation, seed: 2);
        float[] input = RandomValues.Uniform(random, 4 * 5);
        VanillaRnnState previous = cell.CreateState(4), next = cell.CreateState(4);
        RandomValues.Uniform(random, 4 * 37).CopyTo(previous.Hidden);

        cell.Step(input, previous, next);

        double[][] weights = [.. cell.Parameters.Select(parameter => RandomValues.ToDoubles(parameter.Values))];
        ReferencePass expected = new ReferenceVanillaRnn(weights[0], weights[1], weights[2], activation).Forward(
            new ReferenceSequence(1, 4, 5, RandomValues.ToDoubles(input)), [RandomValues.ToDoubles(previous.Hidden)]);
        next.Hidden.ToArray().ShouldBeWithin(expected.Output.Values, 2e-6, 2e-6, "h");
    }

    [Fact]
    public void Step_WeightAboveOne_BlowsUpWithoutTanhOnly()
    {
        Drive(Activation.Identity).Should().BeGreaterThan(1e6f);
        Drive(Activation.Relu).Should().BeGreaterThan(1e6f);
        Drive(Activation.Tanh).Should().BeInRange(-1, 1);
    }

    [Fact]
    public void Step_NotANumber_ComesOutAsNotANumber()
    {
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            var cell = new VanillaRnnCell(1, 1, activation);
            cell.InputWeights.Edit(values => values.Fill(1));
            VanillaRnnState next = cell.CreateState(1);
            cell.Step([float.NaN], null, next);
            next.Hidden[0].Should().Be(float.NaN);
        }
    }

    [Fact]
    public void Constructor_UnknownActivation_IsRefused() =>
        FluentActions.Invoking(() => new VanillaRnnCell(1, 1, (Activation)7)).Should().Throw<ArgumentOutOfRangeException>();

    private static float Drive(Activation activation)
    {
        var cell = new VanillaRnnCell(1, 1, activation);
        cell.InputWeights.Edit(values => values.Fill(1));
        cell.RecurrentWeights.Edit(values => values.Fill(1.5f));
        VanillaRnnState now = cell.CreateState(1), next = cell.CreateState(1);
        for (int t = 0; t < 50; t++)
        {
            cell.Step([0.1f], now, next);
            (now, next) = (next, now);
        }

        return now.Hidden[0];
    }
}
