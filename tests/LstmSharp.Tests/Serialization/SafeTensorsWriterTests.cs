using System.Text;

namespace LstmSharp.Tests.Serialization;

public sealed class SafeTensorsWriterTests
{
    [Fact]
    public void Write_TwoTensors_GivesTheBytesOfTheFormat()
    {
        var matrix = new Parameter("0.Weights", 1, 2);
        var vector = new Parameter("0.Bias", 1);
        matrix.Edit(values => values[0] = 1);
        matrix.Edit(values => values[1] = -0f);
        vector.Edit(values => values[0] = float.PositiveInfinity);

        byte[] file = Written(new() { ["z"] = "1", ["b"] = "\"ü" }, new NamedTensor("w", matrix), new NamedTensor("v", vector));

        string header =
            """{"__metadata__":{"b":"\"ü","z":"1"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}"""
            + ""","v":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""";
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] padded = [.. text, .. Encoding.UTF8.GetBytes(new string(' ', (8 - (text.Length % 8)) % 8))];
        file.Should().Equal(NaiveSafeTensors.File(padded, [0, 0, 128, 63, 0, 0, 0, 128, 0, 0, 128, 127]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(8)]
    public void Write_AnyHeaderLength_IsPaddedToEightBytesAndReadsBack(int extra)
    {
        var tensor = new Parameter("0.Bias", 5000);
        tensor.CopyFrom(RandomValues.Uniform(new Random(3), 5000));

        byte[] file = Written(new() { ["k"] = new string('x', extra) }, new NamedTensor("bias", tensor));

        (BitConverter.ToInt64(file) % 8).Should().Be(0);
        var reader = new SafeTensorsReader(new MemoryStream(file), "file");
        float[] read = new float[5000];
        reader.Read(reader.Find("bias")!, read);
        read.Should().Equal(tensor.Values.ToArray());
        reader.Text("k", 100).Should().HaveLength(extra);
    }

    private static byte[] Written(Dictionary<string, string> metadata, params NamedTensor[] tensors)
    {
        using var stream = new MemoryStream();
        SafeTensorsWriter.Write(stream, metadata, tensors);
        return stream.ToArray();
    }
}
