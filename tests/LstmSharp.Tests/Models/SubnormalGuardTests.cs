using System.Numerics.Tensors;
using LstmSharp.Kernels;

namespace LstmSharp.Tests.Models;

/// <summary>States and gradients that fade away become 0 and never subnormal numbers: what is far below 2⁻⁷⁰ is a multiple of 2⁻⁹⁴. The
/// values here, about 2⁻⁸⁰, have finer bits wherever the guard is missing.</summary>
public sealed class SubnormalGuardTests
{
    private const float Tiny = 1f / (1UL << 40) / (1UL << 40); // 2⁻⁸⁰
    private const double Spacing = 1.0 / (1UL << 47) / (1UL << 47); // 2⁻⁹⁴
    private const int HiddenSize = 19;

    public static TheoryData<string, int> Models
    {
        get
        {
            TheoryData<string, int> models = [];
            foreach (SimdWidth width in Enum.GetValues<SimdWidth>())
            {
                models.Add("lstm", (int)width);
                foreach (Activation activation in Enum.GetValues<Activation>())
                {
                    models.Add(activation.ToString(), (int)width);
                }
            }

            return models;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Backward_FadingGradients_AreMultiplesOfTheGuardsSpacing(string kind, int width)
    {
        SequenceModel model = Build(kind, width);
        SequencePass pass = model.CreatePass();
        pass.Forward(Tensor.Create(RandomValues.Uniform(new Random(2), 3), [1, 1, 3]));
        ParameterSet gradients = model.Parameters.CreateZeros();
        pass.Backward(Tensor.Create(TinyValues(HiddenSize), [1, 1, HiddenSize]), gradients);

        // Of one step and one row, a bias's gradient is its sums' gradient.
        ShouldBeGuarded(gradients["0.Bias"].Values);
        if (pass.InitialStateGradient[0] is LstmState state)
        {
            ShouldBeGuarded(state.Cell);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Forward_FadingStates_AreMultiplesOfTheGuardsSpacing(string kind, int width)
    {
        if (kind == nameof(Activation.Sigmoid))
        {
            return; // its states lie near one half
        }

        SequenceModel model = Build(kind, width);
        model.Parameters["0.Bias"].Edit(bias => bias.Clear());
        ModelState initial = model.CreateState(1), ofPrediction = model.CreateState(1);
        float[] input = new float[3];
        if (initial[0] is LstmState memory)
        {
            TinyValues(HiddenSize).CopyTo(memory.Cell);
        }
        else
        {
            input = TinyValues(3);
        }

        model.Predict(Tensor.Create(input, [1, 1, 3]), initial, ofPrediction);
        SequencePass pass = model.CreatePass();
        pass.Forward(Tensor.Create(input, [1, 1, 3]), initial);
        SequenceStream stream = model.OpenStream();
        stream.Restore(initial);
        stream.Step(input, new float[HiddenSize]);

        foreach (CellState state in (CellState[])[ofPrediction[0], pass.FinalState[0], stream.Snapshot()[0]])
        {
            ShouldBeGuarded(state.Hidden);
            if (state is LstmState lstm)
            {
                ShouldBeGuarded(lstm.Cell);
            }
        }
    }

    [Theory]
    [InlineData("momentum")]
    [InlineData("adam")]
    [InlineData("amsgrad")]
    [InlineData("rmsprop")]
    public void Step_FadingMoments_AreNeverSubnormal(string name)
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(HiddenSize).Build(seed: 1);
        ParameterSet gradients = model.Parameters.CreateZeros();
        foreach (float size in (float[])[1e-18f, 1e-21f, 1e-37f, 1e-40f])
        {
            var random = new Random(4);
            foreach (Parameter gradient in gradients)
            {
                gradient.CopyFrom(RandomValues.Uniform(random, gradient.Count, scale: size));
            }

            Optimizer optimizer = Make(name);
            optimizer.Step(model.Parameters, gradients);
            optimizer.Moments.SelectMany(set => set).SelectMany(moment => moment.Values.ToArray())
                .Should().NotContain(value => float.IsSubnormal(value), "gradients were about {0}", size);
        }
    }

    private static Optimizer Make(string name) => name switch
    {
        "momentum" => new Sgd(0.1f, momentum: 0.9f),
        "adam" => new Adam(),
        "amsgrad" => new Adam(amsgrad: true),
        _ => new RmsProp(momentum: 0.5f, centered: true),
    };

    private static SequenceModel Build(string kind, int width)
    {
        SequenceModelBuilder builder = SequenceModel.Create(3);
        builder = kind == "lstm" ? builder.Lstm(HiddenSize) : builder.VanillaRnn(HiddenSize, Enum.Parse<Activation>(kind));
        SequenceModel model = builder.Build(seed: 1);
        model.Width = (SimdWidth)width;
        return model;
    }

    private static float[] TinyValues(int count) => Array.ConvertAll(RandomValues.Uniform(new Random(3), count), value => value * Tiny);

    private static void ShouldBeGuarded(ReadOnlySpan<float> values)
    {
        values.ToArray().Should().OnlyContain(value => Math.IEEERemainder(value, Spacing) == 0);
        values.ContainsAnyExcept(0f).Should().BeTrue("values that are all 0 would show nothing");
    }
}
