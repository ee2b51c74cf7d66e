namespace LstmSharp.Threading;

/// <summary>How a thread waits for something that may come soon: it spins for a while, then leaves the processor to others, then had
/// better sleep.</summary>
internal struct Patience
{
    /// <summary>About 50 µs, longer than the gap between two pieces of work.</summary>
    private const int Spins = 1_000;

    private const int Yields = 100;

    private static readonly int s_spins = Environment.ProcessorCount == 1 ? 0 : Spins;

    private int _turns;

    /// <summary>Waits for a moment.</summary>
    /// <returns>False, at once, when it has waited long enough.</returns>
    public bool WaitAMoment()
    {
        int turn = _turns++;
        if (turn < s_spins)
        {
            Thread.SpinWait(1);
            return true;
        }

        if (turn < s_spins + Yields)
        {
            Thread.Yield();
            return true;
        }

        return false;
    }
}
