namespace LstmSharp.Threading;

/// <summary>Takes locks and waits to the end though <see cref="Thread.Interrupt"/> hits: nobody may leave work that other threads are
/// doing on his memory. The interrupt then hits the thread's next wait.</summary>
internal static class Uninterrupted
{
    /// <summary>Takes a lock, for <c>using</c>.</summary>
    public static Lock.Scope Enter(Lock gate)
    {
        bool wasInterrupted = false;
        while (true)
        {
            try
            {
                Lock.Scope scope = gate.EnterScope();
                if (wasInterrupted)
                {
                    Thread.CurrentThread.Interrupt();
                }

                return scope;
            }
            catch (ThreadInterruptedException)
            {
                wasInterrupted = true;
            }
        }
    }

    /// <summary>Does what an interrupt may end before it has changed anything, as often as that happens.</summary>
    public static void Do<T>(T argument, Action<T> action)
        where T : class
    {
        bool wasInterrupted = false;
        while (true)
        {
            try
            {
                action(argument);
                break;
            }
            catch (ThreadInterruptedException)
            {
                wasInterrupted = true;
            }
        }

        if (wasInterrupted)
        {
            Thread.CurrentThread.Interrupt();
        }
    }
}
