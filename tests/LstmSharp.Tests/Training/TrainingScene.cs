using System.Numerics.Tensors;

namespace LstmSharp.Tests.Training;

/// <summary>Small models and data for the tests of Fit.</summary>
internal static class TrainingScene
{
    /// <summary>Random sequences of one feature; the target is their mean.</summary>
    public static SequenceDataset Means(int count, int length = 6, int seed = 1)
    {
        Random random = new(seed);
        float[] inputs = new float[length * count], targets = new float[count];
        for (int n = 0; n < inputs.Length; n++)
        {
            inputs[n] = (2 * random.NextSingle()) - 1;
            targets[n % count] += inputs[n] / length;
        }

        return new SequenceDataset(Tensor.Create(inputs, [length, count, 1]), Tensor.Create(targets, [1, count, 1]));
    }

    /// <summary>Single steps x = 1, 2, 3… (÷ count) with target slope · x.</summary>
    public static SequenceDataset Line(int count, float slope)
    {
        float[] inputs = [.. Enumerable.Range(1, count).Select(n => (float)n / count)];
        return Steps(inputs, [.. inputs.Select(x => slope * x)]);
    }

    /// <summary>Sequences of one step and one feature.</summary>
    public static SequenceDataset Steps(float[] inputs, float[] targets) =>
        new(Tensor.Create(inputs, [1, inputs.Length, 1]), Tensor.Create(targets, [1, targets.Length, 1]));

    /// <summary>Sequences of noise after a first step whose sign is the class, asked for at every step.</summary>
    public static SequenceDataset Signs(int count, int length)
    {
        Random random = new(5);
        float[] inputs = new float[length * count];
        int[] classes = new int[length * count];
        for (int n = 0; n < inputs.Length; n++)
        {
            inputs[n] = n < count ? (random.Next(2) * 2) - 1 : (random.NextSingle() - 0.5f) / 4;
            classes[n] = inputs[n % count] > 0 ? 1 : 0;
        }

        return new SequenceDataset(Tensor.Create(inputs, [length, count, 1]), Tensor.Create(classes, [length, count]));
    }

    public static SequenceModel LstmModel(int seed = 7) => SequenceModel.Create(1).Lstm(8).TakeLast().Dense(1).Build(seed);

    /// <summary>y = w·x + b with w = b = 0.</summary>
    public static SequenceModel LineModel()
    {
        SequenceModel model = SequenceModel.Create(1).Dense(1).Build();
        model.Parameters.Clear();
        return model;
    }

    public static float[] Weights(this SequenceModel model) => [.. model.Parameters.SelectMany(p => p.Values.ToArray())];

    /// <summary>Keeps every report, and does something at each.</summary>
    public sealed class Recorder(Action<TrainingProgress>? action = null) : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> Reports { get; } = [];

        public void Report(TrainingProgress value)
        {
            Reports.Add(value);
            action?.Invoke(value);
        }
    }
}
