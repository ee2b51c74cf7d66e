using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LstmSharp.Campaigns.AllFloats;
using LstmSharp.Kernels;

namespace LstmSharp.Tests.Kernels;

public class ElementaryFunctionsTests
{
    private const int Neighbourhood = 40;

    private static readonly SimdWidth[] Widths = [SimdWidth.Bits256, SimdWidth.Bits128, SimdWidth.Bits512];

    /// <summary>Where something begins or ends: 0, denormals, ½ ln 2 and its multiples, saturation, overflow, underflow, ∞, NaN.</summary>
    private static readonly float[] Thresholds =
    [
        0, 1e-45f, 1.17549435e-38f, 1.1e-19f, 2.4e-4f, 0.173286796f, 0.346573591f, 0.519860387f, 1.03972077f,
        8.66433976f, 9.01091347f, 9.5f, 14.7319f, 15.5958f, 15.9467f, 16.6355f, 17.3286795f, 20,
        86.6434f, 87.3365448f, 88, 88.3762626f, 88.7228394f, 89, 89.0692f, 102.6723f, 103.278929f, 103.972084f, 104, 105,
        1e30f, float.MaxValue, float.PositiveInfinity, BitConverter.UInt32BitsToSingle(0x7FC00000),
    ];

    private static readonly float[] Sample = CreateSample(step: 4099);

