namespace LstmSharp;

/// <summary>The faults of a run: one entry for all failures of the same until it succeeds.</summary>
internal sealed class TrainingFaults
{
    /// <summary>A list that never changes, so that whoever was given it may read it on another thread.</summary>
    public TrainingFault[] All { get; private set; } = [];

    public void Add(string source, int epoch, int batch, Exception exception)
    {
        int open = IndexOfOpen(source);
        All = open < 0
            ? [.. All, new TrainingFault(source, epoch, batch, exception)]
            : With(open, All[open].Again(exception));
    }

    /// <summary>Notes that what failed has been done, if it failed.</summary>
    public void MakeUpFor(string source)
    {
        if (IndexOfOpen(source) is >= 0 and var open)
        {
            All = With(open, All[open].MadeUpFor());
        }
    }

    private int IndexOfOpen(string source) => All.Length == 0
        ? -1
        : Array.FindLastIndex(All, fault => fault.Source == source && !fault.IsMadeUpFor);

    private TrainingFault[] With(int index, TrainingFault fault)
    {
        TrainingFault[] all = [.. All];
        all[index] = fault;
        return all;
    }
}
