// <numbers-fingerprint>
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
// </numbers-fingerprint>
using System.Runtime.Intrinsics;
// <numbers-fingerprint>
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using LstmSharp;
// </numbers-fingerprint>

namespace Documentation;

/// <summary>The examples of docs/guide/numerical-promises.md.</summary>
public sealed class NumericalPromisesSnippets
{
    [Fact]
    public void Fingerprint_OfThePagesModel_IsTheOneOnThePage()
    {
        // <numbers-fingerprint>
        SequenceModel model = SequenceModel.Create(inputSize: 3).Lstm(33).VanillaRnn(17).Dense(2).Build(seed: 1);
        float[] values = new float[20 * 9 * 3];
        for (int n = 0; n < values.Length; n++)
        {
            values[n] = ((n * 7 % 23) - 11) / 16f;                              // exact on every machine, unlike MathF.Sin
        }

        Tensor<float> input = Tensor.Create(values, [20, 9, 3]);
        float[] output = [.. model.Predict(input)];
        Console.WriteLine(Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<float>(output)))[..16]);
        // </numbers-fingerprint>

        string fingerprint = Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<float>(output)))[..16];
        foreach (string page in new[] { "docs/guide/numerical-promises.md", "docs/ko/guide/numerical-promises.md" })
        {
            Repository.Read(page).Text.Should().Contain($"`{fingerprint}`");
        }

        Laws_OfThePage_HoldToTheBit(model, input, output);
    }

    [Fact]
    public void Training_TwoRunsOnOtherThreads_GiveTheSameBits()
    {
        Tensor<float> series = Tensor.Create(Enumerable.Range(0, 300).Select(t => MathF.Sin(t * 0.2f)).ToArray(), [300, 1]);
        SequenceDataset train = new SlidingWindows(length: 20, horizon: 1, targetColumns: [0]).Cut(series, ..);

        // <numbers-training>
        SequenceModel Train(int threads)
        {
            SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(16).TakeLast().Dense(1).Build(seed: 1);
            model.Fit(train, new TrainingOptions
            {
                Loss = Loss.MeanSquaredError,
                Optimizer = new Adam(),
                Epochs = 2,
                Seed = 5,
                MaxDegreeOfParallelism = threads,
            });
            return model;
        }

        SequenceModel one = Train(threads: 1), four = Train(threads: 4);
        bool equal = one.Parameters.Zip(four.Parameters).All(pair => pair.First.Values.SequenceEqual(pair.Second.Values));          // true
        // </numbers-training>

        equal.Should().BeTrue();
        one.Predict(train.Inputs).Should().NotEqual(new float[train.Count]);
    }

    [Fact]
    public void Hardware_OfThisMachine_IsAsked()
    {
        // <numbers-hardware>
        bool promised = Fma.IsSupported || AdvSimd.IsSupported;     // fused multiply-add, in x64 and in arm64 processors
        // </numbers-hardware>

        promised.Should().Be(
            Vector256.IsHardwareAccelerated || RuntimeInformation.ProcessArchitecture == Architecture.Arm64, ".NET ties FMA to AVX2");
    }

    private static void Laws_OfThePage_HoldToTheBit(SequenceModel model, Tensor<float> input, float[] output)
    {
        // <numbers-laws>
        model.MaxDegreeOfParallelism = 1;
        bool oneThread = model.Predict(input).SequenceEqual(output);

        ModelState state = model.CreateState(batchSize: 9);                     // the same sequences in two pieces
        Tensor<float> first = model.Predict(input[..7, .., ..], finalState: state);
        Tensor<float> rest = model.Predict(input[7.., .., ..], initialState: state);
        bool pieces = first.Concat(rest).SequenceEqual(output);

        Tensor<float> alone = model.Predict(input[.., 4..5, ..]);               // the fifth of the nine sequences
        bool withoutBatch = alone[19, 0, 1] == output[(((19 * 9) + 4) * 2) + 1];
        Console.WriteLine($"{oneThread} {pieces} {withoutBatch}");              // True True True
        // </numbers-laws>

        (oneThread, pieces, withoutBatch).Should().Be((true, true, true));
    }
}
