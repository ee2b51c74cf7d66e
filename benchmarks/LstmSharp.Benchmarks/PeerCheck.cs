using System.Globalization;
using System.Numerics.Tensors;
using LstmSharp.Benchmarks.Engines;

namespace LstmSharp.Benchmarks;

/// <summary>Compares what the contenders compute before anything is timed.</summary>
internal sealed class PeerCheck
{
    private const double Tolerance = 1e-4;

    private readonly Dictionary<Contender, string> _absent = [];

    /// <summary>The contenders that cannot run here, and why.</summary>
    public IReadOnlyDictionary<Contender, string> Absent => _absent;

    /// <summary>Whether a contender's code loads here.</summary>
    public bool CanRun(Contender contender)
    {
        if (!_absent.ContainsKey(contender))
        {
            TryCompute(new Measurement(contender, Work.Inference, new Shape(1, 1, 1, 1)));
        }

        return !_absent.ContainsKey(contender);
    }

    /// <summary>Runs every work once; the peers on one thread, for OpenMP keeps the threads of every thread that ever called it, and with
    /// more of them than processors it no longer waits actively.</summary>
    /// <returns>The measurements whose contender can run.</returns>
    /// <exception cref="InvalidOperationException">A contender computes something else than LstmSharp.</exception>
    public IReadOnlyList<Measurement> Run(IReadOnlyList<Measurement> measurements)
    {
        foreach (IGrouping<Measurement, Measurement> alike in measurements
            .Where(m => m.Values == Values.Usual && m.Work != Work.TrainingStepWithAdam)
            .GroupBy(m => m.By(Contender.LstmSharp)))
        {
            Measurement[] others = [.. alike.Where(m => m.Contender != Contender.LstmSharp && !_absent.ContainsKey(m.Contender))];
            float[][] ours = others.Length == 0 ? [] : Computed(alike.Key);
            foreach (Measurement other in others)
            {
                if (TryCompute(other with { Threads = 1 }) is { } theirs)
                {
                    Compare(other, ours, theirs);
                }
            }
        }

        return [.. measurements.Where(m => !_absent.ContainsKey(m.Contender))];
    }

    /// <summary>The outputs of two operations; the parameters' gradients for training.</summary>
    private static float[][] Computed(Measurement measurement)
    {
        using Engine engine = Engine.Create(measurement);
        Action operation = engine.Operation(measurement.Work);
        operation();
        operation();
        return measurement.Work == Work.TrainingStep ? [.. engine.Gradients] : [engine.Output(measurement.Work)];
    }

    private float[][]? TryCompute(Measurement measurement)
    {
        try
        {
            return Computed(measurement);
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException or NotSupportedException
            or BadImageFormatException or EntryPointNotFoundException or FileNotFoundException)
        {
            _absent[measurement.Contender] = exception.GetBaseException().Message.Split('\n')[0].TrimEnd('.', '\r');
            return null;
        }
    }

    /// <summary>Outputs may differ by the tolerance times the largest, at least 1; gradients, which are small, times the largest
    /// only.</summary>
    private static void Compare(Measurement other, float[][] ours, float[][] theirs)
    {
        foreach ((float[] expected, float[] actual) in ours.Zip(theirs))
        {
            float largest = Math.Abs(TensorPrimitives.MaxMagnitude(expected));
            double scale = other.Work == Work.TrainingStep ? largest : Math.Max(1, largest);
            double difference = expected.Zip(actual, (a, b) => Math.Abs((double)a - b)).Max();
            if (expected.Length != actual.Length || !(difference <= Tolerance * scale))
            {
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{other}: differs from LstmSharp by {difference:G3} where at most {Tolerance * scale:G3} is allowed."));
            }
        }
    }
}
