using System.Text;
using CsCheck;
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

        reader.Entries.Keys.Should().BeEquivalentTo(golden.Names);
        reader.Metadata["source"].Should().Be(golden.Text("source"));
        foreach (SafeTensorsEntry entry in reader.Entries.Values)
        {
            entry.Shape.Should().Equal(Array.ConvertAll(golden.Shape(entry.Name), size => (long)size));
            if (entry.Type == "F32")
            {
                float[] values = new float[golden.Floats(entry.Name).Length];
                reader.Read(entry, values);
                Bits(values).Should().Equal(Bits(golden.Floats(entry.Name)));
            }
            else
            {
                Fault(() => reader.Read(entry, new float[1])).Should().Be(
                    $"{name}: tensor '{entry.Name}' must be of dtype F32, but is I64.");
            }
        }
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

        reader.Read(reader.Entries["s"], value);
        reader.Read(reader.Entries["none"], []);

        value.Should().Equal(2.5f);
        reader.Entries["none"].Shape.Should().Equal(3, 0, 5);
        Open(NaiveSafeTensors.File("{}")).Entries.Should().BeEmpty();
    }

    [Fact]
    public void Read_MoreValuesThanAChunk_KeepsEveryBit()
    {
        float[] values = RandomValues.Uniform(new Random(1), 5000);
        values[4999] = -0f;
        byte[] file = NaiveSafeTensors.File([], [("a", [5000], values)]);
        float[] read = new float[5000];

        SafeTensorsReader reader = Open(file);
        reader.Read(reader.Entries["a"], read);

        Bits(read).Should().Equal(Bits(values));
        new Action(() => reader.Read(reader.Entries["a"], new float[4999])).Should().Throw<ArgumentException>()
            .WithMessage("*must hold the 5000 values of tensor 'a', but holds 4999*");
    }

    [Fact]
    public void Open_StreamThatCannotSeekOrStandsFurtherOn_ReadsFromItsPosition()
    {
        byte[] file = NaiveSafeTensors.File(F32, new byte[8]);
        using var further = new MemoryStream([1, 2, 3, .. file]) { Position = 3 };
        using var oneWay = new OneWayStream(file);

        new SafeTensorsReader(further, "further").Entries.Should().ContainKey("a");
        new SafeTensorsReader(oneWay, "one way").Entries.Should().ContainKey("a");
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
            "m: this is no whole safetensors file: its header may have at most 100000000 bytes, but claims 18446744073709551615.");
        Fault(() => new SafeTensorsReader(badHeader, "m")).Should().Contain("must begin with '{'");
        Fault(() => new SafeTensorsReader(tooLong, "m")).Should().Be("m: the tensors need 8 bytes of data, but the file holds more.");
        Fault(() => new SafeTensorsReader(tooShort, "m")).Should().Be("m: the tensors need 8 bytes of data, but the file holds 7.");
        Fault(() => new SafeTensorsReader(noHeader, "m")).Should().Be("m: the file ends too early.");
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

        reader.Read(reader.Entries["a"], a);
        reader.Read(reader.Entries["b"], b);

        a.Should().Equal(3, 4);
        b.Should().Equal(5);
    }

    [Theory]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""",
        "the key 'a' appears twice")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "the key 'dtype' appears twice")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "the key 'k' appears twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "appears twice")]
    [InlineData(
        """{"__metadata__":{"k":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "'k' must be a string, but is a number")]
    [InlineData(
        """{"__metadata__":["k"],"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "__metadata__ must be an object, but is an array")]
    [InlineData("""{"a":{"dtype":"X32","shape":[2],"data_offsets":[0,8]}}""", "unknown dtype 'X32'")]
    [InlineData("""{"a":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""", "unknown dtype 'f32'")]
    [InlineData("""{"a":{"dtype":null,"shape":[2],"data_offsets":[0,8]}}""", "dtype must be a string, but is null")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "shape must be a whole number from 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", "shape must be a whole number from 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[true],"data_offsets":[0,8]}}""", "shape must be a whole number from 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8]}}""", "shape must be a whole number from 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "shape must be an array, but is a number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,8]}}""", "is too large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904,0],"data_offsets":[0,0]}}""", "is too large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387905,2],"data_offsets":[0,8]}}""", "is too large")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2,1,1,1,1,1,1,1,1],"data_offsets":[0,8]}}""",
        "tensor 'a': shape must hold at most 8 numbers, but holds more")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8,8,8,8,8,8,8]}}""", "data_offsets must hold at most 8 numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "needs 12 bytes for F32 [3], but its data_offsets hold 8")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}""", "needs 16 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "a begin and an end not before it")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", "a begin and an end not before it")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[]}}""", "a begin and an end not before it")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "must begin at byte 0")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
        "must begin at byte 4")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[6,8]}}""",
        "must begin at byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "need 4 bytes of data, but the file holds 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "need 12 bytes of data, but the file holds 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", "must have dtype, shape and data_offsets, but has dtype, shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}""", "unknown key 'x'")]
    [InlineData("""{"a":[0,8]}""", "tensor 'a' must be an object, but is an array")]
    [InlineData("""["a"]""", "must begin with '{'")]
    [InlineData(""" {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "must begin with '{'")]
    [InlineData("", "must begin with '{'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", "not valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} {}""", "not valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},}""", "not valid JSON")]
    [InlineData("""{/**/"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "not valid JSON")]
    [InlineData("""{"a":[[[[[[[[[[]]]]]]]]]]}""", "tensor 'a' must be an object")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "half of a surrogate pair")]
    public void Open_FaultyHeader_NamesFileAndFault(string header, string fault) =>
        Fault(() => Open(NaiveSafeTensors.File(header, new byte[8]))).Should().StartWith("m.safetensors: ").And.Contain(fault);

    [Fact]
    public void Open_InvalidUtf8_NamesFileAndFault()
    {
        byte[] header = Encoding.UTF8.GetBytes(F32);
        header[2] = 0xFF;

        Fault(() => Open(NaiveSafeTensors.File(header, new byte[8]))).Should().Be("m.safetensors: the header: is not valid UTF-8.");
    }

    [Theory]
    [InlineData(100_000_001)]
    [InlineData(57)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void Open_HeaderLongerThanTheFile_NamesFileAndFault(long length)
    {
        byte[] file = [.. BitConverter.GetBytes(length), .. Encoding.UTF8.GetBytes("{}".PadRight(56))];

        Fault(() => Open(file)).Should().Contain("its header may have at most 56 bytes, but claims");
    }

    [Fact]
    public void Open_EveryShorterOrLongerFile_Throws()
    {
        byte[] file = NaiveSafeTensors.File(F32, new byte[8]);
        Open(file).Entries.Should().HaveCount(1);

        for (int length = 0; length < file.Length; length++)
        {
            Fault(() => Open(file[..length])).Should().StartWith("m.safetensors: ");
        }

        Fault(() => Open([.. file, 0])).Should().Contain("need 8 bytes of data, but the file holds 9");
    }

    [Fact]
    public void Open_AnyBytesOfTheHeaderChanged_LoadsOrSaysItIsInvalid()
    {
        byte[] file = NaiveSafeTensors.File(
            """{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}""", new byte[8]);
        int refused = 0;

        Gen.Select(Gen.Int[0, file.Length - 9], Gen.Byte, Gen.Int[0, file.Length - 9], Gen.Byte).Sample(
            (first, value, second, other) =>
            {
                byte[] changed = [.. file];
                changed[first] = value;
                changed[second] = other;
                try
                {
                    Open(changed);
                }
                catch (InvalidDataException)
                {
                    Interlocked.Increment(ref refused);
                }
            },
            iter: 5000);

        refused.Should().BeGreaterThan(2500);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4000000000000]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,8]}}""")]
    public void Open_ClaimOfManyElements_ThrowsWithoutAllocatingThem(string header)
    {
        byte[] file = NaiveSafeTensors.File(header, new byte[8]);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Fault(() => Open(file)).Should().Contain("4000000000000 bytes");

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    private static SafeTensorsReader Open(byte[] file) => new(new MemoryStream(file), "m.safetensors");

    private static string Fault(Func<object> open) => Fault(new Action(() => open()));

    private static string Fault(Action open) => open.Should().Throw<InvalidDataException>().Which.Message;

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);
}
