namespace LstmSharp.Tests;

/// <summary>The oracle's embedding against central differences.</summary>
public sealed class ReferenceEmbeddingTests
{
    private const int Cases = 60;
    private const double Tolerated = 1e-8;

    [Fact]
    public void Backward_EmbeddingAndDense_MatchCentralDifferences()
    {
        for (int n = 0; n < Cases; n++)
        {
            Random random = new(n);
            int tokens = random.Next(1, 6), size = random.Next(1, 5), length = random.Next(1, 7), batchSize = random.Next(1, 4);
            int? padding = n % 2 == 0 ? random.Next(tokens) : null;
            var model = new ReferenceModel(
                new ReferenceEmbedding(Values(tokens * size, random), size, padding),
                new ReferenceDense(Values(2 * size, random), Values(2, random), Activation.Tanh));
            double[] numbers = [.. Enumerable.Range(0, length * batchSize).Select(_ => (double)random.Next(tokens))];
            ReferenceSequence x = new(length, batchSize, 1, numbers), dy = new(length, batchSize, 2, Values(numbers.Length * 2, random));
            double Loss() => model.Forward(x, []).Output.Values.Zip(dy.Values, (value, slope) => value * slope).Sum();
            Loss();
            ReferenceGradients gradients = model.Backward(dy, []);
            for (int k = 0; k < model.Parameters.Length; k++)
            {
                double[] expected = CentralDifferences.Gradient(Loss, model.Parameters[k]);
                gradients.Parameters[k].Zip(expected, (value, other) => Math.Abs(value - other)).Max().Should().BeLessThan(
                    Tolerated, "parameter {0}, case {1}", k, n);
            }
        }
    }

    private static double[] Values(int count, Random random) =>
        [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextDouble()) - 1)];
}
