using LstmSharp.Tests.Golden;

namespace LstmSharp.Tests.Serialization;

public sealed class SafeTensorsReaderTests
{
    private const string F32 = """{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}""";

    public static TheoryData<string> GoldenNames => [.. GoldenFile.NamesOf(string.Empty)];

    [Theory]
    [MemberData(nameof(GoldenNames))]
    public void Read_FileOfLibtorch_GivesEveryTensorAndText(string name)
    {
        GoldenFile golden = GoldenFile.Read(name);
        using FileStream stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", name + ".safetensors"));

        var reader = new SafeTensorsReader(stream, name);

        reader.Names.Should().BeEquivalentTo(golden.Names);
        reader.Text("source", 1000).Should().Be(golden.Text("source"));
        foreach (SafeTensorsEntry entry in reader.Names.Select(tensor => reader.Find(tensor)!))
        {
            entry.Shape.Should().Equal(Array.ConvertAll(golden.Shape(entry.Name), size => (long)size));
            if (entry.Type == "F32")
            {
                float[] values = new float[golden.Floats(entry.Name).Length];
                reader.Read(entry, values);
                values.ShouldHaveTheBitsOf(golden.Floats(entry.Name));
            }
            else
            {
                Fault(() => reader.Read(entry, new float[1])).Should().Be(
                    $"{name}: tensor '{entry.Name}' must be F32, F16, BF16 or F64, but is I64 (byte {entry.Offset}).");
            }
        }
    }

    [Fact]
    public void Open_StreamThatGrewSinceItToldItsLength_IsRefusedBeforeTheHeaderIsMadeRoomFor()
    {
        byte[] file = [.. BitConverter.GetBytes((ulong)int.MaxValue), .. new byte[100]];

        Fault(() => new SafeTensorsReader(new GrownStream(file))).Should().Be(
            "the stream: the header must be at most 0 bytes long, but is 2147483647 bytes long (byte 0). The file is cut off, or is no "
            + "safetensors file.");
    }

    [Fact]
    public void Read_ScalarEmptyTensorAndWhiteSpace_AreLegal()
    {
        byte[] file = NaiveSafeTensors.File(
            """
            {"s" : {"dtype":"F32", "shape":[], "data_offsets":[0,4]},
             "none":{"data_offsets":[4,4],"shape":[3,0,5],"dtype":"F32"}}
            """ + "     ",
            BitConverter.GetBytes(2.5f));
        var reader = Open(file);
        float[] value = new float[1];

        reader.Read(reader.Find("s")!, value);
        reader.Read(reader.Find("none")!, []);

        value.Should().Equal(2.5f);
        reader.Find("none")!.Shape.Should().Equal(3, 0, 5);
        Open(NaiveSafeTensors.File("{}")).Count.Should().Be(0);
    }

    [Fact]
    public void Read_MoreValuesThanAChunk_KeepsEveryBit()
    {
        float[] values = RandomValues.Uniform(new Random(1), 5000);
        values[4999] = -0f;
        byte[] file = NaiveSafeTensors.File([], [("a", [5000], values)]);
        float[] read = new float[5000];

        SafeTensorsReader reader = Open(file);
        reader.Read(reader.Find("a")!, read);

        read.ShouldHaveTheBitsOf(values);
        new Action(() => reader.Read(reader.Find("a")!, new float[4999])).Should().Throw<ArgumentException>()
            .WithMessage("*must hold the 5000 values of tensor 'a', but holds 4999*");
    }

    [Fact]
    public void Open_StreamThatCannotSeekOrStandsFurtherOn_ReadsFromItsPosition()
    {
        byte[] file = NaiveSafeTensors.File(F32, new byte[8]);
        using var further = new MemoryStream([1, 2, 3, .. file]) { Position = 3 };
        using var oneWay = new OneWayStream(file);

        new SafeTensorsReader(further, "further").Find("a").Should().NotBeNull();
        new SafeTensorsReader(oneWay, "one way").Find("a").Should().NotBeNull();
    }

    [Fact]
    public void Open_FaultyStreamThatCannotSeek_IsReadNoFurtherThanTheFault()
    {
        byte[] rest = new byte[1_000_000];
        using var badLength = new OneWayStream([.. BitConverter.GetBytes(-1L), .. rest]);
        using var badHeader = new OneWayStream([.. NaiveSafeTensors.File("[]"), .. rest]);
        using var tooLong = new OneWayStream([.. NaiveSafeTensors.File(F32, new byte[8]), .. rest]);
        using var tooShort = new OneWayStream(NaiveSafeTensors.File(F32, new byte[7]));
        using var noHeader = new OneWayStream([.. BitConverter.GetBytes(100_000_000L), 1]);

        Fault(() => new SafeTensorsReader(badLength, "m")).Should().Be(
            "m: the header must be at most 100000000 bytes long, but is 18446744073709551615 bytes long (byte 0). "
            + "The file is cut off, or is no safetensors file.");
        Fault(() => new SafeTensorsReader(badHeader, "m")).Should().Contain("JSON that begins with '{'");
        Fault(() => new SafeTensorsReader(tooLong, "m")).Should().Be(
            "m: the data behind the header must be 8 bytes, but is more (byte 72).");
        Fault(() => new SafeTensorsReader(tooShort, "m")).Should().Be(
            "m: the data behind the header must be 8 bytes, but is 7 bytes (byte 71).");
        Fault(() => new SafeTensorsReader(noHeader, "m")).Should().Be(
            "m: the header must be 100000000 bytes long, but is 1 bytes long (byte 9). The file is cut off, or is no safetensors file.");
        badLength.Unread.Should().Be(rest.Length);
        badHeader.Unread.Should().Be(rest.Length);
        tooLong.Unread.Should().Be(rest.Length - 1);
    }

    [Fact]
    public void Read_StreamThatCannotSeek_GivesTheValues()
    {
        using var oneWay = new OneWayStream(NaiveSafeTensors.File([], [("b", [1], [5f]), ("a", [2], [3f, 4f])]));
        var reader = new SafeTensorsReader(oneWay, "m");
        float[] a = new float[2], b = new float[1];

        reader.Read(reader.Find("a")!, a);
        reader.Read(reader.Find("b")!, b);

        a.Should().Equal(3, 4);
        b.Should().Equal(5);
    }

    [Fact]
    public void Open_EveryShorterOrLongerFile_Throws()
    {
        byte[] file = NaiveSafeTensors.File(F32, new byte[8]);
        Open(file).Count.Should().Be(1);

        for (int length = 0; length < file.Length; length++)
        {
            Fault(() => Open(file[..length])).Should().StartWith("m.safetensors: ");
        }

        Fault(() => Open([.. file, 0])).Should().Be(
            "m.safetensors: the data behind the header must be 8 bytes, but is 9 bytes (byte 72).");
    }

    private static SafeTensorsReader Open(byte[] file) => new(new MemoryStream(file), "m.safetensors");

    private static string Fault(Func<object> open) => Fault(new Action(() => open()));

    private static string Fault(Action open) => open.Should().Throw<ModelFileException>().Which.Message;

    /// <summary>Tells the length that it had while it was empty, as files of Linux's /proc do.</summary>
    private sealed class GrownStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override long Length => 0;
    }
}
