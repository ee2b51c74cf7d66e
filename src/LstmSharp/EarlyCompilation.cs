using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace LstmSharp;

/// <summary>Has the JIT compile the kernels on an idle processor while the caller still builds or loads a model.</summary>
/// <remarks>A third of the time from a process's start to its first prediction goes by in compiling, which a second thread can do
/// ahead: it makes one small prediction. Programs compiled ahead of time have nothing to gain, nor has a single processor.</remarks>
internal static class EarlyCompilation
{
    private const int Steps = 10;
    private const int Units = 20;
    private static int s_hasBegun;

    /// <summary>Begins, the first time that it is called in a process.</summary>
    public static void Begin()
    {
        bool helps = RuntimeFeature.IsDynamicCodeCompiled && Environment.ProcessorCount > 1;
        if (helps && Interlocked.Exchange(ref s_hasBegun, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static _ => PredictOnce(), null);
        }
    }

    private static void PredictOnce()
    {
        try
        {
            var builder = new SequenceModelBuilder(inputSize: 1);
            SequenceModel model = builder.Lstm(Units).BuildUninitialized();
            model.Predict(Tensor.Create(new float[Steps], [Steps, 1, 1]));
        }
        catch (OutOfMemoryException)
        {
            // Nobody asked for this prediction; the first that is asked for compiles what is missing.
        }
    }
}
