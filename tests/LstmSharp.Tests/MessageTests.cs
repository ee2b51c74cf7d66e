using System.Numerics.Tensors;
using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests;

/// <summary>Numbers in messages are the same in every culture.</summary>
public sealed class MessageTests
{
    private static readonly Dictionary<string, Action> Faults = new()
    {
        ["column 0 has the mean 1.5 and the scale -0.5."] = () => _ = new StandardScaler([1.5], [-0.5]),
        ["values must be finite, but holds -Infinity in row 1, column 0."] = () =>
            new StandardScaler([0], [1]).Transform(Tensor.Create([0f, float.NegativeInfinity], [2, 1])),
        ["columns must lie from 0 to 0, but holds -1."] = () =>
            new StandardScaler([0], [1]).Transform(Tensor.Create([0f], [1, 1]), -1),
        ["at most 1 together with train (0.7)."] = () => TimeSplit.ByFractions(10, 0.7, 0.5),
        ["must hold finite values, but holds Infinity in row 1, column 0;"] = () =>
            StandardScaler.Fit(Tensor.Create([0f, float.PositiveInfinity], [2, 1]), ..),
        ["must name columns from 0, but names -1."] = () => _ = new SlidingWindows(2, 1, [-1]),
        ["momentum is 0.5 and dampening 0.25."] = () => _ = new Sgd(0.1f, momentum: 0.5f, dampening: 0.25f, nesterov: true),
        ["classes from 0 to 1 (or -100 to ignore), but row 0 holds -3."] = () => new Accuracy().Add([0, 0], [-3]),
        ["the input of sample 0 is Infinity at step 0, feature 0."] = () => LineModel().Fit(
            Steps([float.PositiveInfinity], [1]), new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = new Adam() }),
        ["must have classes from 0 to 1 (or -100 to ignore), but SequenceDataset(1 samples: 1 × 1 => 1 classes) has -3 at step 0"] = () =>
            SequenceModel.Create(1).Dense(2).Build().Evaluate(
                new SequenceDataset(Tensor.Create([0f], [1, 1, 1]), Tensor.Create([-3], [1])), Loss.CrossEntropy),
    };

    public static TheoryData<string> Messages => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_InACultureWithCommas_HasPoints(string message)
    {
        using var culture = new CommaCulture();

        Faults[message].Should().Throw<Exception>().WithMessage($"*{message}*");
    }
}
