using System.Numerics.Tensors;
using LstmSharp.Tests.Serialization;

namespace LstmSharp.Tests.Models;

/// <summary>The mean and the maximum over time at their edges; their laws are those of <see cref="RaggedLawTests"/>.</summary>
public sealed class OverTimeTests
{
    private static readonly float[] s_values = [1, -2, 5, 0, -4, 7, 3, -6, float.NaN];

    [Fact]
    public void MeanOverTime_RowsOfDifferentLength_AreMeansOfTheirOwnSteps() =>
        Output(SequenceModel.Create(1).MeanOverTime().Build(), [2, 0, 1]).Should().Equal(0.5f, 0, 5);

    [Fact]
    public void MaxOverTime_RowsOfDifferentLength_AreTheLargestOfTheirOwnSteps() =>
        Output(SequenceModel.Create(1).MaxOverTime().Build(), [2, 2, 0]).Should().Equal(1, -2, 0);

    [Fact]
    public void MaxOverTime_ANaN_ComesOut() =>
        Output(SequenceModel.Create(1).MaxOverTime().Build(), [3, 3, 3]).Should().Equal(3, -2, float.NaN);

    [Fact]
    public void MaxOverTime_SeveralLargestSteps_GiveTheGradientToTheFirst()
    {
        SequencePass pass = SequenceModel.Create(1).MaxOverTime().Build().CreatePass();
        pass.Forward(new ReadOnlyTensorSpan<float>([1, 4, 4, 2], [4, 1, 1]));
        pass.Backward(new ReadOnlyTensorSpan<float>([3], [1, 1, 1]), pass.Model.Parameters.CreateZeros());
        float[] gradient = new float[4];
        pass.InputGradient.FlattenTo(gradient);
        gradient.Should().Equal(0, 3, 0, 0);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(4, 0)]
    public void Predict_NothingToReadOver_GivesAnEmptyOutput(int length, int batchSize)
    {
        foreach (SequenceModel model in Models(1))
        {
            Tensor<float> output = model.Predict(Tensor.Create(Array.Empty<float>(), [length, batchSize, 1]));
            output.Lengths.ToArray().Should().Equal(Math.Min(length, 1), batchSize, 1);
        }
    }

    /// <summary>A prediction gathers a long sequence piece by piece, a pass with a budget in segments.</summary>
    [Fact]
    public void Predict_ALongSequence_EqualsThePass()
    {
        float[] input = RandomValues.Uniform(new Random(1), 9000 * 2 * 33);
        foreach (SequenceModel model in Models(33))
        {
            var sequences = new SequenceInput(new ReadOnlyTensorSpan<float>(input, [9000, 2, 33]), [9000, 7000]);
            SequencePass pass = model.CreatePass();
            pass.Forward(sequences);
            float[] output = new float[2 * 33];
            model.Predict(sequences, new TensorSpan<float>(output, [1, 2, 33]));
            output.ShouldHaveTheBitsOf(pass.OutputValues.ToArray(), model.ToString());
        }
    }

    [Fact]
    public void OpenStream_OfALayerOverTime_IsRefused()
    {
        foreach (SequenceModel model in Models(2))
        {
            Action open = () => model.OpenStream();
            open.Should().Throw<InvalidOperationException>().WithMessage("OpenStream: M*OverTime(2) needs all steps*");
        }
    }

    [Fact]
    public void Flatten_BehindALayerOverTime_TakesOneStepOnly()
    {
        Action add = () => SequenceModel.Create(2).MeanOverTime().Flatten(3);
        add.Should().Throw<ArgumentException>().WithMessage("*sequenceLength must be 1*");
    }

    [Fact]
    public void Load_EveryNewLayer_PredictsTheSameBits()
    {
        SequenceModel model = SequenceModel.Create(2).Dropout(0.3f).Lstm(5).LayerNorm().MeanOverTime().MaxOverTime().Dense(3).Build(seed: 4);
        model.Parameters["2.Gain"].Values.ToArray().Should().OnlyContain(value => value == 1);
        model.Parameters["2.Gain"].CopyFrom([1, 2, 3, 4, 5]);
        model.Parameters["2.Bias"].CopyFrom([-1, 2, -3, 4, -5]);
        SequenceModel loaded = ModelBytes.Loaded(ModelBytes.Saved(model));
        loaded.ToString().Should().Be(model.ToString());
        loaded.Parameters.Select(parameter => parameter.Name).Should().Equal(model.Parameters.Select(parameter => parameter.Name));
        Tensor<float> input = Tensor.Create(RandomValues.Uniform(new Random(1), 6 * 3 * 2), [6, 3, 2]);
        Values(loaded.Predict(input)).Should().Equal(Values(model.Predict(input)));
    }

    private static SequenceModel[] Models(int inputSize) =>
        [SequenceModel.Create(inputSize).MeanOverTime().Build(), SequenceModel.Create(inputSize).MaxOverTime().Build()];

    private static float[] Output(SequenceModel model, int[] lengths) =>
        Values(model.Predict(new SequenceInput(new ReadOnlyTensorSpan<float>(s_values, [3, 3, 1]), lengths)));

    private static float[] Values(Tensor<float> tensor)
    {
        float[] values = new float[tensor.FlattenedLength];
        tensor.FlattenTo(values);
        return values;
    }
}
