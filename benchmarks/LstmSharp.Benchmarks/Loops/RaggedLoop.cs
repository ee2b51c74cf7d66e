namespace LstmSharp.Benchmarks.Loops;

/// <summary>LstmSharp's pass over rows of different length.</summary>
internal sealed class RaggedLoop(int batchSize) : TrainingLoop
{
    private readonly Lessons _lessons = new(ShapeOf(batchSize), LengthsOf(batchSize));

    public static Shape ShapeOf(int batchSize) => new(100, batchSize, 256, 256);

    public static int[] LengthsOf(int batchSize)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, batchSize).Select(_ => random.Next(1, ShapeOf(batchSize).Length + 1))];
    }

    public override void Run(int steps)
    {
        for (int n = 0; n < steps; n++)
        {
            BeginStep();
            EndStep(_lessons.Train());
        }
    }
}
