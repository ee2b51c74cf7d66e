using LstmSharp.Threading;

namespace LstmSharp.Tests.Threading;

public sealed class UninterruptedTests
{
    [Fact]
    public void Enter_InterruptedWhileItWaits_TakesTheLockAndTheNextWaitThrows()
    {
        var gate = new Lock();
        bool hasEntered = false, isHeld = false, isDelayed = false;
        var waiter = new Thread(() =>
        {
            using (Uninterrupted.Enter(gate))
            {
                isHeld = gate.IsHeldByCurrentThread;
                Volatile.Write(ref hasEntered, true);
            }

            try
            {
                Thread.Sleep(Timeout.Infinite);
            }
            catch (ThreadInterruptedException)
            {
                isDelayed = true;
            }
        });

        using (gate.EnterScope())
        {
            waiter.Start();
            SpinWait.SpinUntil(() => waiter.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
            waiter.Interrupt();
            Volatile.Read(ref hasEntered).Should().BeFalse();
        }

        waiter.Join();
        (hasEntered, isHeld, isDelayed).Should().Be((true, true, true));
    }
}
