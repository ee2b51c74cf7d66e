namespace LstmSharp.Tests;

/// <summary>The oracle's values against numbers worked out apart from it, with 40 decimal digits.</summary>
public sealed class ReferenceValueTests
{
    private const double Tolerated = 1e-15;

    [Fact]
    public void Forward_LstmOfOneUnit_GivesTheValuesWorkedOutByHand()
    {
        ReferenceLstm lstm = new(
            inputWeights: [0.5, -0.25, /* f */ 0.75, 0.125, /* u */ -0.5, 1, /* o */ 0.25, -1],
            recurrentWeights: [0.3, -0.6, 0.9, 0.2],
            bias: [0.1, 1, -0.2, 0.05]);

        ReferencePass pass = lstm.Forward(new(2, 1, 2, [1, -2, 0.5, 0.25]), [[0.4], [-0.7]]);

        ShouldBe(lstm.I.Values, 0.77206354942678374, 0.51266169369833046);
        ShouldBe(lstm.F.Values, 0.77902610777981218, 0.8676036360974653);
        ShouldBe(lstm.U.Values, -0.98161258926542381, -0.721385189805304);
        ShouldBe(lstm.O.Values, 0.91528943426926422, 0.44203801937273637);
        ShouldBe(lstm.C.Values, -1.3031855752761472, -1.5004750968338312);
        ShouldBe(pass.Output.Values, -0.78947464962274036, -0.40014787532139068);
        ShouldBe(pass.FinalState[0], -0.40014787532139068);
        ShouldBe(pass.FinalState[1], -1.5004750968338312);
    }

    [Theory]
    [InlineData(Activation.Identity, 0.6, 3.3)]
    [InlineData(Activation.Tanh, 0.53704956699803529, 0.99728296009914208)]
    [InlineData(Activation.Sigmoid, 0.64565630622579545, 0.96442881072736383)]
    [InlineData(Activation.Relu, 0.6, 3.3)]
    public void Forward_VanillaRnnOfOneStep_GivesTheValuesWorkedOutByHand(Activation activation, double first, double second)
    {
        ReferenceVanillaRnn rnn = new(
            inputWeights: [0.5, -0.25, /* unit 1 */ 1, 0.75],
            recurrentWeights: [0.2, -0.4, /* unit 1 */ 0.6, -0.8],
            bias: [0.1, -0.3],
            activation);

        ReferencePass pass = rnn.Forward(new(1, 1, 2, [1, 2]), [[0.5, -1]]);

        ShouldBe(pass.Output.Values, first, second);
        ShouldBe(pass.FinalState[0], first, second);
    }

    [Fact]
    public void Forward_Dense_AppliesWeightsBiasAndActivationToEveryRow()
    {
        ReferenceDense dense = new(weights: [1, 2, 3, -1, 0.5, 0], bias: [0.5, -1], Activation.Relu);

        ReferencePass pass = dense.Forward(new(1, 2, 3, [1, 0, -1, 2, 8, 1]), []);

        ShouldBe(pass.Output.Values, 0, 0, 21.5, 1);
    }

    [Fact]
    public void Forward_TakeLast_KeepsTheLastStepOfEveryRow()
    {
        ReferencePass pass = new ReferenceTakeLast().Forward(CountingFrom0(), []);

        (pass.Output.Length, pass.Output.BatchSize, pass.Output.Features).Should().Be((1, 2, 2));
        pass.Output.Values.Should().Equal(8, 9, 10, 11);
    }

    [Fact]
    public void Forward_Flatten_PutsTheStepsOfARowOneAfterTheOther()
    {
        ReferencePass pass = new ReferenceFlatten().Forward(CountingFrom0(), []);

        (pass.Output.Length, pass.Output.BatchSize, pass.Output.Features).Should().Be((1, 2, 6));
        pass.Output.Values.Should().Equal(0, 1, 4, 5, 8, 9, 2, 3, 6, 7, 10, 11);
    }

    /// <summary>Three steps of two rows of two features: 0, 1, 2, … in storage order.</summary>
    private static ReferenceSequence CountingFrom0() => new(3, 2, 2, [.. Enumerable.Range(0, 12)]);

    private static void ShouldBe(double[] actual, params double[] expected)
    {
        actual.Should().HaveSameCount(expected);
        for (int n = 0; n < expected.Length; n++)
        {
            actual[n].Should().BeApproximately(expected[n], Tolerated * Math.Max(1, Math.Abs(expected[n])));
        }
    }
}
