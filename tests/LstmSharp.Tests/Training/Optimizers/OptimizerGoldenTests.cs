using LstmSharp.Tests.Golden;

namespace LstmSharp.Tests.Training;

public sealed class OptimizerGoldenTests
{
    private const double WorstAllowed = 1e-6;

    public static TheoryData<string> Files => [.. GoldenFile.NamesOf("optim_")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Step_SixTimes_MatchesLibtorch(string name)
    {
        GoldenFile golden = GoldenFile.Read(name);
        ParameterSet parameters = new(new Parameter("w", 4, 3)), gradients = parameters.CreateZeros();
        parameters[0].CopyFrom(golden.Floats("w0"));
        Optimizer optimizer = Create(name, golden);

        for (int step = 1; step <= 6; step++)
        {
            gradients[0].CopyFrom(golden.Floats($"g{step}"));
            optimizer.Step(parameters, gradients);
            parameters[0].Values.ShouldBeCloseTo(golden.Floats($"w{step}"), WorstAllowed, $"w{step}");
        }
    }

    [Fact]
    public void Files_OfOptimizers_AreEight() => Files.Should().HaveCount(8);

    [Fact]
    public void ByGlobalNorm_TwoGradients_MatchesLibtorch()
    {
        GoldenFile golden = GoldenFile.Read("clip_grad_norm");
        ParameterSet gradients = new(new Parameter("ga", 3, 4), new Parameter("gb", 5));
        gradients["ga"].CopyFrom(golden.Floats("ga"));
        gradients["gb"].CopyFrom(golden.Floats("gb"));

        ReadOnlySpan<float> norm = [GradientClipping.ByGlobalNorm(gradients, golden.Number("max_norm", 0))];

        norm.ShouldBeCloseTo(golden.Floats("norm"), WorstAllowed, "the norm");
        gradients["ga"].Values.ShouldBeCloseTo(golden.Floats("clipped.ga"), WorstAllowed, "ga");
        gradients["gb"].Values.ShouldBeCloseTo(golden.Floats("clipped.gb"), WorstAllowed, "gb");
    }

    private static Optimizer Create(string name, GoldenFile golden)
    {
        float rate = golden.Number("lr", float.NaN), momentum = golden.Number("momentum", 0), decay = golden.Number("weight_decay", 0);
        bool Flag(string key) => golden.Text(key) == "true";
        return name.Split('_')[1] switch
        {
            "sgd" => new Sgd(rate, momentum, nesterov: Flag("nesterov"), weightDecay: decay),
            "adam" => new Adam(rate, weightDecay: decay, amsgrad: Flag("amsgrad")),
            "adamw" => new AdamW(rate, weightDecay: decay),
            "rmsprop" => new RmsProp(rate, golden.Number("alpha", 0.99f), momentum: momentum, centered: Flag("centered")),
            _ => throw new InvalidOperationException(name),
        };
    }
}
