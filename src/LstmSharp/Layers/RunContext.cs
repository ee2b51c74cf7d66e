namespace LstmSharp;

/// <summary>What a run through the layers needs to know beside its data.</summary>
/// <param name="Machine">What computes.</param>
/// <param name="Continues">Whether these steps follow those of the run before, so that states go on from where they are, unless others
/// are given.</param>
/// <param name="RowsOfChunk">On the way back, the gradients of the weights are summed by chunks of so many rows of neighbouring steps, the
/// last chunk first, ascending in each: <see cref="StepTable.StartOfRows"/>.</param>
/// <param name="Recomputes">Whether these steps ran before and are computed again for the way back, so that what a layer gathers over all
/// steps is there already.</param>
/// <param name="Training">The step of training; null where the run predicts, so that nothing is dropped.</param>
internal readonly record struct RunContext(
    Machine Machine, bool Continues = false, long RowsOfChunk = long.MaxValue, bool Recomputes = false, TrainingRows? Training = null);
