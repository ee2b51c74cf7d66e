using System.Numerics.Tensors;
using LstmSharp.Tests.Golden;

namespace LstmSharp.Tests.Training;

public sealed class LossGoldenTests
{
    private const double WorstAllowed = 1e-6;

    /// <summary>libtorch keeps logarithms near −39 in float32: its own gradient is 2.1e-6 from that in double.</summary>
    private const double WorstAllowedOfCtcGradient = 3e-6;

    /// <summary>The δ of loss_huber, which its metadata does not hold: 35 times its largest gradient.</summary>
    private const float HuberDelta = 0.7f;

    [Theory]
    [InlineData("loss_mse")]
    [InlineData("loss_mae")]
    [InlineData("loss_huber")]
    [InlineData("loss_smooth_l1")]
    [InlineData("loss_bce_with_logits")]
    public void Evaluate_ValueTargets_MatchesLibtorch(string name)
    {
        GoldenFile golden = GoldenFile.Read(name);
        Loss<float> loss = name switch
        {
            "loss_mse" => Loss.MeanSquaredError,
            "loss_mae" => Loss.MeanAbsoluteError,
            "loss_huber" => Loss.Huber(HuberDelta),
            "loss_smooth_l1" => Loss.Huber(),
            _ => Loss.BinaryCrossEntropyWithLogits,
        };

        float[] gradient = new float[35];
        float actual = loss.Evaluate(golden.Floats("input"), golden.Floats("target"), gradient);

        ShouldMatch(golden, actual, gradient);
    }

    [Theory]
    [InlineData("loss_cross_entropy", 0f)]
    [InlineData("loss_cross_entropy_ignore", 0f)]
    [InlineData("loss_cross_entropy_smoothing", 0.1f)]
    public void Evaluate_ClassTargets_MatchesLibtorch(string name, float labelSmoothing)
    {
        GoldenFile golden = GoldenFile.Read(name);
        Loss<int> loss = labelSmoothing == 0 ? Loss.CrossEntropy : Loss.SmoothedCrossEntropy(labelSmoothing);

        float[] gradient = new float[35];
        int[] target = Array.ConvertAll(golden.Integers("target"), value => (int)value);
        float actual = loss.Evaluate(golden.Floats("input"), target, gradient);

        ShouldMatch(golden, actual, gradient);
    }

    [Fact]
    public void Sum_Ctc_MatchesLibtorch()
    {
        GoldenFile golden = GoldenFile.Read("loss_ctc_sum");
        int[] shape = golden.Shape("logits"), lengths = Integers(golden, "input_lengths"), labelLengths = Integers(golden, "target_lengths");
        int[][] padded = [.. Integers(golden, "targets").Chunk(golden.Shape("targets")[1])];
        int[] labels = [.. padded.SelectMany((row, n) => row.Take(labelLengths[n]))];
        float[] logits = golden.Floats("logits"), gradient = new float[logits.Length];

        double actual = new CtcLoss(blank: 0).Sum(
            new ReadOnlyTensorSpan<float>(logits, [shape[0], shape[1], shape[2]]), labels, labelLengths, gradient, lengths);

        ReadOnlySpan<float> value = [(float)actual];
        value.ShouldBeCloseTo(golden.Floats("loss"), WorstAllowed, "the loss");
        ((ReadOnlySpan<float>)gradient).ShouldBeCloseTo(golden.Floats("grad.logits"), WorstAllowedOfCtcGradient, "the gradient");
    }

    [Fact]
    public void Files_OfLosses_AreAllTested() =>
        GoldenFile.NamesOf("loss_").Should().BeEquivalentTo(
            "loss_mse",
            "loss_mae",
            "loss_huber",
            "loss_smooth_l1",
            "loss_bce_with_logits",
            "loss_cross_entropy",
            "loss_cross_entropy_ignore",
            "loss_cross_entropy_smoothing",
            "loss_ctc_sum");

    private static int[] Integers(GoldenFile golden, string tensor) => Array.ConvertAll(golden.Integers(tensor), value => (int)value);

    private static void ShouldMatch(GoldenFile golden, float loss, ReadOnlySpan<float> gradient)
    {
        ReadOnlySpan<float> value = [loss];
        value.ShouldBeCloseTo(golden.Floats("loss"), WorstAllowed, "the loss");
        gradient.ShouldBeCloseTo(golden.Floats("grad.input"), WorstAllowed, "the gradient");
    }
}
