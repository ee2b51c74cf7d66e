using System.Text;

namespace LstmSharp.Tests.Serialization;

/// <summary>Headers that must be refused, and where the refusal says that the fault stands.</summary>
public sealed class SafeTensorsHeaderTests
{
    private const string F32 = """{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}""";

    [Theory]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""",
        "the key 'a' must be there once, but is there twice",
        "\"a\":{\"dtype\":\"F32\",\"shape\":[0]")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"\u0061":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""",
        "the key 'a' must be there once, but is there twice",
        "\"\\u0061\"")]
    [InlineData(
        """{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "tensor 'a': the entry: the key 'dtype' must be there once, but is there twice",
        "\"dtype\":\"F32\",\"shape\"")]
    [InlineData(
        """{"__metadata__":{"k":"1","k":"2"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "the key 'k' must be there once, but is there twice",
        "\"k\":\"2\"")]
    [InlineData(
        """{"__metadata__":{},"__metadata__":{},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "the key '__metadata__' must be there once, but is there twice",
        "\"__metadata__\":{},\"a\"")]
    [InlineData("""{"__metadata__":{"k":1}}""", "__metadata__ must be a string, but is the number '1'", "1}}")]
    [InlineData("""{"__metadata__":["k"]}""", "__metadata__ must be an object, but is an array", "[\"k\"]")]
    [InlineData("""{"__metadata__":{"k":"\udc00"}}""", "a string must be valid Unicode, but is half of a surrogate pair", "\"\\udc00\"")]
    [InlineData("""{"__metadata__":{"k":"\ud800\ud800"}}""", "valid Unicode, but is half of a surrogate pair", "\"\\ud800")]
    [InlineData("""{"__metadata__":{"k":"\ud800\\udc00"}}""", "valid Unicode, but is half of a surrogate pair", "\"\\ud800")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "half of a surrogate pair", "\"\\ud800\"")]
    [InlineData(
        """{"a":{"dtype":"X32","shape":[2],"data_offsets":[0,8]}}""",
        "tensor 'a': dtype must be one of BOOL, U8, I8, F8_E5M2, F8_E4M3, F8_E8M0, I16, U16, F16, BF16, I32, U32, F32, I64, U64, F64, C64, "
        + "but is 'X32'",
        "\"X32\"")]
    [InlineData("""{"a":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""", "but is 'f32'", "\"f32\"")]
    [InlineData("""{"a":{"dtype":null,"shape":[2],"data_offsets":[0,8]}}""", "tensor 'a': dtype must be a string, but is null", "null")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""",
        "tensor 'a': shape: an item must be a whole number from 0 to 9223372036854775807, but is the number '-2'",
        "-2]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-0],"data_offsets":[0,8]}}""", "but is the number '-0'", "-0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", "but is the number '2.0'", "2.0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}""", "but is the number '2e0'", "2e0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[true],"data_offsets":[0,8]}}""", "but is true", "true")]
    [InlineData("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", "but is a string", "\"2\"")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8]}}""",
        "'18446744073709551615'",
        "18446744073709551615")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""",
        "tensor 'a': shape must be an array, but is the number '2'",
        "2,")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,8]}}""",
        "tensor 'a': shape must be of at most 9223372036854775807 bytes, but is [4294967296, 4294967296, 4]",
        "}}")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904,0],"data_offsets":[0,0]}}""",
        "must be of at most",
        "}}")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387905,2],"data_offsets":[0,8]}}""", "must be of at most", "}}")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2,1,1,1,1,1,1,1,1],"data_offsets":[0,8]}}""",
        "tensor 'a': shape must be at most 8 numbers, but is more",
        "1],")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""",
        "data_offsets must be at most 2 numbers, but is more",
        "8]}}")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""",
        "tensor 'a': data_offsets must be 12 bytes apart, as F32 [3] needs, but is 8 bytes apart",
        "}}")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}""", "must be 16 bytes apart", "}}")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""",
        "must be a begin and an end not before it, but is [8, 0]",
        "}}")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8]}}""", "must be a begin and an end not before it, but is [8]", "}}")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[]}}""", "must be a begin and an end not before it, but is []", "}}")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""",
        "tensor 'a': data_offsets must be from 0 on, where the tensor before ends, but is from 4 on",
        "\"a\"")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
        "data_offsets must be from 4 on, where the tensor before ends, but is from 0 on",
        "\"")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[6,8]}}""",
        "tensor 'b': data_offsets must be from 4 on, where the tensor before ends, but is from 6 on",
        "\"b\"")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2]}}""",
        "tensor 'a': the entry must be one with dtype, shape, data_offsets, but is without data_offsets",
        "}}")]
    [InlineData("""{"a":{}}""", "but is without dtype and shape and data_offsets", "}}")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}""",
        "tensor 'a': the entry: the key 'x' must be one of dtype, shape, data_offsets, but is none of them",
        "\"x\"")]
    [InlineData("""{"a":[0,8]}""", "tensor 'a': the entry must be an object, but is an array", "[0,8]")]
    [InlineData("""{"a":[[[[[[[[[[]]]]]]]]]]}""", "tensor 'a': the entry must be an object, but is an array", "[[")]
    [InlineData("""["a"]""", "the header must be JSON that begins with '{', but is something else", "[")]
    [InlineData(""" {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "must be JSON that begins with '{'", " {")]
    [InlineData("", "must be JSON that begins with '{'", "")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", "the header must be valid JSON, but is not", "")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} {}""", "the header must be valid JSON, but is not", "{}")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},}""", "the header must be valid JSON, but is not", "}")]
    [InlineData("""{/**/"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "the header must be valid JSON, but is not", "/**/")]
    public void Open_FaultyHeader_NamesFileFaultAndPlace(string header, string fault, string at)
    {
        byte[] file = NaiveSafeTensors.File(header, new byte[8]);

        ModelFileException exception = Fault(file);

        exception.Message.Should().StartWith("m.safetensors: ").And.Contain(fault).And.EndWith($" (byte {exception.Offset}).");
        exception.FileName.Should().Be("m.safetensors");
        exception.Message.Should().Contain($" must be {exception.Expected}, but is {exception.Actual} (byte ");
        Encoding.UTF8.GetString(file[(int)exception.Offset!.Value..]).Should().StartWith(at);
        if (exception.Tensor is { } tensor)
        {
            exception.Message.Should().StartWith($"m.safetensors: tensor '{tensor}': ");
        }
    }

    [Fact]
    public void Open_InvalidUtf8_NamesFileAndFault()
    {
        byte[] header = Encoding.UTF8.GetBytes(F32);
        header[2] = 0xFF;

        Fault(NaiveSafeTensors.File(header, new byte[8])).Message.Should().Be(
            "m.safetensors: the header must be valid UTF-8, but is not (byte 8).");
    }

    [Theory]
    [InlineData(100_000_001)]
    [InlineData(57)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void Open_HeaderLongerThanTheFile_NamesFileAndFault(long length)
    {
        ModelFileException fault = Fault([.. BitConverter.GetBytes(length), .. Encoding.UTF8.GetBytes("{}".PadRight(56))]);

        fault.Message.Should().Be(
            $"m.safetensors: the header must be at most 56 bytes long, but is {(ulong)length} bytes long (byte 0). "
            + "The file is cut off, or is no safetensors file.");
        fault.Tensor.Should().BeNull();
    }

    [Fact]
    public void Open_AsManyTensorsAndTextsAsThereMayBe_OpensAndOneMoreIsRefused()
    {
        string Entries(int count) => string.Join(
            ",", Enumerable.Range(0, count).Select(n => $"\"{n}\":{{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[{n},{n + 1}]}}"));
        string Texts(int count) => string.Join(",", Enumerable.Range(0, count).Select(n => $"\"{n}\":\"\""));

        SafeTensorsReader reader = Open(NaiveSafeTensors.File($"{{{Entries(16_384)}}}", new byte[16_384]));
        reader.Find("16383")!.Begin.Should().Be(16_383);
        reader.Find("16384").Should().BeNull();
        Open(NaiveSafeTensors.File($"{{\"__metadata__\":{{{Texts(4096)}}}}}")).Text("4095", 0).Should().BeEmpty();

        Fault(NaiveSafeTensors.File($"{{{Entries(16_385)}}}", new byte[16_385])).Message.Should().Contain(
            "the number of tensors must be at most 16384, but is more");
        Fault(NaiveSafeTensors.File($"{{\"__metadata__\":{{{Texts(4097)}}}}}")).Message.Should().Contain(
            "the number of texts must be at most 4096, but is more");
    }

    [Fact]
    public void Open_LongestName_OpensAndOneByteMoreIsRefused()
    {
        string Header(int length) => $"{{\"{new string('x', length)}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}}}";

        Open(NaiveSafeTensors.File(Header(4096))).Find(new string('x', 4096)).Should().NotBeNull();
        Fault(NaiveSafeTensors.File(Header(4097))).Message.Should().Contain(
            "a key must be at most 4096 bytes long, but is 4097 bytes long");
    }

    [Fact]
    public void Find_NamesWithEscapesAndForeignLetters_ComparesWhatTheyMean()
    {
        string[] names = ["\\u00e9", "é\\u0301", "\\uD83D\\uDE00", "a\\\"b", "한", "", "z", "Z"];
        string[] meant = ["é", "é\u0301", "😀", "a\"b", "한", "", "z", "Z"];
        string header = string.Join(
            ",", names.Select((name, n) => $"\"{name}\":{{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[{n},{n + 1}]}}"));

        SafeTensorsReader reader = Open(NaiveSafeTensors.File($"{{{header}}}", new byte[names.Length]));

        meant.Select(name => reader.Find(name)!.Begin).Should().Equal(Enumerable.Range(0, names.Length).Select(n => (long)n));
        reader.Names.Should().Equal(meant);
        reader.Find("a").Should().BeNull();
    }

    private static SafeTensorsReader Open(byte[] file) => new(new MemoryStream(file), "m.safetensors");

    private static ModelFileException Fault(byte[] file) => new Action(() => Open(file)).Should().Throw<ModelFileException>().Which;
}
