namespace LstmSharp.Threading;

/// <summary>The process's workers that belong to no crew.</summary>
/// <remarks>Threads are made when they are first wanted and then stay: one fewer than there are processors, or as many as one crew
/// asked for at a time.</remarks>
internal static class WorkerPool
{
    private static readonly Lock s_lock = new();
    private static readonly Stack<Worker> s_idle = new();
    private static int s_count;

    /// <summary>Hands workers out to a crew: as many as are wanted, if that many are idle or may be made.</summary>
    public static void Rent(Crew crew, int wanted, List<Worker> workers)
    {
        lock (s_lock)
        {
            int most = Math.Max(Environment.ProcessorCount - 1, wanted);
            while (workers.Count < wanted && (s_idle.Count > 0 || s_count < most))
            {
                Worker worker = s_idle.TryPop(out Worker? idle) ? idle : new Worker(++s_count);
                workers.Add(worker);
                worker.Join(crew, place: workers.Count);
            }
        }
    }

    /// <summary>Takes workers back.</summary>
    public static void Return(List<Worker> workers)
    {
        lock (s_lock)
        {
            for (int n = workers.Count - 1; n >= 0; n--)
            {
                workers[n].Leave();
                s_idle.Push(workers[n]);
            }

            workers.Clear();
        }
    }
}
