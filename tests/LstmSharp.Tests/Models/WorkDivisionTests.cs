namespace LstmSharp.Tests.Models;

/// <summary>The rules by which a recurrent layer's work is divided, as a table and as laws over many shapes.</summary>
public sealed class WorkDivisionTests
{
    private const double LeastOperations = 1 << 20;

    [Theory]
    [InlineData(64, 1, 1, false, "1 shares of the units, step by step")]
    [InlineData(64, 1, 2, false, "2 shares of the units, step by step")]
    [InlineData(64, 32, 1, true, "32 rows in 1 blocks, each through all steps by itself")]
    [InlineData(64, 32, 2, true, "32 rows in 2 blocks, each through all steps by itself")]
    [InlineData(64, 32, 16, true, "32 rows in 8 blocks, each through all steps by itself")]
    [InlineData(64, 200, 2, true, "200 rows in 4 blocks, each through all steps by itself")]
    [InlineData(512, 4, 2, true, "2 shares of the units, step by step")]
    [InlineData(512, 64, 2, true, "64 rows in 2 blocks, each through all steps by itself")]
    [InlineData(512, 64, 2, false, "8 shares of the units, step by step")]
    public void Explain_Lstm_SaysHow(int hiddenSize, int rows, int threads, bool hasWayBack, string expected) =>
        Lstm(hiddenSize, hiddenSize, hasWayBack).Explain(rows, threads, LeastOperations).Should().Be(expected);

    [Fact]
    public void RowBlocks_AnyShape_HoldEnoughRowsEachAndOccupyTheThreads() =>
        ForEachShape((division, rows, threads) =>
        {
            int blocks = division.RowBlocks(rows, threads, LeastOperations);
            blocks.Should().BeInRange(0, Math.Max(threads, (rows + 63) / 64), "of {0}, {1} rows, {2} threads", division, rows, threads);
            (blocks * 4).Should().BeLessThanOrEqualTo(rows, "of {0}, {1} rows, {2} threads", division, rows, threads);
        });

    [Fact]
    public void UnitShares_AnyShape_AreFewerThanPanelsAndAsManyAsMostShares() =>
        ForEachShape((division, rows, threads) =>
        {
            int shares = division.UnitShares(rows, threads, LeastOperations, most: 7);
            shares.Should().BeInRange(1, Math.Min(7, division.MostShares(threads)), "of {0}, {1} rows, {2} threads", division, rows, threads);
        });

    [Fact]
    public void UnitShares_OneThread_AreOne() =>
        ForEachShape((division, rows, _) => division.UnitShares(rows, 1, LeastOperations, most: 100).Should().Be(1));

    private static void ForEachShape(Action<WorkDivision, int, int> check)
    {
        foreach (int hiddenSize in new[] { 1, 16, 64, 100, 256, 1_024 })
        {
            foreach (int rows in new[] { 1, 2, 3, 7, 8, 9, 31, 64, 65, 128, 129, 1_000 })
            {
                foreach (int threads in new[] { 1, 2, 3, 16, 64 })
                {
                    check(Lstm(hiddenSize, hiddenSize, hasWayBack: true), rows, threads);
                    check(Lstm(1, hiddenSize, hasWayBack: false), rows, threads);
                }
            }
        }
    }

    private static WorkDivision Lstm(int inputSize, int hiddenSize, bool hasWayBack) =>
        new(inputSize, 4 * hiddenSize, 4L * hiddenSize * (inputSize + hiddenSize), 4L * hiddenSize * hiddenSize, hasWayBack);
}
