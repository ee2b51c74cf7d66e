namespace LstmSharp;

/// <summary>The faults of a run: one entry for all failures of the same until it succeeds.</summary>
internal sealed class TrainingFaults
{
    private TrainingFault[] _all = [];

    /// <summary>A list that never changes, so that whoever was given it may read it on another thread.</summary>
    public IReadOnlyList<TrainingFault> All { get; private set; } = Array.AsReadOnly(Array.Empty<TrainingFault>());

    public void Add(string source, int epoch, int batch, Exception exception)
    {
        int open = IndexOfOpen(source);
        Become(open < 0
            ? [.. _all, new TrainingFault(source, epoch, batch, exception)]
            : With(open, _all[open].Again(exception)));
    }

    /// <summary>Notes that what failed has been done, if it failed.</summary>
    public void MakeUpFor(string source)
    {
        if (IndexOfOpen(source) is >= 0 and var open)
        {
            Become(With(open, _all[open].MadeUpFor()));
        }
    }

    private void Become(TrainingFault[] faults) => (_all, All) = (faults, Array.AsReadOnly(faults));

    private int IndexOfOpen(string source) => _all.Length == 0
        ? -1
        : Array.FindLastIndex(_all, fault => fault.Source == source && !fault.IsMadeUpFor);

    private TrainingFault[] With(int index, TrainingFault fault)
    {
        TrainingFault[] all = [.. _all];
        all[index] = fault;
        return all;
    }
}
