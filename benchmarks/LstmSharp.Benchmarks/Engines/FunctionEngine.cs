using System.Numerics.Tensors;
using LstmSharp.Kernels;

namespace LstmSharp.Benchmarks.Engines;

/// <summary>An elementary function over values between −8 and 8 that stay in the first-level cache.</summary>
internal sealed unsafe class FunctionEngine : Engine
{
    /// <summary>Keeps a store from meeting a load 4 KiB away, which costs time that depends on where memory happens to lie.</summary>
    private const int Gap = 512;

    private readonly Contender _contender;
    private readonly int _count;
    private readonly AlignedBuffer _memory = new();

    public FunctionEngine(Measurement measurement)
    {
        _contender = measurement.Contender;
        float[] values = new Problem(measurement.Shape, CellKind.VanillaRnn, Values.Usual).Input;
        _count = values.Length;
        _memory.Reserve((2L * _count) + Gap);
        TensorPrimitives.Multiply(values, 8, Source);
    }

    public override IReadOnlyList<float[]> Gradients => throw Refusal(Work.TrainingStep);

    public override float[] Output(Work work) => Result.ToArray();

    private Span<float> Source => new(_memory.Pointer, _count);

    private Span<float> Result => new(_memory.Pointer + _count + Gap, _count);

    public override Action Operation(Work work) => (_contender, work) switch
    {
        (Contender.LstmSharp, Work.Sigmoid) => () => ElementarySpans.Sigmoid(Source, Result, SimdWidths.Best),
        (Contender.LstmSharp, Work.Tanh) => () => ElementarySpans.Tanh(Source, Result, SimdWidths.Best),
        (Contender.TensorPrimitives, Work.Sigmoid) => () => TensorPrimitives.Sigmoid(Source, Result),
        (Contender.TensorPrimitives, Work.Tanh) => () => TensorPrimitives.Tanh(Source, Result),
        _ => throw Refusal(work),
    };

    public override void Dispose()
    {
    }
}
