using System.Numerics.Tensors;
using System.Text;
using CsCheck;

namespace LstmSharp.Tests.Serialization;

public sealed class ScalerFileTests
{
    private const string Valid = """{"format":"lstmsharp.standard-scaler","version":1,"means":[12.5,-0],"scales":[4,0.1]}""";

    [Fact]
    public void Save_AnyScaler_LoadsToTheBit() =>
        Gen.Select(Gen.Double.Where(double.IsFinite), Gen.Double.Where(x => double.IsFinite(x) && x != 0)).Array[1, 9].Sample(columns =>
        {
            var scaler = new StandardScaler([.. columns.Select(c => c.Item1)], [.. columns.Select(c => Math.Abs(c.Item2))]);
            using var file = new MemoryStream();

            scaler.Save(file);
            file.Position = 0;
            StandardScaler loaded = StandardScaler.Load(file);

            Bits(loaded.Means).Should().Equal(Bits(scaler.Means));
            Bits(loaded.Scales).Should().Equal(Bits(scaler.Scales));
        });

    [Fact]
    public void Save_ToAPath_IsReadableJsonAndReplacesTheOldFile()
    {
        string path = Path.GetTempFileName();
        try
        {
            new StandardScaler([12.5, -0.0], [4, 0.1]).Save(path);

            File.ReadAllText(path).Should().Be(Valid);
            StandardScaler loaded = StandardScaler.Load(path);
            loaded.Transform(Tensor.Create((float[])[16.5f, 1], [1, 2])).ToArray().Should().Equal(1, 10);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("", "the scaler must be valid JSON, but is not (byte 0)")]
    [InlineData("[]", "the scaler must be an object, but is an array (byte 0)")]
    [InlineData("{}", "the key 'format' must be there, but is missing")]
    [InlineData("""{"format":"other"}""", "format must be one of lstmsharp.standard-scaler, but is 'other' (byte 10)")]
    [InlineData("""{"format":"lstmsharp.standard-scaler","version":2}""", "version must be 1, or be read by a later version of LstmSharp, but is 2")]
    [InlineData("""{"format":"lstmsharp.standard-scaler","version":1,"means":[1]}""", "the key 'scales' must be there, but is missing")]
    [InlineData("""{"format":"lstmsharp.standard-scaler","version":1,"means":[],"scales":[]}""", "one number for each column, but is 0 and 0 numbers")]
    [InlineData("""{"format":"lstmsharp.standard-scaler","version":1,"means":[1],"scales":[1,2]}""", "but is 1 and 2 numbers")]
    [InlineData("""{"format":"lstmsharp.standard-scaler","version":1,"means":[1],"scales":[0]}""", "scales: an item must be over 0, but is 0")]
    [InlineData("""{"format":"lstmsharp.standard-scaler","version":1,"means":[1],"scales":[-1]}""", "scales: an item must be over 0, but is -1")]
    [InlineData("""{"format":"lstmsharp.standard-scaler","version":1,"means":[1e999],"scales":[1]}""", "means: an item must be a finite number, but is the number '1e999'")]
    [InlineData("""{"format":"lstmsharp.standard-scaler","version":1,"means":["1"],"scales":[1]}""", "means: an item must be a finite number, but is a string")]
    [InlineData("""{"format":"lstmsharp.standard-scaler","version":1,"means":[[1]],"scales":[1]}""", "means: an item must be a finite number, but is an array")]
    [InlineData("""{"means":[1],"means":[1]}""", "the key 'means' must be there once, but is there twice")]
    [InlineData("""{"mean":[1]}""", "the key 'mean' must be one of format, version, means, scales, but is none of them")]
    [InlineData("\uFEFF{}", "must be valid JSON, but is not")]
    public void Load_WhatIsNoScaler_SaysWhatAndWhere(string text, string fault) =>
        Failing(Encoding.UTF8.GetBytes(text)).Should().StartWith("the stream: ").And.Contain(fault);

    [Fact]
    public void Load_AfterTheEnd_OrNotUtf8_IsRefused()
    {
        Failing(Encoding.UTF8.GetBytes(Valid + " {}")).Should().StartWith("the stream: the scaler must be ");
        Failing([0x22, 0xFF]).Should().Contain("valid UTF-8");
        Failing(new byte[(16 << 20) + 1]).Should().Be("the stream: the scaler must be at most 16777216 bytes long, but is longer.");
    }

    [Fact]
    public void Load_EveryCutOrChangedByte_GivesAScalerOrAFault()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Valid);
        for (int n = 0; n < whole.Length; n++)
        {
            Failing(whole[..n]).Should().NotBeEmpty();
            foreach (byte other in (byte[])[0, 0x20, 0x22, 0x2D, 0x39, 0x5B, 0x65, 0x80, 0xFF])
            {
                byte[] changed = [.. whole];
                changed[n] = other;
                LoadOrFault(changed);
            }
        }
    }

    [Fact]
    public void WrongArguments_AreNamed()
    {
        var scaler = new StandardScaler([0], [1]);
        new Action(() => scaler.Save(string.Empty)).Should().Throw<ArgumentException>();
        new Action(() => StandardScaler.Load(string.Empty)).Should().Throw<ArgumentException>();
        new Action(() => StandardScaler.Load((Stream)null!)).Should().Throw<ArgumentNullException>();
        var closed = new MemoryStream();
        closed.Dispose();
        new Action(() => StandardScaler.Load(closed)).Should().Throw<ArgumentException>();
        new Action(() => scaler.Save(closed)).Should().Throw<ArgumentException>();
    }

    /// <summary>Any other exception fails the test.</summary>
    private static void LoadOrFault(byte[] bytes)
    {
        try
        {
            StandardScaler.Load(new MemoryStream(bytes)).Means.IsEmpty.Should().BeFalse();
        }
        catch (ModelFileException fault)
        {
            fault.FileName.Should().Be("the stream");
        }
    }

    private static string Failing(byte[] bytes) =>
        new Action(() => StandardScaler.Load(new MemoryStream(bytes))).Should().Throw<ModelFileException>().Which.Message;

    private static long[] Bits(ReadOnlySpan<double> values) => [.. values.ToArray().Select(BitConverter.DoubleToInt64Bits)];
}
