namespace LstmSharp;

/// <summary>What one step of a <see cref="LearningRateSchedule"/> is.</summary>
public enum ScheduleInterval
{
    /// <summary>The schedule takes a step after every epoch and its validation.</summary>
    Epoch = 0,

    /// <summary>The schedule takes a step after every batch.</summary>
    Batch = 1,
}
