using System.Text;

namespace LstmSharp.Tests.Serialization;

/// <summary>What reading allocates, everything together: never more than the file and 1 MiB.</summary>
public sealed class FileMemoryTests
{
    private const long Mebibyte = 1 << 20;

    private static readonly Dictionary<string, Func<string>> Headers = new()
    {
        ["a claim of 4 TB, as the offsets say"] = () =>
            """{"a":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4000000000000]}}""",
        ["a claim of 4 TB, unlike the offsets"] = () => """{"a":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,8]}}""",
        ["spaces"] = () => "{}".PadRight(20_000_000),
        ["as many tensors as there may be"] = () => $"{{{Entries(16_384)}}}",
        ["one tensor more"] = () => $"{{{Entries(16_385)}}}",
        ["many tensors"] = () => $"{{{Entries(200_000)}}}",
        ["long names"] = () => $"{{{string.Join(",", Enumerable.Range(0, 2000).Select(n => Entry(n.ToString("D4000"), 0)))}}}",
        ["names with escapes"] = () => $"{{{string.Join(",", Enumerable.Range(0, 2000).Select(n => Entry($"\\u0061{n}", 0)))}}}",
        ["as many tensors and texts as there may be"] = () => $"{{\"__metadata__\":{{{Texts(4096)}}},{Entries(16_384)}}}",
        ["many texts"] = () => $"{{\"__metadata__\":{{{Texts(200_000)}}}}}",
        ["one long text"] = () => $"{{\"__metadata__\":{{\"k\":\"{new string('x', 10_000_000)}\"}}}}",
        ["one long text of escapes"] = () => $"{{\"__metadata__\":{{\"k\":\"{string.Concat(Enumerable.Repeat("\\u00e9", 1_000_000))}\"}}}}",
        ["a long architecture"] = () =>
            $"{{\"__metadata__\":{{\"lstmsharp.format\":\"1\",\"lstmsharp.architecture\":\"{new string('x', 9_000_000)}\"}}}}",
        ["a long format"] = () => $"{{\"__metadata__\":{{\"lstmsharp.format\":\"{new string('x', 9_000_000)}\"}}}}",
        ["a long unknown key"] = () => $"{{\"a\":{{\"{new string('x', 9_000_000)}\":1}}}}",
        ["a long dtype"] = () => $"{{\"a\":{{\"dtype\":\"{new string('x', 9_000_000)}\"}}}}",
        ["a long shape"] = () => $"{{\"a\":{{\"shape\":[{string.Join(",", Enumerable.Repeat("1", 1_000_000))}]}}}}",
        ["deep JSON"] = () => $"{{\"a\":{new string('[', 5_000_000)}",
    };

    public static TheoryData<string> CraftedHeaders => [.. Headers.Keys];

    [Theory]
    [MemberData(nameof(CraftedHeaders))]
    public void Load_CraftedHeader_AllocatesAtMostTheFileAndOneMebibyte(string what)
    {
        byte[] file = NaiveSafeTensors.File(Headers[what](), new byte[8]);
        using var stream = new MemoryStream(file);

        AllocatedByRefusalOf(stream).Should().BeLessThanOrEqualTo(file.Length + Mebibyte);
    }

    [Theory]
    [InlineData(100_000_000L, 1_000)]
    [InlineData(long.MaxValue, 1_000)]
    [InlineData(90_000_000L, 3_000_000)]
    public void Load_StreamWhoseHeaderDoesNotCome_AllocatesWhatCame(long claimed, int sent)
    {
        byte[] file = [.. BitConverter.GetBytes(claimed), .. Encoding.UTF8.GetBytes("{".PadRight(sent))];
        using var stream = new OneWayStream(file);

        AllocatedByRefusalOf(stream).Should().BeLessThanOrEqualTo((4 * sent) + Mebibyte);
    }

