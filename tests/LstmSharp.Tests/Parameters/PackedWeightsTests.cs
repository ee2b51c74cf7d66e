using System.Reflection;
using LstmSharp.Kernels;

namespace LstmSharp.Tests.Parameters;

public sealed unsafe class PackedWeightsTests
{
    private const int Depth = 37;

    public static TheoryData<int, int, int> Layouts
    {
        get
        {
            TheoryData<int, int, int> layouts = [];
            foreach (SimdWidth width in Enum.GetValues<SimdWidth>())
            {
                foreach (int gates in (int[])[1, 4])
                {
                    foreach (PackingOrder order in (PackingOrder[])[PackingOrder.Forward, PackingOrder.Backward])
                    {
                        layouts.Add((int)width, gates, (int)order);
                    }
                }
            }

            return layouts;
        }
    }

    /// <summary>Kernels read whole vectors, so what a panel lacks must be 0, whatever the memory held before.</summary>
    [Theory]
    [MemberData(nameof(Layouts))]
    public void For_MemoryThatHeldOtherValues_WritesEveryValueOfEveryPanel(int width, int gates, int order)
    {
        const int Units = 19;
        Parameter parameter = new("w", gates * Units, Depth);
        var packed = new PackedWeights(parameter, gates, (PackingOrder)order);
        int lanes = ((SimdWidth)width).Lanes();
        float[] expected = (PackingOrder)order == PackingOrder.Forward
            ? Forward(Numbered(parameter), gates, Units, lanes)
            : Backward(Numbered(parameter), gates, Units, lanes);
        new Span<float>(packed.For((SimdWidth)width), expected.Length).Fill(float.NaN);

        parameter.CopyFrom(Numbered(parameter));

        new ReadOnlySpan<float>(packed.For((SimdWidth)width), expected.Length).ToArray().Should().Equal(expected);
        GC.KeepAlive(packed);
    }

    [Fact]
    public void For_AnotherThreadPackedMeanwhile_DoesNotPackAgain()
    {
        const float Mark = 77;
        Parameter parameter = new("w", 8, Depth);
        var packed = new PackedWeights(parameter, gates: 1, PackingOrder.Forward);
        Lock taken = LockOf(packed);
        var second = new Thread(() => packed.For(SimdWidth.Bits128));
        using (taken.EnterScope())
        {
            second.Start();
            SpinWait.SpinUntil(() => second.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
            *packed.For(SimdWidth.Bits128) = Mark;
        }

        second.Join();

        (*packed.For(SimdWidth.Bits128)).Should().Be(Mark, "a thread that waited finds the work done; the first may be reading already");
        GC.KeepAlive(packed);
    }

    /// <summary>The lock that packing takes: held by a test, it keeps a thread between its two looks at the version.</summary>
    private static Lock LockOf(PackedWeights packed) =>
        (Lock)typeof(PackedWeights).GetField("_lock", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(packed)!;

    private static float[] Numbered(Parameter parameter) => [.. Enumerable.Range(1, parameter.Count).Select(n => (float)n)];

    /// <summary>[panel][k][vector][lane]: of four gates, a vector for each; else neighbouring units.</summary>
    private static float[] Forward(float[] weights, int gates, int units, int lanes)
    {
        int unitsOfPanel = gates == Panels.Vectors ? lanes : Panels.Vectors * lanes;
        List<float> packed = [];
        for (int first = 0; first < units; first += unitsOfPanel)
        {
            for (int k = 0; k < Depth; k++)
            {
                for (int column = 0; column < Panels.Vectors * lanes; column++)
                {
                    (int gate, int unit) = gates == Panels.Vectors ? (column / lanes, first + (column % lanes)) : (0, first + column);
                    packed.Add(unit < units ? weights[(((gate * units) + unit) * Depth) + k] : 0);
                }
            }
        }

        return [.. packed];
    }

    /// <summary>[gate][panel][unit][column].</summary>
    private static float[] Backward(float[] weights, int gates, int units, int lanes)
    {
        List<float> packed = [];
        for (int gate = 0; gate < gates; gate++)
        {
            for (int first = 0; first < Depth; first += Panels.Vectors * lanes)
            {
                for (int unit = 0; unit < units; unit++)
                {
                    for (int column = first; column < first + (Panels.Vectors * lanes); column++)
                    {
                        packed.Add(column < Depth ? weights[(((gate * units) + unit) * Depth) + column] : 0);
                    }
                }
            }
        }

        return [.. packed];
    }
}
