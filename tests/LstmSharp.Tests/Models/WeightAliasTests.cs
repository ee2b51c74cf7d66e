using System.Numerics.Tensors;

namespace LstmSharp.Tests.Models;

/// <summary>Weights stand in several sets: the model's, the layer's, the cell's. None of them passes for a set of gradients.</summary>
public sealed class WeightAliasTests
{
    public static TheoryData<string> OwnSets => ["model", "layer", "cell"];

    [Theory]
    [MemberData(nameof(OwnSets))]
    public void Backward_IntoAnySetOfTheWeights_ThrowsAndLeavesThem(string set)
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).Build(seed: 1);
        float[] before = Values(model);
        SequencePass pass = model.CreatePass();
        pass.Forward(new ReadOnlyTensorSpan<float>([1, 2], [1, 1, 2]));
        pass.Invoking(p => p.Backward(new ReadOnlyTensorSpan<float>([1, 1, 1], [1, 1, 3]), SetOf(model, set)))
            .Should().Throw<ArgumentException>().WithMessage("*gradients must be a set of its own*CreateZeros*");
        Values(model).Should().Equal(before);
    }

    [Theory]
    [MemberData(nameof(OwnSets))]
    public void Step_WithAnySetOfTheWeightsAsGradients_ThrowsAndLeavesThem(string set)
    {
        SequenceModel model = SequenceModel.Create(2).Lstm(3).Build(seed: 1);
        float[] before = Values(model);
        new Sgd(0.5f).Invoking(o => o.Step(model.Parameters, SetOf(model, set)))
            .Should().Throw<ArgumentException>().WithMessage("*gradients must be a set of its own*CreateZeros*");
        Values(model).Should().Equal(before);
    }

    private static ParameterSet SetOf(SequenceModel model, string set) => set switch
    {
        "model" => model.Parameters,
        "layer" => model.Layers[0].Parameters,
        _ => ((RecurrentLayer)model.Layers[0]).Cell.Parameters,
    };

    private static float[] Values(SequenceModel model) => [.. model.Parameters.SelectMany(parameter => parameter.Values.ToArray())];
}
