namespace LstmSharp.Benchmarks.Engines;

/// <summary>One contender set up for one problem and a number of threads.</summary>
internal abstract class Engine : IDisposable
{
    /// <summary>The parameters' gradients of the last training step: input weights, recurrent weights, bias.</summary>
    public abstract IReadOnlyList<float[]> Gradients { get; }

    /// <summary>What an inference, a streaming step or a function computed last.</summary>
    public abstract float[] Output(Work work);

    /// <summary>The operation that is measured.</summary>
    /// <exception cref="NotSupportedException">The engine does no such work.</exception>
    public abstract Action Operation(Work work);

    public abstract void Dispose();

    /// <summary>Sets a contender up; the caller disposes it.</summary>
    public static Engine Create(Measurement measurement)
    {
        if (measurement.Work is Work.Sigmoid or Work.Tanh)
        {
            return new FunctionEngine(measurement);
        }

        var problem = new Problem(measurement.Shape, measurement.Cell, measurement.Values, measurement.HasHead);
        return measurement.Contender switch
        {
            Contender.LstmSharp => new LstmSharpEngine(problem, measurement.Threads),
            Contender.OnnxRuntime => new OnnxRuntimeEngine(
                problem, measurement.Threads, isStreaming: measurement.Work == Work.StreamingStep),
#if TORCHSHARP
            Contender.TorchSharp => new TorchSharpEngine(problem, measurement.Threads),
#endif
            _ => throw new NotSupportedException("this program was built without it; -p:TorchSharp=true builds it in"),
        };
    }

    protected NotSupportedException Refusal(Work work) => new($"{GetType().Name} does no {work}.");
}
