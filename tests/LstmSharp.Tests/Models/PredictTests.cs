using System.Numerics.Tensors;

namespace LstmSharp.Tests.Models;

public sealed class PredictTests
{
    [Fact]
    public void Predict_LongSequence_NeedsNoMoreMemoryThanAPieceOfIt()
    {
        const int Length = 50_000, HiddenSize = 96, BytesOfAllStates = Length * HiddenSize * sizeof(float);
        SequenceModel model = SequenceModel.Create(1).Lstm(HiddenSize).Dense(1).Build();
        float[] input = new float[Length], output = new float[Length];
        long before = GC.GetAllocatedBytesForCurrentThread();
        model.Predict(
            new ReadOnlyTensorSpan<float>(input, [Length, 1, 1]), new TensorSpan<float>(output, [Length, 1, 1]));
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(BytesOfAllStates / 4);
    }

    [Fact]
    public void Predict_LongestSequenceOfNoRows_ComesToItsEnd()
    {
        SequenceModel model = SequenceModel.Create(1).Dense(1).Build();
        nint[] shape = [Array.MaxLength, 0, 1];
        model.Predict(Tensor.CreateFromShape<float>(shape)).Lengths.ToArray().Should().Equal(shape);
    }

    [Fact]
    public void Predict_IntoMemoryOfTheCaller_GivesTheSameBitsAndAllocatesNothing()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(17).TakeLast().Dense(2).Build();
        Tensor<float> input = Tensor.Create(RandomValues.Uniform(new Random(1), 5 * 4 * 3), [5, 4, 3]);
        Tensor<float> output = Tensor.CreateFromShape<float>([1, 4, 2]);
        model.Predict(input, output);
        long before = GC.GetAllocatedBytesForCurrentThread();
        model.Predict(input, output);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        output.SequenceEqual(model.Predict(input)).Should().BeTrue();
    }

    [Fact]
    public void Predict_IntoMemoryThatDoesNotFit_SaysWhatIsExpected()
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(4).Build();
        float[] values = new float[5 * 2 * 4];
        Tensor<float> input = Tensor.CreateFromShape<float>([5, 2, 3]);
        Action wrongShape = () => model.Predict(input, new TensorSpan<float>(values, [5, 1, 4]));
        wrongShape.Should().Throw<ArgumentException>().WithMessage("*output must be dense and have shape [5, 2, 4], but has [5, 1, 4]*");
        Action overlap = () => model.Predict(
            new ReadOnlyTensorSpan<float>(values, [5, 2, 3]), new TensorSpan<float>(values, [5, 2, 4]));
        overlap.Should().Throw<ArgumentException>().WithMessage("*output must not overlap input*");
    }

    [Fact]
    public void MaxDegreeOfParallelism_BelowOne_Throws()
    {
        SequenceModel model = SequenceModel.Create(1).Lstm(1).Build();
        Action set = () => model.MaxDegreeOfParallelism = 0;
        set.Should().Throw<ArgumentOutOfRangeException>();
        model.MaxDegreeOfParallelism.Should().Be(Environment.ProcessorCount);
    }

    [Theory]
    [InlineData(16, 1)]
    [InlineData(24, 9)]
    [InlineData(25, 64)]
    [InlineData(40, 33)]
    public void Predict_RowsOrUnitsOfLongStepsDivided_HasBitsOfOneThread(int batchSize, int hiddenSize)
    {
        const int InputSize = 5, Length = 7;
        SequenceModel model = SequenceModel.Create(InputSize).Lstm(hiddenSize).VanillaRnn(hiddenSize).Build(seed: 1);
        float[] values = RandomValues.Uniform(new Random(1), Length * batchSize * InputSize);
        Tensor<float> input = Tensor.Create(values, [Length, batchSize, InputSize]);
        float[] Predict(int threads, double leastOperations)
        {
            (model.MaxDegreeOfParallelism, model.LeastOperationsToShare) = (threads, leastOperations);
            float[] output = new float[Length * batchSize * hiddenSize];
            model.Predict(input).FlattenTo(output);
            return output;
        }

        float[] expected = Predict(threads: 1, leastOperations: 0);
        double wholeStep = 2.0 * batchSize * model.Parameters.TotalCount;
        foreach (int threads in new[] { 2, 3, 5 })
        {
            Predict(threads, leastOperations: 1).Should().Equal(expected, "steps are long, their units divided");
            Predict(threads, leastOperations: wholeStep).Should().Equal(expected, "steps are short, rows divided");
        }
    }

    [Theory]
    [InlineData(64, 1, 300)]
    [InlineData(10, 40, 64)]
    public void PredictAndTrain_WarmOnSeveralThreads_AllocateNothing(int length, int batchSize, int hiddenSize)
    {
        SequenceModel model = SequenceModel.Create(4).Lstm(hiddenSize).Dense(3).Build();
        (model.MaxDegreeOfParallelism, model.LeastOperationsToShare) = (3, 0);
        Tensor<float> input = Tensor.CreateFromShape<float>([length, batchSize, 4]);
        Tensor<float> output = Tensor.CreateFromShape<float>([length, batchSize, 3]);
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        void Run()
        {
            model.Predict(input, output);
            pass.Forward(input);
            pass.Backward(output, gradients, wantInputGradient: false);
        }

        long AllocatedByARun()
        {
            long ofThisThread = GC.GetAllocatedBytesForCurrentThread();
            Run();
            return GC.GetAllocatedBytesForCurrentThread() - ofThisThread;
        }

        Run();
        Run();

        // Other tests use the same pool of workers, which makes one more where all are taken.
        Enumerable.Range(0, 8).Min(_ => AllocatedByARun()).Should().Be(0);
    }
}
