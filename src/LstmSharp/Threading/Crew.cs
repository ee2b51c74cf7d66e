using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace LstmSharp.Threading;

/// <summary>The calling thread and the idle workers that it could gather: together they do one piece of work after another.</summary>
/// <remarks><para>Shares are taken one at a time, everybody beginning with the shares of his own place, whose data his cache may still
/// hold from the piece before. Nobody waits for a worker that is not running: the others do its shares.</para>
/// <para>A crew serves one caller at a time and, once it has been used, allocates nothing.</para></remarks>
internal sealed unsafe class Crew
{
    /// <summary>The most threads of a crew, and the most shares that are open at a time.</summary>
    public const int Most = 64;

    /// <summary>A caller without workers, for any number of callers at a time.</summary>
    public static readonly Crew Alone = new();

    private readonly List<Worker> _workers = [];
    private readonly ParkingSpot _callersBed = new();
    private Progress _progress;
    private void* _work;
    private delegate*<void*, int, int, void> _run;
    private int _firstShare;
    private int _shares;
    private int _sharesOfPlace;
    private ExceptionDispatchInfo? _failure;

    /// <summary>How many threads there are, the caller among them.</summary>
    public int Size => _workers.Count + 1;

    /// <summary>How many threads there are at most, idle workers permitting: what scratch memory is for.</summary>
    public int MostThreads { get; private set; } = 1;

    /// <summary>Whether a share waits for somebody to take it.</summary>
    internal bool HasOpenShares => Volatile.Read(ref _progress.Open) != 0;

    /// <summary>Adds idle workers until the crew has so many threads, or until there are no more.</summary>
    public void Gather(int size)
    {
        MostThreads = Math.Min(size, Most);
        if (size > 1)
        {
            _workers.EnsureCapacity(MostThreads - 1);
            WorkerPool.Rent(this, MostThreads - 1, _workers);
        }
    }

    /// <summary>Lets the workers go, for others to gather.</summary>
    public void Dismiss()
    {
        if (_workers.Count > 0)
        {
            WorkerPool.Return(_workers);
        }
    }

    /// <summary>Does all shares of a piece of work and returns when the last one is done.</summary>
    /// <param name="shares">How many shares there are.</param>
    /// <param name="work">The work.</param>
    /// <exception cref="Exception">The first exception that a share threw, when no share is being done any more.</exception>
    public void Run<TWork>(int shares, TWork work)
        where TWork : struct, ISharedWork
    {
        if (_workers.Count == 0 || shares == 1)
        {
            for (int share = 0; share < shares; share++)
            {
                work.Run(share, shares);
            }

            return;
        }

        _work = Unsafe.AsPointer(ref work);
        _run = &RunShare<TWork>;
        _shares = shares;
        for (int first = 0; first < shares; first += Most)
        {
            RunTogether(first, Math.Min(Most, shares - first));
        }

        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        failure?.Throw();
    }

    /// <summary>Takes and does a share: the first of a place if it still waits, else the next one.</summary>
    /// <returns>Whether there was one.</returns>
    internal bool TryRunShare(int place)
    {
        ulong open = Volatile.Read(ref _progress.Open);
        int first = place * _sharesOfPlace;
        while (open != 0)
        {
            int share = (first + BitOperations.TrailingZeroCount(BitOperations.RotateRight(open, first))) % Most;
            ulong seen = Interlocked.CompareExchange(ref _progress.Open, open & ~(1UL << share), open);
            if (seen == open)
            {
                DoTaken(share);
                return true;
            }

            open = seen;
        }

        return false;
    }

    private static void RunShare<TWork>(void* work, int share, int shares)
        where TWork : struct, ISharedWork => Unsafe.AsRef<TWork>(work).Run(share, shares);

    /// <summary>Opens some shares and returns when the last one is done.</summary>
    private void RunTogether(int first, int count)
    {
        _firstShare = first;
        _sharesOfPlace = Math.Max(1, count / Size);
        Volatile.Write(ref _progress.Unfinished, count);
        Interlocked.Exchange(ref _progress.Open, ulong.MaxValue >> (Most - count));
        foreach (Worker worker in _workers)
        {
            worker.Wake();
        }

        while (TryRunShare(place: 0))
        {
        }

        WaitForTheOthers();
    }

    /// <summary>Does a share that nobody else can take any more: until it is done, the work stays what it is.</summary>
    private void DoTaken(int share)
    {
        try
        {
            _run(_work, _firstShare + share, _shares);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
        }

        if (Interlocked.Decrement(ref _progress.Unfinished) == 0)
        {
            _callersBed.Wake();
        }
    }

    private void WaitForTheOthers()
    {
        var patience = default(Patience);
        while (Volatile.Read(ref _progress.Unfinished) != 0)
        {
            if (!patience.WaitAMoment())
            {
                _callersBed.Announce();
                if (Volatile.Read(ref _progress.Unfinished) != 0)
                {
                    _callersBed.Sleep();
                }

                _callersBed.Cancel();
            }
        }
    }

    /// <summary>What all threads read and write, each number in cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 4 * CacheLine)]
    private struct Progress
    {
        private const int CacheLine = 64;

        /// <summary>The shares from the first open one on that nobody has taken, a bit each.</summary>
        [FieldOffset(CacheLine)]
        public ulong Open;

        /// <summary>How many shares are not done.</summary>
        [FieldOffset(2 * CacheLine)]
        public int Unfinished;
    }
}
