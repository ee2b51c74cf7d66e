using LstmSharp.Tests.Models;

namespace LstmSharp.Tests.Diagnostics;

/// <summary>The gradient of the state after each step of one layer, in double: the reference run backward over the later steps alone, for
/// each step anew.</summary>
internal sealed class ReferenceGradientFlow
{
    private readonly double[] _hiddenNorms;
    private readonly double[] _cellNorms;

    public ReferenceGradientFlow(ModelRun run, int layerIndex)
    {
        ReferenceLayer[] layers = [.. run.Model.Layers.Select(ModelRun.Reference)];
        ReferenceLayer layer = layers[layerIndex];
        ReferenceModel below = new(layers[..layerIndex]), above = new(layers[(layerIndex + 1)..]);
        double[][] initial = run.InitialStateInDouble();
        int first = below.StateSizes.Length, after = first + layer.StateSizes.Length;
        var input = new ReferenceSequence(run.Length, run.BatchSize, run.Model.InputSize, RandomValues.ToDoubles(run.Input));
        ReferenceSequence x = below.Forward(input, initial[..first]).Output;
        ReferenceSequence h = layer.Forward(x, initial[first..after]).Output;
        ReferenceSequence y = above.Forward(h, initial[after..]).Output;
        var dy = new ReferenceSequence(y.Length, y.BatchSize, y.Features, RandomValues.ToDoubles(run.OutputGradient));
        ReferenceSequence dh = above.Backward(dy, above.ZeroState(run.BatchSize)).Input;

        Length = x.Length;
        _hiddenNorms = new double[Length];
        _cellNorms = new double[Length];
        for (int t = 0; t < Length; t++)
        {
            double[][] state = layer.Forward(Part(x, 0, t + 1), initial[first..after]).FinalState;
            layer.Forward(Part(x, t + 1, Length), state);
            double[][] later = layer.Backward(Part(dh, t + 1, Length), layer.ZeroState(run.BatchSize)).InitialState;
            _hiddenNorms[Length - 1 - t] = Norm(Part(dh, t, t + 1).Values.Zip(later[0], (ofOutput, ofLater) => ofOutput + ofLater));
            _cellNorms[Length - 1 - t] = Norm(later[^1]);
        }
    }

    public int Length { get; }

    public double HiddenNorm(int lag) => _hiddenNorms[lag];

    public double CellNorm(int lag) => _cellNorms[lag];

    private static ReferenceSequence Part(ReferenceSequence all, int from, int to)
    {
        int size = all.BatchSize * all.Features;
        return new ReferenceSequence(to - from, all.BatchSize, all.Features, all.Values[(from * size)..(to * size)]);
    }

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));
}
