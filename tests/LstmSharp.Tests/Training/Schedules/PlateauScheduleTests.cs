using CsCheck;

namespace LstmSharp.Tests.Training.Schedules;

public sealed class PlateauScheduleTests
{
    private static readonly double[] Losses =
        [1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.89, 0.9, 0.9, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];

    [Fact]
    public void RateAfter_RelativeThresholdWithCoolDownAndMinimum_IsAsWorkedOutByHand()
    {
        PlateauSchedule schedule = Begin(new(factor: 0.5, patience: 2, threshold: 0.02, coolDown: 1, minimumRate: 0.07f), rate: 0.5);

        Rates(schedule).Should().Equal(
            0.5, 0.5, 0.5, 0.5, // the second is the best, then two bad ones
            0.25, // the third
            0.25, 0.25, 0.25, // cool-down; 0.89 is not below 0.9·0.98, so bad; bad
            0.125, 0.125, 0.125, 0.125, // bad; cool-down; two bad ones
            0.125, 0.125, 0.125, // good; two bad ones
            0.07f, 0.07f, 0.07f, 0.07f, 0.07f); // half would be below the minimum; no lower from there
    }

    [Fact]
    public void RateAfter_AbsoluteThreshold_IsAsWorkedOutByHand()
    {
        PlateauSchedule schedule = Begin(
            new(factor: 0.5, patience: 2, threshold: 0.005, thresholdMode: PlateauThreshold.Absolute), rate: 0.5);

        Rates(schedule).Should().Equal(
            0.5, 0.5, 0.5, 0.5, 0.25, // three bad ones
            0.25, 0.25, // bad; 0.89 is good
            0.25, 0.25, 0.125, // three bad ones
            0.125, 0.125, 0.125, // two bad ones, a good one
            0.125, 0.125, 0.0625, 0.0625, 0.0625, 0.03125, 0.03125); // three bad ones, twice; one more
    }

    [Fact]
    public void RateAfter_RateThatHardlyChanges_StaysAsItIs()
    {
        PlateauSchedule schedule = Begin(new(factor: 0.5, patience: 0), rate: 1.5e-8);

        schedule.RateAfter(1);
        schedule.RateAfter(1).Should().Be(1.5e-8);
    }

    [Fact]
    public void RateAfter_AnySettingsAndLosses_FollowsPyTorchsRule() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Double[0, 0.3], Gen.Bool, Gen.Double[0, 1].Array[60]).Sample(
            (patience, coolDown, threshold, relative, losses) =>
            {
                PlateauThreshold mode = relative ? PlateauThreshold.Relative : PlateauThreshold.Absolute;
                PlateauSchedule schedule = Begin(new(0.7, patience, threshold, mode, coolDown, 0.01f), rate: 0.5);
                double best = double.PositiveInfinity, rate = 0.5;
                int bad = 0, waiting = 0;
                foreach (double loss in losses)
                {
                    if (relative ? loss < best * (1.0 - threshold) : loss < best - threshold)
                    {
                        (best, bad) = (loss, 0);
                    }
                    else
                    {
                        bad += 1;
                    }

                    (waiting, bad) = waiting > 0 ? (waiting - 1, 0) : (0, bad);
                    if (bad > patience)
                    {
                        double lower = Math.Max(rate * 0.7, 0.01f);
                        rate = rate - lower > 1e-8 ? lower : rate;
                        (waiting, bad) = (coolDown, 0);
                    }

                    schedule.RateAfter(loss).Should().Be(rate);
                }
            });

    [Fact]
    public void SaveState_Restored_GoesOnTheSame()
    {
        PlateauSchedule Create() => new(factor: 0.5, patience: 2, threshold: 0.02, coolDown: 1, minimumRate: 0.07f);
        for (int stop = 0; stop < Losses.Length; stop++)
        {
            PlateauSchedule schedule = Begin(Create(), rate: 0.5), resumed = Create();
            Array.ForEach(Losses[..stop], loss => schedule.RateAfter(loss));
            resumed.RestoreState(schedule.SaveState());

            foreach (double loss in Losses[stop..])
            {
                resumed.RateAfter(loss).Should().Be(schedule.RateAfter(loss));
            }
        }
    }

    private static PlateauSchedule Begin(PlateauSchedule schedule, double rate)
    {
        schedule.RestoreState(StateText.Of(rate, double.PositiveInfinity, 0, 0));
        return schedule;
    }

    private static IEnumerable<double> Rates(PlateauSchedule schedule) => Losses.Select(schedule.RateAfter);
}
