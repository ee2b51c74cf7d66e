using LstmSharp.Threading;

namespace LstmSharp.Tests.Threading;

public sealed class UninterruptedTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

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
                Thread.Sleep(1);
            }
            catch (ThreadInterruptedException)
            {
                isDelayed = true;
            }
        });

        using (gate.EnterScope())
        {
            waiter.Start();
            SpinWait.SpinUntil(() => waiter.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Patience).Should().BeTrue();
            waiter.Interrupt();
            Volatile.Read(ref hasEntered).Should().BeFalse();
        }

        waiter.Join(Patience).Should().BeTrue();
        (hasEntered, isHeld, isDelayed).Should().Be((true, true, true));
    }

    [Fact]
    public void Do_InterruptedWhileItWaits_DoesItToTheEndAndTheNextWaitThrows()
    {
        using var gate = new ManualResetEvent(initialState: false);
        int attempts = 0;
        bool isDelayed = false;
        var waiter = new Thread(() =>
        {
            Uninterrupted.Do(gate, closed =>
            {
                Interlocked.Increment(ref attempts);
                closed.WaitOne();
            });
            try
            {
                Thread.Sleep(1);
            }
            catch (ThreadInterruptedException)
            {
                isDelayed = true;
            }
        });
        waiter.Start();
        SpinWait.SpinUntil(() => waiter.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Patience).Should().BeTrue();
        waiter.Interrupt();
        SpinWait.SpinUntil(() => Volatile.Read(ref attempts) == 2, Patience).Should().BeTrue("the wait is taken up again");
        gate.Set();

        waiter.Join(Patience).Should().BeTrue();
        isDelayed.Should().BeTrue();
    }
}
