using LstmSharp.Tests.Serialization;
using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training;

public sealed class FrozenLayersTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fit_FrozenLayer_KeepsItsWeightsAndMoments(bool first)
    {
        SequenceModel model = LstmModel(), fresh = LstmModel();
        AdamW optimizer = new(0.05f, weightDecay: 0.3f);
        Layer frozen = first ? model.Layers[0] : model.Layers[^1];

        model.Fit(Means(9), Options(optimizer, frozen));

        foreach (Parameter parameter in model.Parameters)
        {
            bool stays = frozen.Parameters.Contains(parameter);
            parameter.Values.SequenceEqual(fresh.Parameters[parameter.Name].Values).Should().Be(stays, parameter.Name);
            foreach (ParameterSet moments in optimizer.Moments)
            {
                (moments[parameter.Name].Values.IndexOfAnyExcept(0f) < 0).Should().Be(stays, parameter.Name);
            }
        }
    }

    [Fact]
    public void Fit_FrozenLayer_HasNoPartInTheNorm()
    {
        SequenceModel model = LstmModel();
        SequenceDataset data = Means(9);
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        pass.Forward(data.Inputs);
        float[] output = [.. model.Predict(data.Inputs)], slopes = new float[9];
        Loss.MeanSquaredError.Evaluate(output, [.. data.Targets], slopes);
        pass.Backward(System.Numerics.Tensors.Tensor.Create(slopes, [1, 9, 1]), gradients);
        double squares = 0;
        foreach (Parameter parameter in model.Layers[^1].Parameters)
        {
            foreach (float value in gradients[parameter.Name].Values)
            {
                squares += (double)value * value;
            }
        }

        TrainingResult result = model.Fit(data, Options(new Sgd(0), model.Layers[0]));

        result.History[0].MeanGradientNorm.Should().BeApproximately((float)Math.Sqrt(squares), 1e-6f);
    }

    [Fact]
    public void Fit_FrozenLayersThatMakeNoSense_AreRefused()
    {
        SequenceModel model = LstmModel();

        model.Invoking(m => m.Fit(Means(3), Options(new Adam(), LstmModel().Layers[0]))).Should().Throw<ArgumentException>()
            .WithMessage("Fit: FrozenLayers must be layers of the model, but LstmCell*");
        model.Invoking(m => m.Fit(Means(3), Options(new Adam(), [.. m.Layers]))).Should().Throw<ArgumentException>()
            .WithMessage("Fit: FrozenLayers must leave a layer with weights to train*");
        FluentActions.Invoking(() => Options(new Adam(), null!, null!)).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public void Fit_ResumedWithOtherFrozenLayers_IsRefused()
    {
        using TemporaryFolder folder = new();
        SequenceModel model = LstmModel();
        TrainingOptions With(Layer[] frozen, string? resume) => new()
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(),
            Epochs = 2,
            FrozenLayers = frozen,
            Callbacks = [new PeriodicCheckpoint(folder.File("run"))],
            ResumeFrom = resume,
        };
        model.Fit(Means(3), With([model.Layers[0]], null));

        LstmModel().Invoking(m => m.Fit(Means(3), With([], folder.File("run")))).Should().Throw<ArgumentException>()
            .WithMessage("*FrozenLayers must be 0, but is none*");
    }

    private static TrainingOptions Options(Optimizer optimizer, params Layer[] frozen) => new()
    {
        Loss = Loss.MeanSquaredError,
        Optimizer = optimizer,
        Epochs = 3,
        BatchSize = 9,
        FrozenLayers = frozen,
    };
}
