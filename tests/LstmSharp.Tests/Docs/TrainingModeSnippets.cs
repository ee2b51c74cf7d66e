using System.Numerics.Tensors;
using LstmSharp;

namespace Documentation;

/// <summary>The examples of docs/guide/training-mode.md.</summary>
public sealed class TrainingModeSnippets
{
    [Fact]
    public void Model_WithDropout_Learns()
    {
        float[] values = [.. Enumerable.Range(0, 10 * 40 * 2).Select(n => MathF.Sin(n))];
        SequenceDataset data = new(Tensor.Create(values, [10, 40, 2]), Tensor.Create(new float[40], [1, 40, 1]));

        // <training-mode-model>
        SequenceModel model = SequenceModel.Create(inputSize: 2)
            .Lstm(32).Dropout(0.2f)                                             // drops a fifth of h, on its way to the next layer
            .Lstm(32).LayerNorm().Dropout(0.5f)
            .MeanOverTime()                                                     // the mean over each row's own steps
            .Dense(1)
            .Build(seed: 1);
        model.Fit(data, new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = new Adam(1e-2f), Epochs = 3, Seed = 7 });
        EvaluationResult result = model.Evaluate(data, Loss.MeanSquaredError);  // drops nothing, nor does Predict
        // </training-mode-model>

        result.Loss.Should().BeInRange(0, 1);
    }

    [Fact]
    public void Model_WithMasksOnItsState_IsMade()
    {
        // <training-mode-masks>
        var masks = new RecurrentRegularization { Dropout = 0.25f, Zoneout = 0.1f, CellZoneout = 0.3f };
        SequenceModel regularized = SequenceModel.Create(inputSize: 2).Lstm(32, masks).TakeLast().Dense(1).Build(seed: 1);
        // </training-mode-masks>

        ((RecurrentLayer)regularized.Layers[0]).Regularization.Should().Be(masks);
    }

    [Fact]
    public void Pass_WithATrainingStep_Drops()
    {
        SequenceModel model = SequenceModel.Create(inputSize: 2).Lstm(8).Dropout(0.5f).Dense(1).Build(seed: 1);
        Tensor<float> input = Tensor.Create(new float[5 * 3 * 2], [5, 3, 2]), outputGradient = Tensor.Create(new float[5 * 3], [5, 3, 1]);

        // <training-mode-pass>
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        int[] samples = [40, 7, 12];                                            // who stands in the batch's three rows
        pass.Forward(input, new TrainingStep(seed: 7, update: 1000, samples));  // trains: drops values
        pass.Backward(outputGradient, gradients);                               // with the same masks
        pass.Forward(input);                                                    // predicts: drops nothing
        // </training-mode-pass>

        pass.OutputValues.ToArray().Should().Equal(Flat(model.Predict(input)));
    }

    private static float[] Flat(Tensor<float> tensor)
    {
        float[] values = new float[tensor.FlattenedLength];
        tensor.FlattenTo(values);
        return values;
    }

    [Fact]
    public void Errors_OfTheTable_AreThrown() => ErrorTable.ShouldQuote(
        "docs/guide/training-mode.md",
        "## 5. Errors",
        [
            () => SequenceModel.Create(2).Dropout(1),
            () => SequenceModel.Create(1).Lstm(2, new RecurrentRegularization { Zoneout = 1 }),
            () => SequenceModel.Create(2).VanillaRnn(3, regularization: new RecurrentRegularization { CellZoneout = 0.5f }),
            () => SequenceModel.Create(1).Dropout(0.5f).Build().CreatePass()
                .Forward(new ReadOnlyTensorSpan<float>(new float[6], [2, 3, 1]), new TrainingStep(1, 2, [0, 1])),
            () => SequenceModel.Create(2).Lstm(32).MeanOverTime().Build().OpenStream(),
        ]);
}
