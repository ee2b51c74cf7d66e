using System.Numerics.Tensors;
using LstmSharp.Kernels;

namespace LstmSharp.Campaigns.Fingerprint;

/// <summary>A model with a batch: predicted, run forward and backward from given states, and trained by hand.</summary>
internal sealed class ModelCase : Case
{
    private const float LargestNorm = 0.5f;
    private const float LargestValue = 0.05f;

    public required int InputSize { get; init; }

    public required Func<SequenceModelBuilder, SequenceModelBuilder> Layers { get; init; }

    public required int Length { get; init; }

    public required int BatchSize { get; init; }

    public required Loss Loss { get; init; }

    public required Func<SimdWidth, Optimizer> Optimizer { get; init; }

    public WeightInitialization Initialization { get; init; }

    public int TrainingSteps { get; init; } = 3;

    public override void Run(Setting setting, Digest digest)
    {
        var random = new RandomData(Length + BatchSize);
        SequenceModel model = setting.Apply(Layers(SequenceModel.Create(InputSize)).Build(InputSize, Initialization));
        digest.Add(model.Parameters);
        Tensor<float> input = random.Tensor(Length, BatchSize, InputSize);
        ModelState initial = random.State(model, BatchSize), final = model.CreateState(BatchSize);
        digest.Add(Values(model.Predict(input, initial, final)));
        digest.Add(final);

        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        pass.Forward(input, initial);
        digest.Add(pass.OutputValues);
        digest.Add(pass.FinalState);
        Tensor<float> upstream = random.Tensor(pass.OutputLength, BatchSize, model.OutputSize);
        pass.Backward(upstream, gradients, random.State(model, BatchSize));
        digest.Add(gradients);
        digest.Add(pass.InitialStateGradient);
        digest.Add(Values(pass.InputGradient));

        Train(setting, model, pass, gradients, input, random, digest);
        digest.Add(Values(model.Predict(input)));
    }

    private void Train(
        Setting setting,
        SequenceModel model,
        SequencePass pass,
        ParameterSet gradients,
        Tensor<float> input,
        RandomData random,
        Digest digest)
    {
        Optimizer optimizer = Optimizer(setting.Width);
        optimizer.MaxDegreeOfParallelism = setting.Threads;
        int rows = pass.OutputLength * BatchSize;
        float[] gradient = new float[rows * model.OutputSize];
        float[] targets = random.Probabilities(gradient.Length);
        int[] classes = random.Classes(rows, model.OutputSize);
        for (int step = 0; step < TrainingSteps; step++)
        {
            pass.Forward(input, new TrainingStep(seed: InputSize, update: step));
            digest.Add(Loss switch
            {
                Loss<float> loss => loss.Evaluate(pass.OutputValues, targets.AsSpan(0, targets.Length / loss.OutputsPerTarget), gradient),
                Loss<int> loss => loss.Evaluate(pass.OutputValues, classes, gradient),
                _ => throw new InvalidOperationException($"{Loss} takes targets of a type that this program does not draw."),
            });
            gradients.Clear();
            pass.Backward(new ReadOnlyTensorSpan<float>(gradient, pass.Output.Lengths), gradients, wantInputGradient: false);
            digest.Add(GradientClipping.ByGlobalNorm(gradients, LargestNorm));
            GradientClipping.ByValue(gradients, LargestValue);
            digest.Add(gradients);
            optimizer.Step(model.Parameters, gradients);
            digest.Add(model.Parameters);
        }
    }

    private static float[] Values(in ReadOnlyTensorSpan<float> tensor)
    {
        float[] values = new float[tensor.FlattenedLength];
        tensor.FlattenTo(values);
        return values;
    }
}
