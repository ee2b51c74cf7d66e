using CsCheck;

namespace LstmSharp.Tests.Training.Schedules;

/// <summary>The rates against PyTorch's definitions, as the recurrences that its schedulers step by and as values worked out by
/// hand.</summary>
public sealed class ScheduleTests
{
    private const double Tolerance = 1e-12;

    [Fact]
    public void StepSchedule_Rates_AreThoseOfPyTorchsExample()
    {
        StepSchedule schedule = new(every: 30);

        foreach ((long epoch, double rate) in new[] { (0, 0.05), (29, 0.05), (30, 0.005), (59, 0.005), (60, 0.0005), (89, 0.0005) })
        {
            schedule.RateAt(0.05, epoch).Should().BeApproximately(rate, rate * Tolerance);
        }
    }

    [Fact]
    public void StepSchedule_AnySettings_FollowsTheRecurrence() =>
        Gen.Select(Gen.Int[1, 9], Gen.Double[0.1, 1], Gen.Double[1e-5, 1]).Sample((every, factor, initial) =>
        {
            StepSchedule schedule = new(every, factor);
            double rate = initial;
            for (int t = 0; t < 50; t++)
            {
                rate = t > 0 && t % every == 0 ? rate * factor : rate;
                schedule.RateAt(initial, t).Should().BeApproximately(rate, rate * Tolerance);
            }
        });

