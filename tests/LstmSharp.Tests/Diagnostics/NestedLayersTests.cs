using System.Numerics.Tensors;

namespace LstmSharp.Tests.Diagnostics;

public sealed class NestedLayersTests
{
    [Fact]
    public void RecordAndMeasure_LayersInsideOthers_AreThoseOfTheSameStackWithTheirPaths()
    {
        const int Length = 6, Rows = 4, Size = 3;
        int[] lengths = [2, 6, 0, 5];
        Layer[] layers = Layers([0], [1, 0], [1, 1, 0]);
        var flat = new SequenceModel(Size, Layers([0], [1], [2]));
        var nested = new SequenceModel(Size, [layers[0], new NestedLayers(layers[1], new NestedLayers(layers[2]))]);
        var random = new Random(2);
        float[] values = RandomValues.Uniform(random, Length * Rows * Size), upstream = RandomValues.Uniform(random, Length * Rows * 5);
        var input = new SequenceInput(new ReadOnlyTensorSpan<float>(values, [Length, Rows, Size]), lengths);
        var gradient = new ReadOnlyTensorSpan<float>(upstream, [Length, Rows, 5]);

        GateTrace trace = GateTrace.Record(nested, input), expectedTrace = GateTrace.Record(flat, input);
        GradientFlow flow = GradientFlow.Measure(nested, input, gradient), expectedFlow = GradientFlow.Measure(flat, input, gradient);

        trace.Layers.Select(layer => layer.Path).Should().Equal("0", "1.0", "1.1.0");
        flow.Layers.Select(layer => layer.Path).Should().Equal("0", "1.0", "1.1.0");
        trace.Layers.Select(layer => layer.LayerIndex).Should().Equal(0, 1, 1);
        flow.Layers.Select(layer => layer.LayerIndex).Should().Equal(0, 1, 1);
        trace.Layers[2].ToString().Should().StartWith("layer 1.1.0, LstmCell(4 => 5, ");
        for (int n = 0; n < 3; n++)
        {
            TensorValues.Of(trace.Layers[n].Hidden).ShouldHaveTheBitsOf(TensorValues.Of(expectedTrace.Layers[n].Hidden));
            flow.Layers[n].HiddenNorms.Should().Equal(expectedFlow.Layers[n].HiddenNorms).And.OnlyContain(norm => norm > 0);
        }
    }

    private static Layer[] Layers(params int[][] paths)
    {
        RecurrentCell[] cells = [new LstmCell(3, 4, seed: 1), new VanillaRnnCell(4, 4, seed: 2), new LstmCell(4, 5, seed: 3)];
        return [.. cells.Zip(paths, (cell, path) => new RecurrentLayer(cell, regularization: null, path))];
    }
}
