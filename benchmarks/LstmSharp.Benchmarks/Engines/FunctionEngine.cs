using System.Numerics.Tensors;
using LstmSharp.Kernels;

namespace LstmSharp.Benchmarks.Engines;

/// <summary>An elementary function over values between −8 and 8 that stay in the first-level cache.</summary>
internal sealed class FunctionEngine : Engine
{
    private readonly Contender _contender;
    private readonly float[] _source;
    private readonly float[] _result;

    public FunctionEngine(Measurement measurement)
    {
        _contender = measurement.Contender;
        _source = new Problem(measurement.Shape, CellKind.VanillaRnn, Values.Usual).Input;
        _result = new float[_source.Length];
        TensorPrimitives.Multiply(_source, 8, _source);
    }

    public override IReadOnlyList<float[]> Gradients => throw Refusal(Work.TrainingStep);

    public override float[] Output(Work work) => _result;

    public override Action Operation(Work work) => (_contender, work) switch
    {
        (Contender.LstmSharp, Work.Sigmoid) => () => ElementarySpans.Sigmoid(_source, _result, SimdWidths.Best),
        (Contender.LstmSharp, Work.Tanh) => () => ElementarySpans.Tanh(_source, _result, SimdWidths.Best),
        (Contender.TensorPrimitives, Work.Sigmoid) => () => TensorPrimitives.Sigmoid(_source, _result),
        (Contender.TensorPrimitives, Work.Tanh) => () => TensorPrimitives.Tanh(_source, _result),
        _ => throw Refusal(work),
    };

    public override void Dispose()
    {
    }
}
