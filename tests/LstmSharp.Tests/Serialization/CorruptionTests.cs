using System.Text;
using System.Text.RegularExpressions;
using CsCheck;

namespace LstmSharp.Tests.Serialization;

/// <summary>Damaged files: each loads what a naive reader finds in it too, or is refused with the one exception there is.</summary>
public sealed partial class CorruptionTests
{
    private static readonly string[] OddNumbers =
    [
        "0", "1", "2", "4", "-1", "-0", "1.0", "1e0", "01", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
        "99999999999999999999999999", "null", "true", "\"1\"", "[]", "{}",
    ];

    [Theory]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    [InlineData("F64")]
    public void LoadStateDict_AnyBytesChanged_LoadsWhatStandsThereOrRefuses(string type)
    {
        byte[] file = File(type);
        Gen<byte[]> damaged = Gen.OneOf(
            Gen.Select(Gen.Int[0, file.Length - 1], Gen.Byte, Gen.Int[0, file.Length - 1], Gen.Byte).Select(
                (first, value, second, other) => Changed(file, first, value, second, other)),
            Gen.Select(Gen.Int[0, file.Length - 1], Gen.Int[0, 7]).Select(
                (place, bit) => Changed(file, place, (byte)(file[place] ^ (1 << bit)))),
            Gen.Int[0, file.Length].Select(length => file[..length]),
            Gen.Select(Gen.Int[0, file.Length], Gen.Byte.Array[1, 9]).Select(
                (place, bytes) => (byte[])[.. file[..place], .. bytes, .. file[place..]]),
            Gen.Select(Gen.Int[0, file.Length - 1], Gen.Int[1, 9]).Select(
                (place, count) => (byte[])[.. file[..place], .. file[Math.Min(place + count, file.Length)..]]));
        int loaded = 0, refused = 0;

        damaged.Sample(
            bytes => Interlocked.Increment(ref LoadsAsTheNaiveReader(bytes) ? ref loaded : ref refused), iter: 4000);

        loaded.Should().BePositive();
        refused.Should().BePositive();
    }

    [Fact]
    public void LoadStateDict_AnyNumbersOfTheHeaderReplaced_LoadsOrRefusesAsAnIndependentCheckDoes()
    {
        byte[] file = File("F32");
        int headerLength = (int)BitConverter.ToInt64(file);
        string header = Encoding.UTF8.GetString(file, 8, headerLength);
        Match[] numbers = [.. Number().Matches(header).Cast<Match>()];
        int loaded = 0;

        Gen<int> place = Gen.Int[0, numbers.Length - 1];
        Gen.Select(place, Gen.Int[0, OddNumbers.Length - 1], place, place).Sample(
                (first, odd, from, to) =>
                {
                    string changed = Replaced(header, numbers[first], OddNumbers[odd]);
                    if (to < first)
                    {
                        changed = Replaced(changed, numbers[to], numbers[from].Value);
                    }

                    byte[] bytes = NaiveSafeTensors.File(changed, file[(8 + headerLength)..]);
                    bool loads = LoadsAsTheNaiveReader(bytes);
                    loads.Should().Be(NaiveSafeTensors.IsWhole(bytes) && Shapes(bytes) == Shapes(file));
                    Interlocked.Add(ref loaded, loads ? 1 : 0);
                },
                iter: 4000);

        loaded.Should().BePositive();
    }

    [Fact]
    public void Load_AnyBytesChanged_LoadsOrRefuses()
    {
        byte[] file = ModelBytes.Saved(SequenceModel.Create(2).VanillaRnn(2).TakeLast().Dense(1).Build());
        int refused = 0;

        Gen.Select(Gen.Int[0, file.Length - 1], Gen.Byte, Gen.Int[0, file.Length - 1], Gen.Byte).Sample(
            (first, value, second, other) =>
            {
                try
                {
                    SequenceModel loaded = SequenceModel.Load(new MemoryStream(Changed(file, first, value, second, other)));
                    loaded.Parameters.TotalCount.Should().BeLessThan(100);
                }
                catch (ModelFileException)
                {
                    Interlocked.Increment(ref refused);
                }
            },
            iter: 5000);

        refused.Should().BeGreaterThan(2500);
    }

    private static bool LoadsAsTheNaiveReader(byte[] bytes)
    {
        SequenceModel model = Model();
        try
        {
            model.LoadStateDict(new MemoryStream(bytes), ["encoder", "head"]);
        }
        catch (ModelFileException exception)
        {
            exception.Message.Should().StartWith("the stream: ");
            foreach (Parameter parameter in Model().Parameters)
            {
                Equal(model, parameter.Name, parameter.Values.ToArray());
            }

            return false;
        }

        Dictionary<string, (int[] Shape, float[] Values)> naive = NaiveSafeTensors.Read(bytes);
        naive.Should().HaveCount(6);
        Equal(model, "0.InputWeights", naive["encoder.weight_ih_l0"].Values);
        Equal(model, "0.RecurrentWeights", naive["encoder.weight_hh_l0"].Values);
        float[] second = naive["encoder.bias_hh_l0"].Values;
        Equal(model, "0.Bias", [.. naive["encoder.bias_ih_l0"].Values.Zip(second, (a, b) => b == 0 ? a : a + b)]);
        Equal(model, "1.Weights", naive["head.weight"].Values);
        Equal(model, "1.Bias", naive["head.bias"].Values);
        return true;
    }

    private static string Shapes(byte[] file) =>
        string.Join(" ", NaiveSafeTensors.Read(file).Select(tensor => $"{tensor.Key} [{string.Join(", ", tensor.Value.Shape)}]"));

    private static SequenceModel Model() => SequenceModel.Create(1).VanillaRnn(2).Dense(1).Build(seed: 1);

    private static byte[] File(string type)
    {
        List<(string, int[], float[])> tensors =
        [
            ("encoder.weight_ih_l0", [2, 1], [1, 2]),
            ("encoder.weight_hh_l0", [2, 2], [3, 4, 5, 6]),
            ("encoder.bias_ih_l0", [2], [7, 8]),
            ("encoder.bias_hh_l0", [2], [0, -1]),
            ("head.weight", [1, 2], [9, 10]),
            ("head.bias", [1], [11]),
        ];
        return NaiveSafeTensors.File(new() { ["format"] = "pt" }, tensors, type);
    }

    private static byte[] Changed(byte[] file, int first, byte value, int? second = null, byte other = 0)
    {
        byte[] changed = [.. file];
        changed[first] = value;
        changed[second ?? first] = second is null ? value : other;
        return changed;
    }

    private static string Replaced(string text, Match part, string replacement) =>
        text[..part.Index] + replacement + text[(part.Index + part.Length)..];

    private static void Equal(SequenceModel model, string parameter, float[] values) =>
        model.Parameters[parameter].Values.ShouldHaveTheBitsOf(values);

    [GeneratedRegex(@"(?<=[\[ ])\d+(?=[\],])")]
    private static partial Regex Number();
}
