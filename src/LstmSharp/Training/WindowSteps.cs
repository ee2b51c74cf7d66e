namespace LstmSharp;

/// <summary>Truncated backpropagation through time: each step is one window of a batch, which starts from the states that the window
/// before ended in, while no gradient goes back there.</summary>
/// <remarks>docs/math/lstm.md, (9). Every epoch has as many windows, whatever its order (<see cref="EpochBatches.Shuffle"/>). Source:
/// Williams and Peng 1990, BPTT(h; h′) with h = h′.</remarks>
internal sealed class WindowSteps : TrainingSteps
{
    private int _batch;

    /// <summary>Whether the last batch stands at the next step already.</summary>
    private bool _isThere;

    public WindowSteps(EpochBatches batches, TrainingOptions options, ParameterSet gradients)
        : base(batches, options, gradients)
    {
        BeginEpoch(1);
        Count = checked(Enumerable.Range(0, batches.Count).Sum(batches.WindowsOf));
        GoTo(0);
    }

    public override int Count { get; }

    public override ModelState? CarriedState => _isThere ? LastBatch.InitialState : LastBatch.NextState;

    public override LossSum Compute(int step, long update)
    {
        if (step == 0)
        {
            GoTo(0);
        }
        else if (!_isThere)
        {
            GoOn();
        }

        _isThere = false;
        Gradients.Clear();
        LossSum sum = LastBatch.ForwardToTrain(Options.Loss, Options.Seed, update);
        LastBatch.Backward(Gradients);
        return sum;
    }

    public override ModelState? GoTo(int step)
    {
        if (step == Count)
        {
            return null;
        }

        int window = step;
        for (_batch = 0; window >= Batches.WindowsOf(_batch); _batch++)
        {
            window -= Batches.WindowsOf(_batch);
        }

        LastBatch = Batches.Load(_batch);
        LastBatch.GoTo(window);
        _isThere = true;
        return LastBatch.InitialState;
    }

    private void GoOn()
    {
        if (LastBatch.NextState is not null)
        {
            LastBatch.GoOn();
            return;
        }

        LastBatch = Batches.Load(++_batch);
    }
}
