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
    public void Lists_OfSequencesOfAnyLengths_TrainOneModel()
    {
        (float[] Steps, float Answer)[] sequences = Sequences;
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(16).TakeLast().Dense(1).Build(seed: 1);
        float before = MeanLoss(model, sequences);

        // <shapes-lengths>
        SequenceDataset data = new(
            SequenceList.Of(sequences.Select(sequence => sequence.Steps)),                      // 5, 6 or 7 steps each
            SequenceList.OfSingleSteps<float>([.. sequences.Select(sequence => sequence.Answer)]));
        model.Fit(data, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(learningRate: 1e-2f),
            Epochs = 20,
            BatchSize = 20,
        });
        // </shapes-lengths>

        MeanLoss(model, sequences).Should().BeLessThan(before / 2);
    }

    [Fact]
    public void Lengths_OfABatch_GiveEachRowTheBitsOfItsOwnRun()
    {
        float[][] sequences = [Steps(1, 4), Steps(2, 7), Steps(3, 5)];
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(16).Dense(2).Build(seed: 1);

        // <shapes-padding>
        int[] lengths = [.. sequences.Select(sequence => sequence.Length)];
        Tensor<float> padded = Tensor.CreateFromShape<float>([lengths.Max(), sequences.Length, 1]);
        for (int b = 0; b < sequences.Length; b++)
        {
            for (int t = 0; t < lengths[b]; t++)
            {
                padded[t, b, 0] = sequences[b][t];                              // what stands behind is not read
            }
        }

        Tensor<float> outputs = model.Predict(new SequenceInput(padded, lengths));
        float last = outputs[lengths[0] - 1, 0, 0];                             // sequence 0 at its own last step
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
