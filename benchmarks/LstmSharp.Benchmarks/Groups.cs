namespace LstmSharp.Benchmarks;

/// <summary>The measurements of each group, contenders of one work next to each other.</summary>
internal static class Groups
{
    private static readonly Contender[] Peers = [Contender.LstmSharp, Contender.OnnxRuntime, Contender.TorchSharp];

    /// <summary>The values that the functions work on, which fit into the first-level cache.</summary>
    public static readonly Shape FunctionShape = new(1, 1, 2048, 1);

    public static readonly int[] StreamingSizes = [32, 64, 128, 256];

    /// <summary>Units of layers that take one value a step and have a head of one output behind them.</summary>
    public static readonly int[] SmallStreamingSizes = [8, 16, 32, 64];

    /// <summary>The steps of a sequence that goes through such a net at once.</summary>
    public const int StreamedAtOnce = 20_000;

    /// <summary>Batches whose time per step is compared between <see cref="LongLength"/> and a hundredth of it.</summary>
    public static readonly Shape[] StepShapes = [new(100, 1, 64, 64), new(100, 32, 64, 64)];

    public const int LongLength = 10_000;

    public static readonly Shape[] DenormalShapes = [new(300, 1, 64, 64), new(300, 32, 128, 128)];

    public static readonly Shape[] LstmShapes =
    [
        new(1, 1, 64, 64), new(100, 1, 64, 128), new(100, 1, 256, 256), new(100, 1, 512, 512), new(100, 8, 128, 256),
        new(100, 32, 64, 128), new(100, 32, 256, 256), new(35, 20, 200, 200), new(28, 128, 28, 128), new(100, 64, 512, 512),
        new(32, 128, 32, 64),
    ];

    public static readonly Shape[] RnnShapes = [new(100, 1, 256, 256), new(100, 32, 256, 256)];

    public static IEnumerable<Measurement> Measurements(Group group, Options options) => group switch
    {
        Group.Lstm => Layers(CellKind.Lstm, options.Shapes.Count > 0 ? options.Shapes : LstmShapes, options),
        Group.Gru => Layers(CellKind.Gru, LstmShapes, options),
        Group.Rnn => Layers(CellKind.VanillaRnn, RnnShapes, options),
        Group.Functions =>
            from work in new[] { Work.Sigmoid, Work.Tanh }
            from contender in new[] { Contender.LstmSharp, Contender.TensorPrimitives }
            select new Measurement(contender, work, FunctionShape),
        Group.Streaming =>
            from net in StreamingSizes.Select(size => (Shape: new Shape(1, 1, size, size), HasHead: false))
                .Concat(SmallStreamingSizes.Select(size => (Shape: new Shape(1, 1, 1, size), HasHead: true)))
            from measurement in new[]
            {
                new Measurement(Contender.LstmSharp, Work.StreamingStep, net.Shape, HasHead: net.HasHead),
                new Measurement(Contender.OnnxRuntime, Work.StreamingStep, net.Shape, HasHead: net.HasHead),
                new Measurement(
                    Contender.LstmSharp, Work.Inference, net.Shape with { Length = StreamedAtOnce }, HasHead: net.HasHead),
            }
            where measurement.Work == Work.StreamingStep || measurement.HasHead
            select measurement,
        Group.Steps =>
            from shape in StepShapes
            from work in new[] { Work.Inference, Work.TrainingStep }
            from length in new[] { shape.Length, LongLength }
            select new Measurement(Contender.LstmSharp, work, shape with { Length = length }),
        Group.Denormals =>
            from cell in new[] { CellKind.Lstm, CellKind.VanillaRnn }
            from shape in DenormalShapes
            from work in new[] { Work.Inference, Work.TrainingStep }
            from values in new[] { Values.Usual, Values.Denormal }
            select new Measurement(Contender.LstmSharp, work, shape, Cell: cell, Values: values),
        _ => [],
    };

    private static IEnumerable<Measurement> Layers(CellKind cell, IReadOnlyList<Shape> shapes, Options options) =>
        from shape in shapes
        from threads in options.Threads
        from work in options.Works
        from contender in Peers
        where contender != Contender.OnnxRuntime || work == Work.Inference
        select new Measurement(contender, work, shape, threads, cell);
}
