using System.Numerics.Tensors;

namespace LstmSharp.Tests.Models;

/// <summary>One model, used by many at once.</summary>
public sealed class SharedModelTests
{
    private const int Tasks = 64;
    private const int Predictions = 1_000;

    /// <summary>The inputs differ in length and batch, so that tasks that mixed up their memory would be seen.</summary>
    private static readonly (int Length, int BatchSize)[] Shapes = [(1, 1), (3, 2), (5, 1), (2, 7), (4, 3), (1, 9), (7, 1)];

    [Fact]
    public async Task Predict_64TasksOf1000PredictionsOnOneModel_GiveTheBitsOfTheSerialOnes()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(9).VanillaRnn(5).Dense(2).Build(1);
        model.MaxDegreeOfParallelism = 3;
        model.LeastOperationsToShare = 0;
        var random = new Random(1);
        Tensor<float>[] inputs =
        [
            .. Shapes.Select(shape => Tensor.Create(
                RandomValues.Uniform(random, shape.Length * shape.BatchSize * 3), [shape.Length, shape.BatchSize, 3])),
        ];
        float[][] expected = Array.ConvertAll(inputs, input => Values(model.Predict(input)));
        using var start = new Barrier(Tasks);

        int[] equal = await Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(TimeSpan.FromMinutes(1)).Should().BeTrue();
                return Enumerable.Range(task, Predictions)
                    .Count(n => BitAssertions.HasTheBitsOf(Values(model.Predict(inputs[n % inputs.Length])), expected[n % inputs.Length]));
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        equal.Should().AllBeEquivalentTo(Predictions);
    }

    private static float[] Values(Tensor<float> tensor)
    {
        float[] values = new float[tensor.FlattenedLength];
        tensor.FlattenTo(values);
        return values;
    }
}
