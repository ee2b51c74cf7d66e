namespace LstmSharp.Tests;

/// <summary>A stack of layers, itself a layer: its parameters and states are those of its layers, one layer after the other.</summary>
internal sealed class ReferenceModel(params ReferenceLayer[] layers)
    : ReferenceLayer([.. layers.SelectMany(layer => layer.Parameters)])
{
    public override int[] StateSizes => [.. layers.SelectMany(layer => layer.StateSizes)];

    public override double DistanceToKink => layers.Min(layer => layer.DistanceToKink);

    public override ReferencePass Forward(ReferenceSequence x, double[][] initialState)
    {
        List<double[]> final = [];
        foreach (ReferenceLayer layer in layers)
        {
            (x, double[][] layerFinal) = layer.Forward(x, StatesOf(layer, initialState));
            final.AddRange(layerFinal);
        }

        return new ReferencePass(x, [.. final]);
    }

    public override ReferenceGradients Backward(ReferenceSequence dy, double[][] dFinalState)
    {
        List<double[]> dParameters = [], dInitial = [];
        foreach (ReferenceLayer layer in layers.Reverse())
        {
            (dy, double[][] dLayerParameters, double[][] dLayerInitial) = layer.Backward(dy, StatesOf(layer, dFinalState));
            dParameters.InsertRange(0, dLayerParameters);
            dInitial.InsertRange(0, dLayerInitial);
        }

        return new ReferenceGradients(dy, [.. dParameters], [.. dInitial]);
    }

    private double[][] StatesOf(ReferenceLayer layer, double[][] states)
    {
        int first = layers.TakeWhile(other => other != layer).Sum(other => other.StateSizes.Length);
        return states[first..(first + layer.StateSizes.Length)];
    }
}
