using CsCheck;
using LstmSharp.Kernels;

namespace LstmSharp.Tests.Training;

public sealed class OptimizerTests
{
    public static TheoryData<string> Names =>
        ["sgd", "momentum", "nesterov", "adam", "amsgrad", "adamw", "rmsprop", "centered"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Step_AnyLength_AgreesWithPlainDoubleFormula(string name)
    {
        Gen.Select(Gen.Int[1, 70], Gen.Int).Sample((count, seed) =>
        {
            Random random = new(seed);
            ParameterSet parameters = new(new Parameter("a", count), new Parameter("b", 1)), gradients = parameters.CreateZeros();
            Fill(parameters, random);
            double[] weights = [.. parameters[0].Values.ToArray().Select(w => (double)w)];
            NaiveOptimizer naive = new(name, count);
            Optimizer optimizer = Create(name, SimdWidths.Best);

            for (int step = 0; step < 8; step++)
            {
                Fill(gradients, random);
                optimizer.Step(parameters, gradients);
                naive.Step(weights, gradients[0].Values);
            }

            parameters[0].Values.ToArray().ShouldBeWithin(weights, 5e-6, 5e-6, "the weights");
        }, iter: 40, threads: 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Step_AnyLengthAndWidth_GivesTheSameBits(string name)
    {
        Gen.Select(Gen.Int[1, 70], Gen.Int).Sample((count, seed) =>
        {
            float[] narrow = Train(name, SimdWidth.Bits128, count, seed);

            Train(name, SimdWidth.Bits256, count, seed).Should().Equal(narrow);
            Train(name, SimdWidth.Bits512, count, seed).Should().Equal(narrow);
        }, iter: 25, threads: 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Step_ValueAtAnyPlace_ChangesAlike(string name)
    {
        ParameterSet parameters = new(new Parameter("a", 37)), gradients = parameters.CreateZeros();
        parameters[0].Edit(values => values.Fill(0.7f));
        Optimizer optimizer = Create(name, SimdWidths.Best);

        for (int step = 0; step < 5; step++)
        {
            gradients[0].Edit(values => values.Fill(0.3f - step));
            optimizer.Step(parameters, gradients);
        }

        parameters[0].Values.ToArray().Distinct().Should().ContainSingle().Which.Should().NotBe(0.7f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Step_ConstantGradientForLong_StaysFinite(string name)
    {
        ParameterSet parameters = new(new Parameter("a", 5)), gradients = parameters.CreateZeros();
        gradients[0].Edit(values => values.Fill(0.1f));
        Optimizer optimizer = Create(name, SimdWidths.Best);

        for (int step = 0; step < 4000; step++)
        {
            optimizer.Step(parameters, gradients);
        }

        parameters[0].Values.ToArray().Should().OnlyContain(w => float.IsFinite(w) && w < 0);
    }

    [Fact]
    public void Update_GradientTurnsZero_LeavesNoSubnormalMoment()
    {
        float[] gradients = [1e-3f, -2, 1e-9f, 0, 1], weights = new float[5], mean = new float[5], square = new float[5];
        OptimizerKernels.Adam rule = new()
        {
            WeightFactor = 1,
            WeightDecay = 0,
            Beta1 = 0.9f,
            Beta2 = 0.9f,
            StepSize = 0,
            RootScale = 1,
            Epsilon = 1e-8f,
            KeepsLargest = false,
        };

        int subnormal = 0;
        for (int step = 0; step < 2000; step++)
        {
            OptimizerKernels.Update(rule, SimdWidths.Best, gradients, weights, mean, square, []);
            subnormal += mean.Count(float.IsSubnormal) + square.Count(float.IsSubnormal);
            Array.Clear(gradients);
        }

        subnormal.Should().Be(0);

        mean.Concat(square).Should().OnlyContain(m => Math.Abs(m) < 1e-35f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Step_Warm_AllocatesNothing(string name)
    {
        ParameterSet parameters = new(new Parameter("a", 100), new Parameter("b", 7)), gradients = parameters.CreateZeros();
        Fill(gradients, new Random(1));
        Optimizer optimizer = Create(name, SimdWidths.Best);
        optimizer.Step(parameters, gradients);

        long before = GC.GetAllocatedBytesForCurrentThread();
        optimizer.Step(parameters, gradients);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void Step_LearningRateChanged_TakesTheNewOne()
    {
        ParameterSet parameters = new(new Parameter("a", 1)), gradients = parameters.CreateZeros();
        gradients[0].Edit(values => values[0] = 1);
        Sgd optimizer = new(0.5f);
        optimizer.Step(parameters, gradients);
        optimizer.LearningRate = 0.125f;
        optimizer.Step(parameters, gradients);

        parameters[0].Values[0].Should().Be(-0.625f);
    }

    [Fact]
    public void Step_Dampening_SparesTheFirstStep()
    {
        ParameterSet parameters = new(new Parameter("a", 1)), gradients = parameters.CreateZeros();
        gradients[0].Edit(values => values[0] = 1);
        Sgd optimizer = new(1, momentum: 0.5f, dampening: 0.25f);

        optimizer.Step(parameters, gradients);
        parameters[0].Values[0].Should().Be(-1);

        optimizer.Step(parameters, gradients);
        parameters[0].Values[0].Should().Be(-2.25f);
    }

    [Fact]
    public void Step_OtherParameters_ThrowsAndNamesTheRemedy()
    {
        ParameterSet parameters = new(new Parameter("a", 2)), other = parameters.CreateZeros();
        Adam optimizer = new();
        optimizer.Step(parameters, parameters.CreateZeros());
        Action step = () => optimizer.Step(other, other.CreateZeros());

        step.Should().Throw<InvalidOperationException>()
            .WithMessage("Adam(learningRate 0.001, *Make a new optimizer for every model.");
    }

    [Fact]
    public void Step_GradientsOfOtherShape_ThrowsAndChangesNothing()
    {
        ParameterSet parameters = new(new Parameter("a", 2)), gradients = new(new Parameter("a", 3));
        Sgd optimizer = new(1);
        Action shape = () => optimizer.Step(parameters, gradients);
        Action same = () => optimizer.Step(parameters, parameters);
        Action none = () => optimizer.Step(null!, parameters);
        Action noGradients = () => optimizer.Step(parameters, null!);

        shape.Should().Throw<ArgumentException>().WithMessage("ParameterSet: gradients must hold a [2], but holds a [3]*");
        same.Should().Throw<ArgumentException>().WithParameterName("gradients");
        none.Should().Throw<ArgumentNullException>().WithParameterName("parameters");
        noGradients.Should().Throw<ArgumentNullException>().WithParameterName("gradients");
        optimizer.Step(new ParameterSet(new Parameter("b", 1)), new ParameterSet(new Parameter("b", 1)));
    }

    [Fact]
    public void Constructor_ValueOutOfRange_NamesIt()
    {
        static void Throws(Action construct, string name) =>
            construct.Should().Throw<ArgumentOutOfRangeException>().WithParameterName(name);

        Throws(() => _ = new Sgd(-1), "LearningRate");
        Throws(() => _ = new Sgd(float.NaN), "LearningRate");
        Throws(() => _ = new Sgd(0.1f, momentum: 1), "momentum");
        Throws(() => _ = new Sgd(0.1f, dampening: -1), "dampening");
        Throws(() => _ = new Sgd(0.1f, weightDecay: -1), "weightDecay");
        Throws(() => _ = new Adam(beta1: 1), "beta1");
        Throws(() => _ = new Adam(beta2: float.NaN), "beta2");
        Throws(() => _ = new Adam(epsilon: -1e-8f), "epsilon");
        Throws(() => _ = new AdamW(epsilon: 0), "epsilon");
        Throws(() => _ = new RmsProp(epsilon: 1e-16f), "epsilon");
        Throws(() => _ = new AdamW(weightDecay: float.PositiveInfinity), "weightDecay");
        Throws(() => _ = new RmsProp(alpha: 1), "alpha");
        Throws(() => _ = new RmsProp(momentum: -0.1f), "momentum");
        FluentActions.Invoking(() => new Sgd(0.1f, nesterov: true)).Should().Throw<ArgumentException>().WithParameterName("nesterov");
        FluentActions.Invoking(() => new Sgd(0.1f, 0.9f, 0.1f, nesterov: true)).Should().Throw<ArgumentException>();
    }

    private static float[] Train(string name, SimdWidth width, int count, int seed)
    {
        Random random = new(seed);
        ParameterSet parameters = new(new Parameter("a", count)), gradients = parameters.CreateZeros();
        Fill(parameters, random);
        Optimizer optimizer = Create(name, width);
        for (int step = 0; step < 4; step++)
        {
            Fill(gradients, random);
            optimizer.Step(parameters, gradients);
        }

        return parameters[0].Values.ToArray();
    }

    private static Optimizer Create(string name, SimdWidth width) => name switch
    {
        "sgd" => new Sgd(0.1f, weightDecay: 0.05f) { Width = width },
        "momentum" => new Sgd(0.1f, 0.8f, dampening: 0.25f) { Width = width },
        "nesterov" => new Sgd(0.1f, 0.8f, nesterov: true, weightDecay: 0.05f) { Width = width },
        "adam" => new Adam(0.01f, weightDecay: 0.05f) { Width = width },
        "amsgrad" => new Adam(0.01f, beta2: 0.5f, amsgrad: true) { Width = width },
        "adamw" => new AdamW(0.01f, weightDecay: 0.05f) { Width = width },
        "rmsprop" => new RmsProp(0.01f, alpha: 0.9f, weightDecay: 0.05f) { Width = width },
        "centered" => new RmsProp(0.01f, alpha: 0.9f, momentum: 0.8f, centered: true) { Width = width },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    private static void Fill(ParameterSet set, Random random)
    {
        foreach (Parameter parameter in set)
        {
            parameter.CopyFrom(RandomValues.Uniform(random, parameter.Count));
        }
    }
}
