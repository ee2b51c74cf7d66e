using System.Numerics.Tensors;

namespace LstmSharp.Samples.LongMemory;

/// <summary>How large the gradient of the last step's loss is with respect to a state n steps before it, for n = 1, 2, …</summary>
public sealed class GradientByLag
{
    private GradientByLag(LayerGradientFlow flow)
    {
        Flow = flow;
        Hidden = ShareOfFirst(flow.HiddenNorms);
        Cell = flow.HasCell ? ShareOfFirst(flow.CellNorms) : [];
    }

    /// <summary>The norms themselves, from the last step (n = 0) on.</summary>
    public LayerGradientFlow Flow { get; }

    /// <summary>‖∂L/∂h_(T−n)‖ at index n − 1, as a share of that at n = 1.</summary>
    public IReadOnlyList<double> Hidden { get; }

    /// <summary>‖∂L/∂c_(T−n)‖ at index n − 1, as a share of that at n = 1; empty without a memory cell.</summary>
    public IReadOnlyList<double> Cell { get; }

    /// <summary>Measures the one recurrent layer of a network.</summary>
    public static GradientByLag Measure(SequenceModel model, FirstSymbolBatch batch)
    {
        float[] logits = [.. model.Predict(batch.Input)], gradient = new float[logits.Length];
        Loss.CrossEntropy.Evaluate(logits, batch.Classes, gradient);
        var upstream = new ReadOnlyTensorSpan<float>(gradient, [1, batch.BatchSize, FirstSymbolBatch.ClassCount]);
        return new GradientByLag(GradientFlow.Measure(model, batch.Input, upstream).Layers[0]);
    }

    private static double[] ShareOfFirst(IReadOnlyList<double> norms) => [.. norms.Skip(1).Select(norm => norm / norms[1])];
}
