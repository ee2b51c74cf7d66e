namespace LstmSharp;

/// <summary>How the work of a recurrent layer's step is divided among threads: by rows, by units, or not at all.</summary>
/// <remarks><para>Rows of a batch are independent through all of time: each block of them goes through all steps by itself, on whatever thread.
/// Of a batch with few rows the units are divided instead, step by step; there the input's part of the sums is computed for many steps
/// at once, because reading the weights is what takes the time. Units are divided, too, where a step of a prediction is long: nobody
/// then waits longer than for a small piece of a step when some processor is slow.</para>
/// <para>Results do not depend on it. All answers are functions of sizes and of the number of threads alone; what was measured is in
/// docs/decisions/0006 and 0009.</para></remarks>
/// <param name="InputSize">The number of values in a step's input.</param>
/// <param name="SumSize">How many sums a row's step has.</param>
/// <param name="Weights">How many weights a row's step meets.</param>
/// <param name="RecurrentWeights">How many of them multiply the state.</param>
/// <param name="HasWayBack">Whether the pass keeps what a way back needs.</param>
internal readonly record struct WorkDivision(int InputSize, int SumSize, long Weights, long RecurrentWeights, bool HasWayBack)
{
    /// <summary>Into how many shares for each thread a long step is divided.</summary>
    private const int SharesOfLongStep = 4;

    /// <summary>The least rows of a block: with fewer, reading all weights takes longer than computing with them.</summary>
    private const int LeastRowsOfABlock = 8;

    /// <summary>The least rows of a block of many, where the weights stay in the second-level cache.</summary>
    private const int LeastRowsWithCachedWeights = 4;

    /// <summary>How many floats of weights stay in the second-level cache.</summary>
    private const int CachedWeights = 1 << 17;

    /// <summary>The most rows of a block: what a step reads and writes stays in the second-level cache.</summary>
    private const int MostRowsOfABlock = 64;

    /// <summary>How many sums get their input's part in one product, so that they are still in the second-level cache when their time
    /// step comes.</summary>
    private const int SumsAtATime = 1 << 16;

    /// <summary>The most input values that one row's step multiplies itself: the time that its chains wait for their own results is
    /// enough for them. The sums of more are computed for many steps at once.</summary>
    private const int MostInputsInStep = 4;

    /// <summary>The part of <see cref="Machine.LeastOperations"/> that a thread could do in the time that one thread more adds to a meeting
    /// at the end of a step.</summary>
    private const double MeetingsInLeastOperations = 128;

    /// <summary>The division of a cell's work.</summary>
    public static WorkDivision Of(RecurrentCell cell, bool hasWayBack)
    {
        long recurrentWeights = (long)cell.GateCount * cell.HiddenSize * cell.HiddenSize;
        return new WorkDivision(
            cell.InputSize,
            cell.Weights.GatesStride,
            ((long)cell.GateCount * cell.HiddenSize * cell.InputSize) + recurrentWeights,
            recurrentWeights,
            hasWayBack);
    }

    /// <summary>How many rows of sums get their input's part in one product.</summary>
    public long RowsOfInputSums => SumsAtATime / SumSize;

    /// <summary>Whether the only row of a batch multiplies its input within the step.</summary>
    public bool MultipliesInputInStep => InputSize <= MostInputsInStep;

    /// <summary>How a batch is divided.</summary>
    /// <param name="rows">The number of living rows.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="leastOperations"><see cref="Machine.LeastOperations"/>.</param>
    /// <returns>The number of blocks of rows; 0 where the units of each step are divided.</returns>
    public int RowBlocks(int rows, int threads, double leastOperations)
    {
        bool weightsStayCached = Weights <= CachedWeights;
        int blocks = Math.Clamp(rows / (weightsStayCached ? LeastRowsWithCachedWeights : LeastRowsOfABlock), 1, threads);
        double savedByUnits = StepOperations(rows) * ((1.0 / blocks) - (1.0 / threads));
        if (rows < LeastRowsOfABlock || savedByUnits > threads * leastOperations / MeetingsInLeastOperations)
        {
            return 0;
        }

        blocks = Math.Max(blocks, (rows + MostRowsOfABlock - 1) / MostRowsOfABlock);
        return blocks < threads * SharesOfLongStep && IsLongStep(rows, threads, leastOperations) ? 0 : blocks;
    }

    /// <summary>Into how many shares the units of a step are divided.</summary>
    /// <param name="rows">The number of living rows.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="leastOperations"><see cref="Machine.LeastOperations"/>.</param>
    /// <param name="most">The most shares, as many as there are panels of units.</param>
    public int UnitShares(int rows, int threads, double leastOperations, int most)
    {
        double shares = IsLongStep(rows, threads, leastOperations)
            ? threads * SharesOfLongStep
            : Math.Min(threads, StepOperations(rows) / Math.Max(1, leastOperations / MeetingsInLeastOperations));
        return (int)Math.Clamp(shares, 1, most);
    }

    /// <summary>Whether the two directions of a layer go through all steps at once, each on one thread: where rows are too few to divide them,
    /// and more threads would not help with the units of a step.</summary>
    public bool DirectionsAtOnce(int rows, int threads, double leastOperations) =>
        threads > 1 && RowBlocks(rows, threads, leastOperations) == 0 && UnitShares(rows, threads, leastOperations, int.MaxValue) <= 2;

    /// <summary>The most shares that <see cref="UnitShares"/> gives to so many threads.</summary>
    public int MostShares(int threads) => threads * (HasWayBack ? 1 : SharesOfLongStep);

    /// <summary>Says how a batch is divided, for people.</summary>
    public string Explain(int rows, int threads, double leastOperations) =>
        RowBlocks(rows, threads, leastOperations) is > 0 and var blocks
            ? $"{rows} rows in {blocks} blocks, each through all steps by itself"
            : $"{UnitShares(rows, threads, leastOperations, int.MaxValue)} shares of the units, step by step";

    /// <summary>Whether a step of a prediction is so long that every thread's part of it would be worth sharing by itself. A training
    /// pass was measured to gain nothing by it.</summary>
    private bool IsLongStep(int rows, int threads, double leastOperations) =>
        !HasWayBack && threads > 1 && 2.0 * rows * Weights >= threads * leastOperations;

    /// <summary>The multiplications and additions of a step's recurrent product.</summary>
    private double StepOperations(int rows) => 2.0 * rows * RecurrentWeights;
}
