// <pytorch-model>
using System.Numerics.Tensors;
using LstmSharp;
// </pytorch-model>

namespace Documentation;

/// <summary>The examples of docs/guide/coming-from-pytorch.md.</summary>
[Collection(Repository.WorkingFolder)]
public sealed class PyTorchSnippets
{
    private const int Length = 12;

    [Fact]
    public void Model_OfThePage_HasPyTorchsShapesAndStates()
    {
        // <pytorch-model>
        SequenceModel net = SequenceModel.Create(inputSize: 6)
            .Lstm(64).Lstm(64)                                      // nn.LSTM(6, 64, num_layers=2)
            .TakeLast()                                             // output[-1:]
            .Dense(3)                                               // nn.Linear(64, 3)
            .Build(seed: 1, WeightInitialization.PyTorchUniform);
        // </pytorch-model>

        Tensor<float> batchFirst = Tensor.Create(Values(4 * Length * 6), [4, Length, 6]);

        // <pytorch-batch-first>
        Tensor<float> x = Tensor.PermuteDimensions(batchFirst, [1, 0, 2]);      // [N, L, 6] becomes [L, N, 6]
        // </pytorch-batch-first>

        x.Lengths.ToArray().Should().Equal(Length, 4, 6);
        x[3, 2, 5].Should().Be(batchFirst[2, 3, 5]);

        // <pytorch-states>
        ModelState state = net.CreateState(batchSize: 4);                       // h and c of every LSTM layer, all 0
        Tensor<float> output = net.Predict(x, initialState: state, finalState: state);
        var top = (LstmState)state[1];                                          // of the second layer
        float h = top.Hidden[0], c = top.Cell[0];                               // h_n[1][0, 0] and c_n[1][0, 0]
        // </pytorch-states>

        output.Lengths.ToArray().Should().Equal(1, 4, 3);
        net.Predict(x).Should().Equal(output);
        MathF.Abs(h).Should().BeInRange(float.Epsilon, MathF.Abs(c));
        WeightsTravel(net, x);
    }

    [Fact]
    public void Loop_OfThePage_TrainsToTheBitsOfFit()
    {
        SequenceDataset train = Windows(96), validation = Windows(32);
        SequenceModel net = SequenceModel.Create(6).Lstm(8).TakeLast().Dense(3).Build(seed: 1);
        SequenceModel fitted = SequenceModel.Create(6).Lstm(8).TakeLast().Dense(3).Build(seed: 1);
        (Tensor<float> X, float[] Y)[] loader = [.. Enumerable.Range(0, 3).Select(n => Batch(train.Subset((n * 32)..((n + 1) * 32))))];

        // <pytorch-loop>
        var optimizer = new AdamW(learningRate: 1e-3f);
        SequencePass pass = net.CreatePass();                                   // keeps the activations, batch after batch
        ParameterSet gradients = net.Parameters.CreateZeros();                  // what .grad is on PyTorch's parameters
        float[] outputGradient = new float[1 * 32 * 3];
        for (int epoch = 0; epoch < 3; epoch++)
        {
            foreach ((Tensor<float> x, float[] y) in loader)                    // x [L, 32, 6], y the values of [1, 32, 3]
            {
                gradients.Clear();
                pass.Forward(x);
                float loss = Loss.MeanSquaredError.Evaluate(pass.OutputValues, y, outputGradient);
                pass.Backward(new ReadOnlyTensorSpan<float>(outputGradient, [1, 32, 3]), gradients, wantInputGradient: false);
                GradientClipping.ByGlobalNorm(gradients, 1f);
                optimizer.Step(net.Parameters, gradients);
            }
        }
        // </pytorch-loop>

        fitted.Fit(train, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new AdamW(learningRate: 1e-3f),
            Epochs = 3,
            Shuffle = false,
            ClipGradientNorm = 1f,
        });
        net.Predict(validation.Inputs).Should().Equal(fitted.Predict(validation.Inputs));

        FitOnce(fitted, train, validation).History.Should().HaveCount(3).And.OnlyContain(epoch => epoch.ValidationLoss > 0);
    }

    [Fact]
    public void Truncated_PiecesOfALongSequence_LearnAndCarryTheirStates()
    {
        SequenceModel net = SequenceModel.Create(1).Lstm(8).Dense(1).Build(seed: 1);
        (Tensor<float> X, float[] Y)[] pieces =
        [
            .. Enumerable.Range(0, 40).Select(n => (
                Tensor.Create(Enumerable.Range(n * 25, 25).Select(t => MathF.Sin(t * 0.3f)).ToArray(), [25, 1, 1]),
                Enumerable.Range(n * 25, 25).Select(t => MathF.Sin((t + 1) * 0.3f)).ToArray())),
        ];
        var optimizer = new Adam(learningRate: 1e-2f);
        SequencePass pass = net.CreatePass();
        ParameterSet gradients = net.Parameters.CreateZeros();
        List<float> losses = [];

        // <pytorch-truncated>
        ModelState carried = net.CreateState(batchSize: 1);
        float[] upstream = new float[25];
        foreach ((Tensor<float> x, float[] y) in pieces)                        // one long sequence in pieces of 25 steps
        {
            gradients.Clear();
            pass.Forward(x, initialState: carried);
            losses.Add(Loss.MeanSquaredError.Evaluate(pass.OutputValues, y, upstream));
            pass.Backward(new ReadOnlyTensorSpan<float>(upstream, pass.Output.Lengths), gradients, wantInputGradient: false);
            carried.CopyFrom(pass.FinalState);                                  // h.detach(), c.detach()
            optimizer.Step(net.Parameters, gradients);
        }
        // </pytorch-truncated>

        losses[^1].Should().BeLessThan(losses[0] / 10);
        carried[0].Hidden.ContainsAnyExcept(0).Should().BeTrue();
    }

    private static TrainingResult FitOnce(SequenceModel net, SequenceDataset train, SequenceDataset validation)
    {
        // <pytorch-fit>
        TrainingResult result = net.Fit(train, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new AdamW(learningRate: 1e-3f),
            Epochs = 3,
            BatchSize = 32,                                                     // PyTorch's DataLoader: 1
            Shuffle = true,                                                     // PyTorch's DataLoader: False
            Seed = 1,
            ClipGradientNorm = 1f,
            Schedule = new CosineSchedule(warmUpSteps: 3),
            Validation = validation,
        });
        // </pytorch-fit>

        return result;
    }

    private static void WeightsTravel(SequenceModel net, Tensor<float> x)
    {
        // <pytorch-state-dict>
        string[] modules = ["encoder", "encoder", "head"];                      // one name for each layer that has weights
        net.SaveStateDict("net.safetensors", modules);                          // for net.load_state_dict(load_file(…))
        net.LoadStateDict("net.safetensors", modules);                          // what save_file(net.state_dict(), …) wrote
        // </pytorch-state-dict>

        SequenceModel other = SequenceModel.Create(6).Lstm(64).Lstm(64).TakeLast().Dense(3).Build(seed: 2);
        other.LoadStateDict("net.safetensors", modules);
        other.Predict(x).Should().Equal(net.Predict(x));
        File.Delete("net.safetensors");
    }

    private static (Tensor<float> X, float[] Y) Batch(SequenceDataset samples) => (samples.Inputs, [.. samples.Targets]);

    private static SequenceDataset Windows(int count) => new(
        Tensor.Create(Values(Length * count * 6), [Length, count, 6]), Tensor.Create(Values(count * 3), [count, 3]));

    private static float[] Values(int count) => [.. Enumerable.Range(0, count).Select(n => MathF.Sin(n * 0.7f))];
}
