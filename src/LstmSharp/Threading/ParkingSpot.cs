namespace LstmSharp.Threading;

/// <summary>Where one thread sleeps until another wakes it; waking nobody costs one read.</summary>
/// <remarks>The sleeper announces itself, looks once more whether what it waits for has come, and then sleeps or cancels. Who brings
/// it makes it visible by an interlocked operation and then wakes. So one of the two always sees the other.</remarks>
internal sealed class ParkingSpot
{
    private readonly object _lock = new();
    private bool _isTaken;

    /// <summary>Tells wakers that somebody may sleep.</summary>
    public void Announce()
    {
        Volatile.Write(ref _isTaken, true);
        Interlocked.MemoryBarrier();
    }

    /// <summary>Takes the announcement back.</summary>
    public void Cancel() => Volatile.Write(ref _isTaken, false);

    /// <summary>Sleeps until somebody wakes, or returns at once if that has happened since the announcement.</summary>
    public void Sleep() => Uninterrupted.Do(this, static spot =>
    {
        lock (spot._lock)
        {
            while (spot._isTaken)
            {
                Monitor.Wait(spot._lock);
            }
        }
    });

    /// <summary>Wakes whoever announced itself.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _isTaken))
        {
            Uninterrupted.Do(this, static spot =>
            {
                lock (spot._lock)
                {
                    spot._isTaken = false;
                    Monitor.Pulse(spot._lock);
                }
            });
        }
    }
}
