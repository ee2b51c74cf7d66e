using System.Diagnostics;
using LstmSharp.Threading;

namespace LstmSharp.Tests.Threading;

public sealed class CrewTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 64)]
    [InlineData(2, 2)]
    [InlineData(3, 64)]
    [InlineData(8, 5)]
    [InlineData(8, 64)]
    [InlineData(2, 65)]
    [InlineData(3, 344)]
    public void Run_AnyNumberOfThreadsAndShares_DoesEveryShareOnce(int threads, int shares)
    {
        var crew = new Crew();
        crew.Gather(threads);
        for (int round = 0; round < 200; round++)
        {
            int[] done = new int[shares];
            crew.Run(shares, new Count { Done = done });
            done.Should().OnlyContain(count => count == 1);
        }

        crew.Dismiss();
    }

    [Fact]
    public void Run_AfterAPause_WakesTheSleepers()
    {
        var crew = new Crew();
        GatherTwo(crew);
        Meet(crew);
        Thread.Sleep(50); // much longer than a worker waits before it sleeps
        Meet(crew);
        crew.Dismiss();
    }

    [Fact]
    public void Run_SharesThatThrow_ThrowsOneOfThemAndDoesTheOthers()
    {
        var crew = new Crew();
        crew.Gather(3);
        int[] done = new int[80];
        Action run = () => crew.Run(done.Length, new Count { Done = done, Fails = share => share % 7 == 3 });
        run.Should().Throw<InvalidOperationException>().WithMessage("share *");
        done.Should().OnlyContain(count => count == 1);
        Array.Clear(done);
        crew.Run(done.Length, new Count { Done = done });
        done.Should().OnlyContain(count => count == 1);
        crew.Dismiss();
    }

    [Fact]
    public void Run_CallerIsInterrupted_ReturnsWhenAllIsDoneAndTheNextWaitThrows()
    {
        int begun = 0, done = 0, doneAtReturn = 0;
        bool isDelayed = false;
        var crew = new Crew();
        GatherTwo(crew);
        var caller = new Thread(() =>
        {
            crew.Run(2, new Slow { Begun = () => Interlocked.Increment(ref begun), Done = () => Interlocked.Increment(ref done) });
            doneAtReturn = Volatile.Read(ref done);
            crew.Dismiss();
            try
            {
                Thread.Sleep(1);
            }
            catch (ThreadInterruptedException)
            {
                isDelayed = true;
            }
        });
        caller.Start();
        SpinWait.SpinUntil(() => Volatile.Read(ref begun) > 0, Patience).Should().BeTrue();
        caller.Interrupt();
        caller.Join(Patience).Should().BeTrue();
        doneAtReturn.Should().Be(2);
        isDelayed.Should().BeTrue();
    }

    [Fact]
    public async Task Gather_ManyCrewsAtOnce_LeaveNobodyWaiting()
    {
        const int Callers = 16;
        int[][] done = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                var crew = new Crew();
                int[] mine = new int[5];
                for (int round = 0; round < 200; round++)
                {
                    crew.Gather(4);
                    crew.Run(mine.Length, new Count { Done = mine });
                    crew.Dismiss();
                }

                return mine;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        done.SelectMany(mine => mine).Should().OnlyContain(count => count == 200);
    }

    [Theory]
    [InlineData(10, 3)]
    [InlineData(2, 5)]
    [InlineData(0, 2)]
    [InlineData(int.MaxValue, 7)]
    public void ShareOf_AnyTotal_CoversItWithoutGapOrOverlap(int total, int shares)
    {
        int next = 0;
        for (int n = 0; n < shares; n++)
        {
            var share = Share.Of(total, n, shares);
            share.First.Should().Be(next);
            share.Count.Should().BeInRange(total / shares, (int)Math.Min(int.MaxValue, (total / (long)shares) + 1));
            next = share.End;
        }

        next.Should().Be(total);
    }

    /// <summary>Gathers one worker; other tests may have all of them for a moment.</summary>
    private static void GatherTwo(Crew crew) => SpinWait.SpinUntil(
        () =>
        {
            crew.Gather(2);
            return crew.Size == 2;
        },
        Patience).Should().BeTrue("a worker must come free or be made");

    /// <summary>Runs two shares that each wait for the other: it ends only if two threads take part.</summary>
    private static void Meet(Crew crew)
    {
        using var barrier = new Barrier(2);
        crew.Run(2, new Meeting { Barrier = barrier });
    }

    private struct Count : ISharedWork
    {
        public required int[] Done;

        public Func<int, bool>? Fails;

        public readonly void Run(int share, int shares)
        {
            Interlocked.Increment(ref Done[share]);
            if (Fails?.Invoke(share) == true)
            {
                throw new InvalidOperationException($"share {share} of {shares}");
            }
        }
    }

    private struct Meeting : ISharedWork
    {
        public required Barrier Barrier;

        public readonly void Run(int share, int shares) =>
            Barrier.SignalAndWait(Patience).Should().BeTrue("share {0} must meet another thread", share);
    }

    /// <summary>Shares that take long without a wait that could be interrupted; the second takes longer.</summary>
    private struct Slow : ISharedWork
    {
        public required Action Begun;

        public required Action Done;

        public readonly void Run(int share, int shares)
        {
            Begun();
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < 60 * (share + 1))
            {
                Thread.SpinWait(100);
            }

            Done();
        }
    }
}