    [Fact]
    public void Load_StreamWhoseDataDoesNotCome_AllocatesWhatCame()
    {
        byte[] file = NaiveSafeTensors.File(
            """{"a":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4000000000000]}}""", new byte[3_000_000]);
        using var stream = new OneWayStream(file);

        AllocatedByRefusalOf(stream).Should().BeLessThanOrEqualTo(file.Length + Mebibyte);
    }

    [Theory]
    [InlineData("F32", 4)]
    [InlineData("F16", 2)]
    [InlineData("BF16", 2)]
    [InlineData("F64", 8)]
    public void LoadStateDict_LargeFile_AllocatesAtMostTheFileAndOneMebibyte(string type, int size)
    {
        using var folder = new TemporaryFolder();
        SequenceModel model = SequenceModel.Create(512).Lstm(512).Build();
        byte[] file = File(model, type);
        System.IO.File.WriteAllBytes(folder.File("net"), file);
        file.LongLength.Should().BeGreaterThan(model.Parameters.TotalCount * size);

        AllocatedBy(() => model.LoadStateDict(folder.File("net"), [string.Empty])).Should().BeLessThanOrEqualTo(file.Length + Mebibyte);
        AllocatedBy(() => model.LoadStateDict(new OneWayStream(file), [string.Empty])).Should().BeLessThanOrEqualTo(file.Length + Mebibyte);
    }

    [Theory]
    [InlineData(WeightType.F32)]
    [InlineData(WeightType.BF16)]
    public void Load_LargeFile_AllocatesAtMostTheModelAndOneMebibyte(WeightType type)
    {
        using var folder = new TemporaryFolder();
        SequenceModel model = SequenceModel.Create(512).Lstm(512).Build();
        model.Save(folder.File("model"), type);
        long weights = model.Parameters.TotalCount * sizeof(float), fileLength = new FileInfo(folder.File("model")).Length;
        using var oneWay = new OneWayStream(System.IO.File.ReadAllBytes(folder.File("model")));

        AllocatedBy(() => SequenceModel.Load(folder.File("model"))).Should().BeLessThanOrEqualTo(weights + Mebibyte);
        AllocatedBy(() => SequenceModel.Load(oneWay)).Should().BeLessThanOrEqualTo(weights + fileLength + Mebibyte);
    }

    [Fact]
    public void Save_LargeModel_AllocatesLessThanOneMebibyte()
    {
        using var folder = new TemporaryFolder();
        SequenceModel model = SequenceModel.Create(512).Lstm(512).Build();

        AllocatedBy(() => model.Save(folder.File("model"))).Should().BeLessThan(Mebibyte);
        AllocatedBy(() => model.SaveStateDict(folder.File("net"), type: WeightType.BF16)).Should().BeLessThan(Mebibyte);
    }

    private static byte[] File(SequenceModel model, string type)
    {
        List<(string, int[], float[])> tensors =
        [
            .. model.Parameters.Zip(["weight_ih_l0", "weight_hh_l0", "bias_ih_l0"]).Select(
                pair => (pair.Second, pair.First.Shape.ToArray(), pair.First.Values.ToArray())),
            ("bias_hh_l0", model.Parameters[2].Shape.ToArray(), new float[model.Parameters[2].Count]),
        ];
        return NaiveSafeTensors.File([], tensors, type);
    }

    private static string Entry(string name, int begin) =>
        $"\"{name}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[{begin},{begin}]}}";

    private static string Texts(int count) => string.Join(",", Enumerable.Range(0, count).Select(n => $"\"{n}\":\"\""));

    private static string Entries(int count) => string.Join(",", Enumerable.Range(0, count).Select(n => Entry($"{n}", 0)));

    private static long AllocatedByRefusalOf(Stream stream)
    {
        ModelFileException? refusal = null;
        long allocated = AllocatedBy(() =>
        {
            try
            {
                SequenceModel.Load(stream);
            }
            catch (ModelFileException exception)
            {
                refusal = exception;
            }
        });
        refusal.Should().NotBeNull();
        return allocated;
    }

    private static long AllocatedBy(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
