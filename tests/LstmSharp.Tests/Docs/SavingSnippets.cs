using System.Numerics.Tensors;
// <saving-usings>
using LstmSharp;
// </saving-usings>
using LstmSharp.Tests.Serialization;

namespace Documentation;

/// <summary>The examples of docs/guide/saving.md.</summary>
[Collection(Repository.WorkingFolder)]
public sealed class SavingSnippets
{
    private static readonly Tensor<float> Input = Tensor.Create(Enumerable.Range(0, 60).Select(n => MathF.Sin(n)).ToArray(), [5, 2, 6]);

    [Fact]
    public void Model_SavedAndLoaded_IsTheSame()
    {
        // <saving-model>
        SequenceModel model = SequenceModel.Create(inputSize: 6).Lstm(64).Lstm(64).TakeLast().Dense(3).Build(seed: 1);
        model.Save("weather.safetensors");
        SequenceModel same = SequenceModel.Load("weather.safetensors");          // the same weights to the bit
        model.Save("weather-small.safetensors", WeightType.BF16);                // half the size, weights rounded to 8 bits
        // </saving-model>

        same.Predict(Input).Should().Equal(model.Predict(Input));
        new FileInfo("weather-small.safetensors").Length.Should().BeLessThan(new FileInfo("weather.safetensors").Length * 52 / 100);
        File.Delete("weather.safetensors");
        File.Delete("weather-small.safetensors");
    }

    [Fact]
    public void StateDict_LoadedAndSaved_IsPyTorchs()
    {
        WriteStateDict();

        // <saving-load-state-dict>
        SequenceModel net = SequenceModel.Create(inputSize: 6).Lstm(64).Lstm(64).TakeLast().Dense(3).Build();
        net.LoadStateDict("net.safetensors", modules: ["encoder", "encoder", "head"]);
        // </saving-load-state-dict>

        // <saving-save-state-dict>
        net.SaveStateDict("trained.safetensors", modules: ["encoder", "encoder", "head"]);
        // </saving-save-state-dict>

        NaiveSafeTensors.Read(File.ReadAllBytes("trained.safetensors")).Keys.Should()
            .BeEquivalentTo(NaiveSafeTensors.Read(File.ReadAllBytes("net.safetensors")).Keys);
        SequenceModel trained = SequenceModel.Create(inputSize: 6).Lstm(64).Lstm(64).TakeLast().Dense(3).Build();
        trained.LoadStateDict("trained.safetensors", modules: ["encoder", "encoder", "head"]);
        trained.Predict(Input).Should().Equal(net.Predict(Input));

        // <saving-fault>
        try
        {
            net.LoadStateDict("net.safetensors", modules: ["encoder", "encoder", "haed"]);
        }
        catch (ModelFileException fault)
        {
            Console.WriteLine(fault.Message);           // all of it, with the likely cause
            Console.WriteLine(fault.Tensor);            // haed.weight
            Console.WriteLine(fault.Expected);          // [3, 64]
            Console.WriteLine(fault.Actual);            // missing
            Console.WriteLine(fault.Offset);            // where the fault stands in the file, in bytes; null for what is missing
        }
        // </saving-fault>

        ModelFileException thrown = new Action(() => net.LoadStateDict("net.safetensors", modules: ["encoder", "encoder", "haed"]))
            .Should().Throw<ModelFileException>().Which;
        Repository.Read("docs/guide/saving.md").Text.Should().Contain($"`{thrown.Message}`");
        Repository.Read("docs/ko/guide/saving.md").Text.Should().Contain($"`{thrown.Message}`");
        (thrown.Tensor, thrown.Expected, thrown.Actual, thrown.Offset).Should().Be(("haed.weight", "[3, 64]", "missing", null));
        File.Delete("net.safetensors");
        File.Delete("trained.safetensors");
    }

    /// <summary>What the page's Python writes, sorted by name as its library sorts tensors.</summary>
    private static void WriteStateDict()
    {
        Dictionary<string, int[]> shapes = new() { ["head.weight"] = [3, 64], ["head.bias"] = [3] };
        foreach ((int level, int inputs) in new[] { (0, 6), (1, 64) })
        {
            shapes[$"encoder.weight_ih_l{level}"] = [256, inputs];
            shapes[$"encoder.weight_hh_l{level}"] = [256, 64];
            shapes[$"encoder.bias_ih_l{level}"] = shapes[$"encoder.bias_hh_l{level}"] = [256];
        }

        var random = new Random(1);
        float[] Values(int[] shape) =>
            [.. Enumerable.Range(0, shape.Aggregate(1, (count, size) => count * size)).Select(_ => (float)random.NextDouble() - 0.5f)];
        IEnumerable<string> names = shapes.Keys.Order(StringComparer.Ordinal);
        File.WriteAllBytes(
            "net.safetensors", NaiveSafeTensors.File([], [.. names.Select(name => (name, shapes[name], Values(shapes[name])))]));
    }
}
