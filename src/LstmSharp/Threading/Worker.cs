namespace LstmSharp.Threading;

/// <summary>A background thread that does shares of the work of the crew it belongs to, and sleeps when there is none for long.</summary>
internal sealed class Worker
{
    private const int StackBytes = 256 * 1024;

    private readonly ParkingSpot _bed = new();
    private Crew? _crew;
    private int _place;

    public Worker(int number) =>
        new Thread(Work, StackBytes) { IsBackground = true, Name = $"LstmSharp worker {number}" }.UnsafeStart();

    /// <summary>Lets the worker look for shares of a crew's work, beginning with those of a place.</summary>
    public void Join(Crew crew, int place)
    {
        _place = place;
        Volatile.Write(ref _crew, crew);
    }

    /// <summary>Keeps the worker from looking for further shares. One that it is doing already, it finishes.</summary>
    public void Leave() => Volatile.Write(ref _crew, null);

    /// <summary>Wakes the worker if it sleeps.</summary>
    public void Wake() => _bed.Wake();

    private void Work()
    {
        var patience = default(Patience);
        while (true)
        {
            if (Volatile.Read(ref _crew)?.TryRunShare(_place) == true)
            {
                patience = default;
            }
            else if (!patience.WaitAMoment())
            {
                SleepUnlessThereIsWork();
                patience = default;
            }
        }
    }

    private void SleepUnlessThereIsWork()
    {
        _bed.Announce();
        if (Volatile.Read(ref _crew)?.HasOpenShares == true)
        {
            _bed.Cancel();
        }
        else
        {
            _bed.Sleep();
        }
    }
}
