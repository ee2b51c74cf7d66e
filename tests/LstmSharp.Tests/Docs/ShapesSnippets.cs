// <shapes-usings>
using System.Numerics.Tensors;
using LstmSharp;
// </shapes-usings>

namespace Documentation;

/// <summary>The examples of docs/guide/shapes.md.</summary>
public sealed class ShapesSnippets
{
    [Fact]
    public void BatchFirst_MadeTimeMajor_KeepsEverySequence()
    {
        // <shapes-permute>
        float[] values = [.. Enumerable.Range(0, 24)];                          // 2 sequences, each of 3 steps, each of 4 features
        Tensor<float> batchFirst = Tensor.Create(values, [2, 3, 4]);            // [B, T, F], over the array
        Tensor<float> timeMajor = Tensor.PermuteDimensions(batchFirst, [1, 0, 2]).ToDenseTensor();      // [T, B, F], copied once
        bool same = timeMajor[2, 1, 3] == batchFirst[1, 2, 3];                  // true
        // </shapes-permute>

        same.Should().BeTrue();
        timeMajor.IsDense.Should().BeTrue();
        Tensor.PermuteDimensions(batchFirst, [1, 0, 2]).IsDense.Should().BeFalse("the page says that a view is copied at every call");
        float[][][] sequences = [.. values.Chunk(12).Select(sequence => (float[][])[.. sequence.Chunk(4)])];

        // <shapes-fill>
        Tensor<float> filled = Tensor.CreateFromShape<float>([sequences[0].Length, sequences.Length, sequences[0][0].Length]);
        for (int t = 0; t < sequences[0].Length; t++)
        {
            for (int b = 0; b < sequences.Length; b++)
            {
                for (int f = 0; f < sequences[0][0].Length; f++)
                {
                    filled[t, b, f] = sequences[b][t][f];                       // float[][][] sequences: sequence, step, feature
                }
            }
        }
        // </shapes-fill>

        filled.Should().Equal(timeMajor);
    }

