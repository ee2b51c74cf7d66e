namespace LstmSharp;

/// <summary>What a run through the layers needs to know beside its data.</summary>
/// <param name="Machine">What computes.</param>
/// <param name="Continues">Whether these steps follow those of the run before, so that states go on from where they are, unless others
/// are given.</param>
/// <param name="RowsOfChunk">On the way back, the gradients of the weights are summed by chunks of so many rows of neighbouring steps, the
/// last chunk first, ascending in each: <see cref="StepTable.StartOfRows"/>.</param>
/// <param name="Recomputes">Whether these steps ran before and are computed again for the way back, so that what a layer gathers over all
/// steps is there already.</param>
/// <param name="RowsOfLargestPiece">Of a sequence that comes in pieces, the rows of all steps of the largest one, for which memory is taken at
/// once: a buffer that grew with the pieces would take more than all of them need.</param>
/// <param name="Training">The step of training; null where the run predicts, so that nothing is dropped.</param>
internal readonly record struct RunContext(
    Machine Machine,
    bool Continues = false,
    long RowsOfChunk = long.MaxValue,
    bool Recomputes = false,
    long RowsOfLargestPiece = 0,
    TrainingRows? Training = null)
{
    /// <summary>For how many rows to make room where so many come now.</summary>
    public long RoomFor(int rows) => Math.Max(rows, RowsOfLargestPiece);
}