    [Fact]
    public void ExponentialSchedule_AnySettings_FollowsTheRecurrence() =>
        Gen.Select(Gen.Double[0.5, 1], Gen.Double[1e-5, 1]).Sample((factor, initial) =>
        {
            ExponentialSchedule schedule = new(factor);
            double rate = initial;
            for (int t = 0; t < 50; t++, rate *= factor)
            {
                schedule.RateAt(initial, t).Should().BeApproximately(rate, rate * Tolerance);
            }
        });

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(2, 0.4)] // cos 60° = ½
    [InlineData(3, 0.3)]
    [InlineData(4, 0.2)]
    [InlineData(6, 0.1)]
    public void CosineSchedule_SixSteps_HasTheValuesWorkedOutByHand(long step, double rate) =>
        new CosineSchedule(minimumRate: 0.1f).RateAt(0.5, step, 6).Should().BeApproximately(rate, 1e-8);

    [Fact]
    public void CosineSchedule_AnySettings_FollowsTheRecurrencesOfLinearAndCosineAnnealing() =>
        Gen.Select(Gen.Int[0, 20], Gen.Int[2, 60], Gen.Double[0.01, 1], Gen.Float[0, 1e-3f]).Sample((warmUp, falling, start, minimum) =>
        {
            CosineSchedule schedule = new(warmUp, start, minimum);
            const double initial = 0.05;
            double rate = initial * start;
            for (int t = 0; t < warmUp; t++)
            {
                rate = t == 0 ? rate : rate * (1 + ((1 - start) / ((warmUp * start) + ((t - 1) * (1 - start)))));
                schedule.RateAt(initial, t, warmUp + falling).Should().BeApproximately(rate, 1e-9 * initial);
            }

            rate = initial;
            for (int t = 0; t < falling; t++)
            {
                rate = t == 0
                    ? rate
                    : ((1 + Math.Cos(Math.PI * t / falling)) / (1 + Math.Cos(Math.PI * (t - 1) / falling)) * (rate - minimum)) + minimum;
                schedule.RateAt(initial, warmUp + t, warmUp + falling).Should().BeApproximately(rate, 1e-9 * initial);
            }
        });

    [Fact]
    public void CosineSchedule_WarmUpAlone_RisesToTheRate()
    {
        CosineSchedule schedule = new(warmUpSteps: 4, warmUpStart: 0.25);

        Enumerable.Range(0, 5).Select(t => schedule.RateAt(1, t, 4)).Should().Equal(0.25, 0.4375, 0.625, 0.8125, 1);
    }

    [Fact]
    public void OneCycleSchedule_TurningPoints_AreTheRatesThatWereAskedFor()
    {
        OneCycleSchedule schedule = new(maximumRate: 0.25f); // 0.3·20 − 1 = 5 is the peak, 19 the last step

        schedule.RateAt(0, 20).Should().BeApproximately(0.01, 1e-15);
        schedule.RateAt(5, 20).Should().Be(0.25);
        schedule.RateAt(12, 20).Should().BeApproximately((0.25 + 1e-6) / 2, 1e-15, "it is halfway down");
        schedule.RateAt(19, 20).Should().BeApproximately(1e-6, 1e-18);
        schedule.RateAt(20, 20).Should().BeApproximately(1e-6, 1e-18, "after the last step nothing changes");
    }

    [Fact]
    public void OneCycleSchedule_AnySettings_FollowsThePhases() =>
        Gen.Select(Gen.Int[4, 90], Gen.Double[0, 1], Gen.Double[1, 50], Gen.Double[1, 1e5]).Sample((total, share, initial, final) =>
        {
            OneCycleSchedule schedule = new(0.25f, share, initial, final);
            double low = 0.25 / initial, end = share * total - 1;
            for (int t = 0; t < total; t++)
            {
                (double from, double to, double start, double stop) =
                    t <= end ? (low, 0.25, 0.0, end) : (0.25, low / final, end, total - 1.0);
                if (stop > start)
                {
                    double expected = to + ((from - to) / 2 * (Math.Cos(Math.PI * ((t - start) / (stop - start))) + 1));
                    schedule.RateAt(t, total).Should().BeApproximately(expected, 1e-14);
                }
            }
        });

    [Fact]
    public void OneCycleSchedule_PhaseWithoutLength_IsAtItsEnd()
    {
        new OneCycleSchedule(0.25f, risingShare: 0.5).RateAt(0, 2).Should().Be(0.25);
        new OneCycleSchedule(0.25f, risingShare: 1).RateAt(0, 1).Should().Be(0.25);
    }

    [Fact]
    public void RateAt_StepOutOfRange_Throws()
    {
        static void Throws(Action rate, string name) => rate.Should().Throw<ArgumentOutOfRangeException>().WithParameterName(name);

        Throws(() => new StepSchedule(1).RateAt(1, -1), "step");
        Throws(() => new ExponentialSchedule(0.5).RateAt(1, -1), "step");
        Throws(() => new CosineSchedule().RateAt(1, -1, 5), "step");
        Throws(() => new CosineSchedule().RateAt(1, 0, 0), "totalSteps");
        Throws(() => new OneCycleSchedule(1).RateAt(-1, 5), "step");
        Throws(() => new OneCycleSchedule(1).RateAt(0, 0), "totalSteps");
    }

    [Fact]
    public void Constructors_ValuesOutOfRange_NameThem()
    {
        static void Throws(Func<object> make, string name) => make.Should().Throw<ArgumentOutOfRangeException>().WithParameterName(name);

        Throws(() => new StepSchedule(0), "every");
        Throws(() => new StepSchedule(1, 0), "factor");
        Throws(() => new StepSchedule(1, interval: (ScheduleInterval)2), "interval");
        Throws(() => new ExponentialSchedule(1.1), "factor");
        Throws(() => new ExponentialSchedule(double.NaN), "factor");
        Throws(() => new CosineSchedule(-1), "warmUpSteps");
        Throws(() => new CosineSchedule(1, 0), "warmUpStart");
        Throws(() => new CosineSchedule(1, 1, -1), "minimumRate");
        Throws(() => new OneCycleSchedule(0), "maximumRate");
        Throws(() => new OneCycleSchedule(1, 1.5), "risingShare");
        Throws(() => new OneCycleSchedule(1, 0.5, 0.5), "initialDivisor");
        Throws(() => new OneCycleSchedule(1, 0.5, 1, 0.5), "finalDivisor");
        Throws(() => new PlateauSchedule(factor: 1), "factor");
        Throws(() => new PlateauSchedule(patience: -1), "patience");
        Throws(() => new PlateauSchedule(threshold: 1.5), "threshold");
        Throws(() => new PlateauSchedule(thresholdMode: (PlateauThreshold)2), "thresholdMode");
        Throws(() => new PlateauSchedule(coolDown: -1), "coolDown");
        Throws(() => new PlateauSchedule(minimumRate: float.NaN), "minimumRate");
    }
}
