namespace LstmSharp;

/// <content>The direct way of a single step.</content>
public sealed unsafe partial class SequenceModel
{
    private ModelStep? _step;

    /// <summary>Whether all layers know a direct way for a single step.</summary>
    internal bool StepsDirectly { get; }

    /// <summary>The direct way of a single step. Two threads may make it at once; either will do.</summary>
    internal ModelStep Step()
    {
        ModelStep? step = Volatile.Read(ref _step);
        return step is null || step.Width != Width ? MakeStep() : step;
    }

    /// <summary>Whether a step of so many rows is too small to be shared by several threads.</summary>
    internal bool StepsAlone(int rows) => MaxDegreeOfParallelism == 1 || Operations(rows) < LeastOperationsToShare;

    /// <summary>The multiplications and additions of so many rows, through all layers.</summary>
    internal double Operations(int rows) => 2.0 * rows * Parameters.TotalCount;

    private ModelStep MakeStep()
    {
        var step = new ModelStep(this, Width);
        Volatile.Write(ref _step, step);
        return step;
    }
}
