namespace LstmSharp;

/// <summary>Why training ended.</summary>
public enum StopReason
{
    /// <summary>All epochs were run.</summary>
    Completed = 0,

    /// <summary>The validation loss had not improved for as many epochs as <see cref="EarlyStopping.Patience"/> allows.</summary>
    EarlyStopped = 1,

    /// <summary>The cancellation token asked for it.</summary>
    Cancelled = 2,

    /// <summary>A <see cref="LstmSharp.TimeBudget"/> was spent.</summary>
    TimeBudgetSpent = 3,

    /// <summary>A callback called <see cref="TrainingContext.Stop()"/>.</summary>
    Requested = 4,
}