    [Fact]
    public void Spans_OnArrays_AreReadAndWrittenWithoutACopy()
    {
        // <shapes-spans>
        SequenceModel model = SequenceModel.Create(inputSize: 4).Lstm(16).TakeLast().Dense(2).Build(seed: 1);
        float[] input = new float[3 * 5 * 4], output = new float[1 * 5 * 2];    // 3 steps, 5 sequences
        input[((2 * 5) + 1) * 4] = 0.5f;                                        // step 2, sequence 1, feature 0
        model.Predict(new ReadOnlyTensorSpan<float>(input, [3, 5, 4]), new TensorSpan<float>(output, [1, 5, 2]));
        float second = output[(1 * 2) + 0];                                     // sequence 1, output 0
        // </shapes-spans>

        Tensor<float> tensor = Tensor.Create(input, [3, 5, 4]), expected = model.Predict(tensor);
        tensor[2, 1, 0].Should().Be(0.5f);
        expected[0, 1, 0].Should().Be(second).And.NotBe(expected[0, 0, 0]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        model.Predict(new ReadOnlyTensorSpan<float>(input, [3, 5, 4]), new TensorSpan<float>(output, [1, 5, 2]));
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void Summary_OfAStack_IsThePages()
    {
        // <shapes-summary>
        SequenceModel stack = SequenceModel.Create(inputSize: 2).Lstm(64).VanillaRnn(32).TakeLast().Dense(6).Build();
        Console.WriteLine(stack.Summary());
        // </shapes-summary>

        // <shapes-residual>
        SequenceModel around = SequenceModel.Create(inputSize: 2).Lstm(64)
            .Residual(inner => inner.Lstm(64).Dropout(0.1f))                    // y = x + Dropout(Lstm(x)), at every step
            .TakeLast().Dense(6).Build();
        float[] weights = around.Parameters["1.0.InputWeights"].Values.ToArray();       // of the LSTM inside: layer 0 of layer 1
        Console.WriteLine(around.Summary());
        // </shapes-residual>

        static string Trimmed(SequenceModel model) =>
            string.Join('\n', model.Summary().ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()));
        Repository.Read("docs/guide/shapes.md").Blocks("text").Should().Equal(Trimmed(stack), Trimmed(around));
        stack.OutputLength(24).Should().Be(1);
        weights.Should().HaveCount(4 * 64 * 64);
    }

    [Fact]
    public void Windows_OfTwoTargets_LieAsThePageSays()
    {
        Tensor<float> series = Tensor.Create(Enumerable.Range(0, 1000).Select(n => (float)n).ToArray(), [200, 5]);

        // <shapes-windows>
        var windows = new SlidingWindows(length: 24, horizon: 6, targetColumns: [0, 3]);
        SequenceDataset train = windows.Cut(series, ..150);                     // series [200, 5]
        // inputs [24, N, 5], targets [1, N, 6 × 2], N = 150 − 24 − 6 + 1 = 121
        float aheadTwo = train.Targets[0, 0, (2 * 2) + 1];                      // window 0, step ahead 2 (from 0), the second target: column 3
        // </shapes-windows>

        train.Inputs.Lengths.ToArray().Should().Equal(24, 121, 5);
        train.Targets.Lengths.ToArray().Should().Equal(1, 121, 12);
        aheadTwo.Should().Be(series[24 + 2, 3]);
    }

    [Fact]
    public void Datasets_OfEveryKindOfTarget_TrainWithTheirLoss()
    {
        Tensor<float> inputs = Tensor.Create(Enumerable.Range(0, 12 * 40 * 3).Select(n => MathF.Sin(n)).ToArray(), [12, 40, 3]);
        float[] once = new float[40 * 2], everyStep = new float[12 * 40 * 2];
        int[] labels = [.. Enumerable.Range(0, 40).Select(n => n % 4)], labelOfEveryStep = [.. Enumerable.Range(0, 480).Select(n => n % 4)];

        // <shapes-targets>
        SequenceDataset[] data =                                                // inputs [12, 40, 3]: 40 sequences of 12 steps
        [
            new SequenceDataset(inputs, Tensor.Create(once, [40, 2])),                  // values, once a sequence: TakeLast, Dense(2)
            new SequenceDataset(inputs, Tensor.Create(everyStep, [12, 40, 2])),         // values at every step: Dense(2)
            new SequenceDataset(inputs, Tensor.Create(labels, [40])),                   // a class a sequence: TakeLast, Dense(classes)
            new SequenceDataset(inputs, Tensor.Create(labelOfEveryStep, [12, 40])),     // a class at every step: Dense(classes)
        ];
        // </shapes-targets>

        SequenceModelBuilder Stack() => SequenceModel.Create(inputSize: 3).Lstm(4);
        SequenceModel[] models = [Stack().TakeLast().Dense(2).Build(), Stack().Dense(2).Build(), Stack().TakeLast().Dense(4).Build(), Stack().Dense(4).Build()];
        Loss[] losses = [Loss.MeanSquaredError, Loss.BinaryCrossEntropyWithLogits, Loss.CrossEntropy, Loss.SmoothedCrossEntropy(0.1f)];
        for (int n = 0; n < data.Length; n++)
        {
            models[n].Fit(data[n], new TrainingOptions { Loss = losses[n], Optimizer = new Adam(), Epochs = 1 })
                .History.Should().ContainSingle().Which.TrainingLoss.Should().BePositive();
            data[n].TargetLength.Should().Be(n % 2 == 0 ? 1 : 12);
        }
    }

    [Fact]
    public void States_OfAModel_HaveARowForEverySequence()
    {
        SequenceModel model = SequenceModel.Create(inputSize: 2).Lstm(64).VanillaRnn(32).Dense(1).Build(seed: 1);
        Tensor<float> input = Tensor.Create(Enumerable.Range(0, 10 * 5 * 2).Select(n => MathF.Cos(n)).ToArray(), [10, 5, 2]);

        // <shapes-states>
        ModelState state = model.CreateState(batchSize: 5);                     // of .Lstm(64).VanillaRnn(32).Dense(1)
        model.Predict(input, finalState: state);                                // input [T, 5, 2]
        var lstm = (LstmState)state[0];                                         // the first recurrent layer's: Hidden and Cell, [5, 64] each
        ReadOnlySpan<float> hiddenOfSequence3 = lstm.Hidden.Slice(3 * 64, 64);
        ReadOnlySpan<float> rnn = state[1].Hidden;                              // the second one's, [5, 32]
        // </shapes-states>

        Tensor<float> alone = input[.., 3..4, ..];
        ModelState stateAlone = model.CreateState(batchSize: 1);
        model.Predict(alone, finalState: stateAlone);
        hiddenOfSequence3.SequenceEqual(stateAlone[0].Hidden).Should().BeTrue();
        rnn.Length.Should().Be(5 * 32);
        state.Count.Should().Be(2);
    }
}
