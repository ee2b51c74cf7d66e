using System.Diagnostics.CodeAnalysis;

namespace LstmSharp.Threading;

/// <summary>The process's workers that belong to no crew.</summary>
/// <remarks>Threads are made when they are first wanted and then stay: one fewer than there are processors, or as many as one crew
/// asked for at a time.</remarks>
internal static class WorkerPool
{
    private static readonly Lock s_lock = new();
    private static readonly Stack<Worker> s_idle = new();
    private static int s_count;

    /// <summary>How many threads were made.</summary>
    public static int Count => Volatile.Read(ref s_count);

    /// <summary>Hands workers out to a crew: as many as are wanted, if that many are idle or can be made.</summary>
    public static void Rent(Crew crew, int wanted, List<Worker> workers)
    {
        using (Uninterrupted.Enter(s_lock))
        {
            int most = Math.Max(Environment.ProcessorCount - 1, wanted);
            while (workers.Count < wanted && (s_idle.TryPop(out Worker? worker) || TryMake(most, out worker)))
            {
                workers.Add(worker);
                worker.Join(crew, place: workers.Count);
            }
        }
    }

    /// <summary>Takes workers back.</summary>
    public static void Return(List<Worker> workers)
    {
        using (Uninterrupted.Enter(s_lock))
        {
            for (int n = workers.Count - 1; n >= 0; n--)
            {
                workers[n].Leave();
                s_idle.Push(workers[n]);
            }

            workers.Clear();
        }
    }

    /// <summary>Makes one more worker, unless there are enough or the system has no more threads to give.</summary>
    private static bool TryMake(int most, [NotNullWhen(true)] out Worker? worker)
    {
        worker = null;
        try
        {
            worker = s_count < most ? new Worker(s_count + 1) : null;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // The crew computes with those that there are.
        }

        s_count += worker is null ? 0 : 1;
        return worker is not null;
    }
}
