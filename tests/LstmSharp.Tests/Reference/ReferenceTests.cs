namespace LstmSharp.Tests;

/// <summary>The oracle's own proof: its gradients against central differences, over random sizes and values.</summary>
public sealed class ReferenceTests
{
    private const int Cases = 60;
    private const double Tolerated = 1e-8;

    /// <summary>A Relu's pre-activations stay this far from 0: no central difference comes near the kink.</summary>
    private const double KinkMargin = 20 * CentralDifferences.Step;

    [Fact]
    public void Backward_Lstm_MatchesCentralDifferences() => ShouldMatch((sizes, random) => Lstm(sizes.I, sizes.H, random));

    [Theory]
    [InlineData(GruReset.AfterProduct)]
    [InlineData(GruReset.BeforeProduct)]
    public void Backward_Gru_MatchesCentralDifferences(GruReset reset) =>
        ShouldMatch((sizes, random) => Gru(sizes.I, sizes.H, reset, random));

    [Theory]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Identity)]
    [InlineData(Activation.Sigmoid)]
    public void Backward_VanillaRnn_MatchesCentralDifferences(Activation activation) =>
        ShouldMatch((sizes, random) => Rnn(sizes.I, sizes.H, activation, random));

    [Theory]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Identity)]
    [InlineData(Activation.Sigmoid)]
    public void Backward_Dense_MatchesCentralDifferences(Activation activation) =>
        ShouldMatch((sizes, random) => Dense(sizes.I, sizes.H, activation, random));

    [Fact]
    public void Backward_StackedRecurrentModel_MatchesCentralDifferences() => ShouldMatch((sizes, random) => new ReferenceModel(
        Lstm(sizes.I, sizes.H, random),
        Rnn(sizes.H, 3, Activation.Tanh, random),
        Gru(3, 3, GruReset.AfterProduct, random),
        new ReferenceTakeLast(),
        Dense(3, 2, Activation.Sigmoid, random)));

    [Fact]
    public void Backward_StackedFeedForwardModel_MatchesCentralDifferences() => ShouldMatch((sizes, random) => new ReferenceModel(
        new ReferenceFlatten(),
        Dense(sizes.T * sizes.I, sizes.H, Activation.Relu, random),
        Dense(sizes.H, 2, Activation.Identity, random)));

    [Fact]
    public void Backward_Dropout_MatchesCentralDifferences() => ShouldMatch((sizes, random) => new ReferenceModel(
        new ReferenceDropout((t, b, unit) => ((t + b + unit) % 3) * 0.7),
        Lstm(sizes.I, sizes.H, random)));

    [Fact]
    public void Backward_LayerNorm_MatchesCentralDifferences() => ShouldMatch((sizes, random) => new ReferenceModel(
        Dense(sizes.I, sizes.H + 5, Activation.Identity, random),
        new ReferenceLayerNorm(Values(sizes.H + 5, random), Values(sizes.H + 5, random)),
        Dense(sizes.H + 5, 2, Activation.Tanh, random)));

    [Fact]
    public void Backward_MeanOverTime_MatchesCentralDifferences() => ShouldMatch((sizes, random) => new ReferenceModel(
        Lstm(sizes.I, sizes.H, random), new ReferenceMeanOverTime(), Dense(sizes.H, 2, Activation.Tanh, random)));

    [Fact]
    public void Backward_MaxOverTime_MatchesCentralDifferences() => ShouldMatch((sizes, random) => new ReferenceModel(
        Lstm(sizes.I, sizes.H, random), new ReferenceMaxOverTime(), Dense(sizes.H, 2, Activation.Tanh, random)));

    [Fact]
    public void Backward_Residual_MatchesCentralDifferences() => ShouldMatch((sizes, random) => new ReferenceModel(
        new ReferenceResidual(new ReferenceModel(Lstm(sizes.I, sizes.H, random), Dense(sizes.H, sizes.I, Activation.Tanh, random))),
        Dense(sizes.I, 2, Activation.Identity, random)));

    [Fact]
    public void Backward_ResidualInAResidual_MatchesCentralDifferences() => ShouldMatch((sizes, random) => new ReferenceResidual(
        new ReferenceModel(
            new ReferenceResidual(Rnn(sizes.I, sizes.I, Activation.Tanh, random)),
            new ReferenceDropout((t, b, unit) => ((t + b + unit) % 3) * 0.7))));

    [Fact]
    public void CentralDifferences_KnownFunction_GiveItsGradientAndLeaveItsPointAlone()
    {
        double[] x = [0.3, -1.2];
        double[] gradient = CentralDifferences.Gradient(() => Math.Exp(x[0]) * Math.Sin(x[1]), x);

        x.Should().Equal(0.3, -1.2);
        WorstError(gradient, [Math.Exp(0.3) * Math.Sin(-1.2), Math.Exp(0.3) * Math.Cos(-1.2)]).Should().BeLessThan(1e-11);
    }

    /// <summary>Over all cases: every gradient of L = Σ dy·y + Σ dFinalState·finalState, with random upstream gradients.</summary>
    private static void ShouldMatch(Func<(int T, int B, int I, int H), Random, ReferenceLayer> create)
    {
        for (int n = 0; n < Cases; n++)
        {
            Random random = new(n);
            (int T, int B, int I, int H) sizes = Sizes(n, random);
            (ReferenceLayer layer, ReferenceSequence x, double[][] initial) = DrawAwayFromKinks(sizes, create, random);
            (ReferenceSequence y, double[][] final) = layer.Forward(x, initial);
            ReferenceSequence dy = new(y.Length, y.BatchSize, y.Features, Values(y.Values.Length, random));
            double[][] dFinal = Array.ConvertAll(final, state => Values(state.Length, random));
            ReferenceGradients gradients = layer.Backward(dy, dFinal);

            double[][] tensors = [x.Values, .. layer.Parameters, .. initial];
            double[][] actual = [gradients.Input.Values, .. gradients.Parameters, .. gradients.InitialState];
            actual.Should().HaveSameCount(tensors);
            for (int k = 0; k < tensors.Length; k++)
            {
                double[] expected = CentralDifferences.Gradient(Loss, tensors[k]);
                WorstError(actual[k], expected).Should().BeLessThan(Tolerated, "tensor {0} of {1}, case {2} {3}", k, layer, n, sizes);
            }

            double Loss()
            {
                (ReferenceSequence outputs, double[][] states) = layer.Forward(x, initial);
                return Dot(dy.Values, outputs.Values) + states.Zip(dFinal, Dot).Sum();
            }
        }
    }

    /// <summary>The first eight cases take the smallest and largest T, B and H in turn; the others are random.</summary>
    private static (int T, int B, int I, int H) Sizes(int n, Random random) =>
        n < 8
            ? ((n & 1) == 0 ? 1 : 6, (n & 2) == 0 ? 1 : 3, random.Next(1, 5), (n & 4) == 0 ? 1 : 5)
            : (random.Next(1, 7), random.Next(1, 4), random.Next(1, 5), random.Next(1, 6));

    private static (ReferenceLayer Layer, ReferenceSequence X, double[][] Initial) DrawAwayFromKinks(
        (int T, int B, int I, int H) sizes, Func<(int T, int B, int I, int H), Random, ReferenceLayer> create, Random random)
    {
        while (true)
        {
            ReferenceLayer layer = create(sizes, random);
            ReferenceSequence x = new(sizes.T, sizes.B, sizes.I, Values(sizes.T * sizes.B * sizes.I, random));
            double[][] initial = Array.ConvertAll(layer.ZeroState(sizes.B), state => Values(state.Length, random));
            layer.Forward(x, initial);
            if (layer.DistanceToKink > KinkMargin)
            {
                return (layer, x, initial);
            }
        }
    }

    private static ReferenceLstm Lstm(int inputSize, int hiddenSize, Random random) => new(
        Values(4 * hiddenSize * inputSize, random), Values(4 * hiddenSize * hiddenSize, random), Values(4 * hiddenSize, random));

    private static ReferenceGru Gru(int inputSize, int hiddenSize, GruReset reset, Random random) => new(
        Values(3 * hiddenSize * inputSize, random),
        Values(3 * hiddenSize * hiddenSize, random),
        Values(3 * hiddenSize, random),
        reset == GruReset.AfterProduct ? Values(hiddenSize, random) : null);

    private static ReferenceVanillaRnn Rnn(int inputSize, int hiddenSize, Activation activation, Random random) => new(
        Values(hiddenSize * inputSize, random), Values(hiddenSize * hiddenSize, random), Values(hiddenSize, random), activation);

    private static ReferenceDense Dense(int inputSize, int outputSize, Activation activation, Random random) => new(
        Values(outputSize * inputSize, random), Values(outputSize, random), activation);

    private static double[] Values(int count, Random random)
    {
        double[] values = new double[count];
        for (int n = 0; n < count; n++)
        {
            values[n] = 2 * random.NextDouble() - 1;
        }

        return values;
    }

    private static double Dot(double[] left, double[] right) => left.Zip(right, (l, r) => l * r).Sum();

    /// <summary>The largest |actual − expected|, as a share of the largest |expected| (or of 1 where that is 0).</summary>
    private static double WorstError(double[] actual, double[] expected)
    {
        actual.Should().HaveSameCount(expected);
        double worst = actual.Zip(expected, (a, e) => Math.Abs(a - e)).Aggregate(0.0, Math.Max);
        double scale = expected.Aggregate(0.0, Math.MaxMagnitude);
        return scale == 0 ? worst : worst / Math.Abs(scale);
    }
}
