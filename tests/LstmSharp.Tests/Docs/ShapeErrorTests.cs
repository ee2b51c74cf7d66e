using System.Numerics.Tensors;
using LstmSharp;

namespace Documentation;

/// <summary>The table of errors in docs/guide/shapes.md quotes what is really thrown.</summary>
public sealed class ShapeErrorTests
{
    [Theory]
    [InlineData("docs/guide/shapes.md", "## 8. Errors and what they mean")]
    [InlineData("docs/ko/guide/shapes.md", "## 8. 오류와 그 뜻")]
    public void Errors_OfThePagesTable_AreWhatTheirCausesThrow(string path, string heading) => ErrorTable.ShouldQuote(path, heading, Causes());

    private static IEnumerable<Action> Causes()
    {
        SequenceModel model = SequenceModel.Create(inputSize: 2).Lstm(32).TakeLast().Dense(6).Build();
        Tensor<float> inputs = Zeros(24, 100, 2);
        yield return () => Tensor.Create(new float[100], [24, 5, 2]);
        yield return () => model.Predict(Zeros(24, 5, 3));
        yield return () => model.Predict(inputs, new TensorSpan<float>(new float[2400 * 6], [24, 100, 6]));
        yield return () => SequenceModel.Create(inputSize: 2).Flatten(24).Dense(6).Build().Predict(Zeros(30, 1, 2));
        yield return () => SequenceModel.Create(inputSize: 2).Lstm(32).TakeLast().Flatten(24);
        yield return () => SequenceModel.Create(inputSize: 32).Residual(inner => inner.Lstm(16));
        yield return () => SequenceModel.Create(inputSize: 32).Residual(inner => inner.Lstm(32).TakeLast());
        yield return () => _ = new SequenceDataset(inputs, Tensor.CreateFromShape<float>([100]));
        yield return () => _ = new SequenceDataset(inputs, Tensor.CreateFromShape<float>([1, 99, 6]));
        yield return () => _ = new SequenceDataset(inputs, Tensor.CreateFromShape<int>([100, 1, 1]));
        yield return () => model.Fit(
            new SequenceDataset(inputs, Tensor.Create(Enumerable.Range(1, 100).Select(n => n % 7).ToArray(), [100])),
            new TrainingOptions { Loss = Loss.CrossEntropy, Optimizer = new Adam() });
        yield return () => new SlidingWindows(length: 24, horizon: 6, targetColumns: [0]).Cut(Tensor.CreateFromShape<float>([200]), ..);
    }

    private static Tensor<float> Zeros(params ReadOnlySpan<nint> shape) => Tensor.CreateFromShape<float>(shape);
}
