using System.Numerics.Tensors;
using LstmSharp;

namespace Documentation;

/// <summary>The examples of docs/guide/shapes.md for sequences of several lengths.</summary>
public sealed class VariableLengthSnippets
{
    private static readonly (float[] Steps, float Answer)[] Sequences =
    [
        .. Enumerable.Range(0, 60).Select(n => (Steps(n, 5 + (n % 3)), MathF.Sin(n))),
    ];

    [Fact]
    public void Groups_OfOneLengthEach_TrainOneModel()
    {
        (float[] Steps, float Answer)[] sequences = Sequences;
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(16).TakeLast().Dense(1).Build(seed: 1);
        float before = MeanLoss(model, sequences);

        // <shapes-groups>
        SequenceDataset[] groups = [.. sequences.GroupBy(sequence => sequence.Steps.Length).Select(Dataset)];
        var optimizer = new Adam(learningRate: 1e-2f);                          // one for all: it goes on where it was
        for (int epoch = 0; epoch < 20; epoch++)
        {
            foreach (SequenceDataset group in groups)
            {
                model.Fit(group, new TrainingOptions
                {
                    Loss = Loss.MeanSquaredError,
                    Optimizer = optimizer,
                    Epochs = 1,
                    Seed = epoch,                                               // another order of the samples in every epoch
                });
            }
        }

        SequenceDataset Dataset(IGrouping<int, (float[] Steps, float Answer)> group)
        {
            Tensor<float> inputs = Tensor.CreateFromShape<float>([group.Key, group.Count(), 1]);
            foreach ((int b, (float[] steps, _)) in group.Index())
            {
                for (int t = 0; t < steps.Length; t++)
                {
                    inputs[t, b, 0] = steps[t];
                }
            }

            return new SequenceDataset(inputs, Tensor.Create(group.Select(sequence => sequence.Answer).ToArray(), [group.Count(), 1]));
        }
        // </shapes-groups>

        groups.Select(group => (group.SequenceLength, group.Count)).Should().Equal((5, 20), (6, 20), (7, 20));
        MeanLoss(model, sequences).Should().BeLessThan(before / 2);
        optimizer.Steps.Should().Be(20 * 3);
    }

    [Fact]
    public void Padding_AtTheEnd_ReachesNoEarlierStep()
    {
        float[][] sequences = [Steps(1, 4), Steps(2, 7), Steps(3, 5)];
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(16).Dense(2).Build(seed: 1);

        // <shapes-padding>
        int longest = sequences.Max(sequence => sequence.Length);
        Tensor<float> padded = Tensor.CreateFromShape<float>([longest, sequences.Length, 1]);           // zeros behind the shorter ones
        for (int b = 0; b < sequences.Length; b++)
        {
            for (int t = 0; t < sequences[b].Length; t++)
            {
                padded[t, b, 0] = sequences[b][t];
            }
        }

        Tensor<float> outputs = model.Predict(padded);                          // a model without TakeLast: an output for every step
        float last = outputs[sequences[0].Length - 1, 0, 0];                    // sequence 0 at its own last step
        // </shapes-padding>

        last.Should().Be(model.Predict(Tensor.Create(sequences[0], [sequences[0].Length, 1, 1]))[sequences[0].Length - 1, 0, 0]);
    }

    private static float[] Steps(int seed, int length) => [.. Enumerable.Range(0, length).Select(t => MathF.Sin(seed + (t * 0.1f)))];

    private static float MeanLoss(SequenceModel model, (float[] Steps, float Answer)[] sequences) =>
        sequences.Average(sequence =>
        {
            float error = model.Predict(Tensor.Create(sequence.Steps, [sequence.Steps.Length, 1, 1]))[0, 0, 0] - sequence.Answer;
            return error * error;
        });
}