    public static TheoryData<string> Names => [.. ElementaryFunction.All.Select(function => function.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_DenseSampleOfAllFloats_KeepsEveryLawOnEveryWidth(string name)
    {
        var report = new FunctionReport(Function(name));

        Sweep.Add(report, Sample, Array.ConvertAll(Sample, x => -x), Widths);

        report.Checked.Should().Be(2 * Sample.Length);
        report.WorstUlpError.Should().BeLessThanOrEqualTo(FunctionReport.MaxUlpError, "at {0:G9}", report.WorstUlpErrorAt);
        report.WorstStepBack.Should().BeLessThanOrEqualTo(FunctionReport.MaxStepBack, "at {0:G9}", report.WorstStepBackAt);
        report.OutOfBounds.Should().Be(0);
        report.NotOdd.Should().Be(0);
        report.WidthMismatches.Should().Be(0);
        report.Holds.Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_EveryLength_GivesTheSameBitsInLanesAndTails(string name)
    {
        ElementaryFunction function = Function(name);
        float[] x = [.. Enumerable.Range(0, 70).Select(n => (n % 2 == 0 ? 1 : -1) * 0.0021f * n * n * n)];
        foreach (SimdWidth width in Widths)
        {
            float[] alone = Array.ConvertAll(x, value => Apply(function, [value], width)[0]);
            for (int length = 0; length <= x.Length; length++)
            {
                Apply(function, x[..length], width).ShouldHaveTheBitsOf(alone.AsSpan(..length), "length {0}, width {1}", length, width);
            }
        }
    }

    [Fact]
    public void Functions_ThreeVectorsInStep_HaveTheBitsOfOneVector()
    {
        float[] x = [.. Thresholds, .. Thresholds.Select(value => -value), .. Enumerable.Range(0, 100).Select(n => (0.37f * n) - 18)];
        ExpectBitsOfOneVector<Simd128, Vector128<float>>(x);
        ExpectBitsOfOneVector<Simd256, Vector256<float>>(x);
        ExpectBitsOfOneVector<Simd512, Vector512<float>>(x);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_LongerDestinationMemory_WritesNothingBeyondTheSpan(string name)
    {
        foreach (SimdWidth width in Widths)
        {
            float[] destination = [.. Enumerable.Repeat(7f, 40)];

            Function(name).Apply(new float[21], destination.AsSpan(3, 21), width);

            destination[..3].Concat(destination[24..]).Should().AllBeEquivalentTo(7f);
        }
    }

    [Fact]
    public void Exp_SpecialValues_AreExact()
    {
        float[] x = [0, -0f, float.PositiveInfinity, float.NegativeInfinity, 88.72284f, -103.972084f, -104, float.NaN];
        float[] expected = [1, 1, float.PositiveInfinity, 0, float.PositiveInfinity, 0, 0, float.NaN];

        ShouldGive(ElementaryFunction.Exp, x, expected);
    }

    [Fact]
    public void Sigmoid_SpecialValues_AreExact()
    {
        float[] x = [0, -0f, float.PositiveInfinity, float.NegativeInfinity, 18, float.MaxValue, -104, float.MinValue, float.NaN];
        float[] expected = [0.5f, 0.5f, 1, 0, 1, 1, 0, 0, float.NaN];

        ShouldGive(ElementaryFunction.Sigmoid, x, expected);
    }

    [Fact]
    public void Tanh_SpecialValues_AreExact()
    {
        float[] x = [0, -0f, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon, 1e-30f, 20, -20, float.NaN];
        float[] expected = [0, -0f, 1, -1, float.Epsilon, -float.Epsilon, 1e-30f, 1, -1, float.NaN];

        ShouldGive(ElementaryFunction.Tanh, x, expected);
    }

    private static void ShouldGive(ElementaryFunction function, float[] x, float[] expected)
    {
        foreach (SimdWidth width in Widths)
        {
            float[] actual = Apply(function, x, width);
            actual.Select(NaNAsOne).Should().Equal(expected.Select(NaNAsOne), "{0} on {1}", function.Name, width);
        }
    }

    /// <summary>The bits of a value; the same for every NaN.</summary>
    private static int NaNAsOne(float value) => BitConverter.SingleToInt32Bits(float.IsNaN(value) ? float.NaN : value);

    private static float[] Apply(ElementaryFunction function, float[] x, SimdWidth width)
    {
        var y = new float[x.Length];
        function.Apply(x, y, width);
        return y;
    }

    private static void ExpectBitsOfOneVector<TSimd, TVector>(float[] x)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        for (int n = 0; n < x.Length - 2; n++)
        {
            TVector a = TSimd.Broadcast(x[n]), b = TSimd.Broadcast(x[n + 1]), c = TSimd.Broadcast(x[n + 2]);
            Three<TVector> three = new(a, b, c);
            ExpectBits(ElementaryFunctions<Simd3<TSimd, TVector>, Three<TVector>>.Exp(three), ElementaryFunctions<TSimd, TVector>.Exp);
            ExpectBits(ElementaryFunctions<Simd3<TSimd, TVector>, Three<TVector>>.Sigmoid(three), ElementaryFunctions<TSimd, TVector>.Sigmoid);
            ExpectBits(ElementaryFunctions<Simd3<TSimd, TVector>, Three<TVector>>.Tanh(three), ElementaryFunctions<TSimd, TVector>.Tanh);

            void ExpectBits(Three<TVector> actual, Func<TVector, TVector> function)
            {
                TVector[] expected = [function(a), function(b), function(c)];
                Bits([actual.First, actual.Second, actual.Third]).Should().Equal(Bits(expected), "at {0}", x[n]);
            }
        }

        static int[] Bits(TVector[] vectors) => Array.ConvertAll(MemoryMarshal.Cast<TVector, float>(vectors).ToArray(), NaNAsOne);
    }

    private static ElementaryFunction Function(string name) => ElementaryFunction.All.Single(function => function.Name == name);

    /// <summary>Every step-th magnitude and all near a threshold, ascending, NaN last.</summary>
    private static float[] CreateSample(int step)
    {
        var bits = new List<uint>();
        for (long n = 0; n <= int.MaxValue; n += step)
        {
            bits.Add((uint)n);
        }

        foreach (float threshold in Thresholds)
        {
            long centre = BitConverter.SingleToUInt32Bits(threshold);
            for (long n = Math.Max(0, centre - Neighbourhood); n <= centre + Neighbourhood; n++)
            {
                bits.Add((uint)n);
            }
        }

        bits.Sort();
        return [.. bits.Select(BitConverter.UInt32BitsToSingle)];
    }
}
