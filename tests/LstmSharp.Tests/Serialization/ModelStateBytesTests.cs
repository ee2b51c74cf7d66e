using System.Buffers.Binary;

namespace LstmSharp.Tests.Serialization;

public sealed class ModelStateBytesTests
{
    private const int VersionAt = 8;
    private const int BatchSizeAt = 12;
    private const int LayersAt = 16;
    private const int KindAt = 20;
    private const int HiddenSizeAt = 24;

    [Fact]
    public void ToBytes_OfStatesWithKnownValues_IsTheDocumentedFormat()
    {
        ModelState state = SequenceModel.Create(1).Lstm(1).VanillaRnn(2).Build().CreateState(1);
        ((LstmState)state[0]).Hidden[0] = 1;
        ((LstmState)state[0]).Cell[0] = -2;
        state[1].Hidden[0] = 0.5f;
        state[1].Hidden[1] = float.PositiveInfinity;

        Convert.ToHexString(state.ToBytes()).Should().Be(
            "4C53544D53544154" + "01000000" + "01000000" + "02000000" + "02000000" + "01000000" + "01000000" + "02000000"
            + "0000803F" + "000000C0" + "0000003F" + "0000807F"
            + Convert.ToHexString(BitConverter.GetBytes(NaiveCrc32C.Of(state.ToBytes().AsSpan(..^4)))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void FromBytes_OfToBytes_KeepsEveryBit(int batchSize)
    {
        SequenceModel model = SequenceModel.Create(3).Lstm(5).VanillaRnn(9).Gru(4).Lstm(1).Build();
        ModelState state = model.CreateState(batchSize).Fill(new Random(1));
        float[] special = [float.NaN, BitConverter.Int32BitsToSingle(0x7FA12345), -0f, float.NegativeInfinity, float.Epsilon];
        special.AsSpan(..Math.Min(5, state[0].Hidden.Length)).CopyTo(state[0].Hidden);

        ModelState read = ModelState.FromBytes(state.ToBytes());
        read.ToString().Should().Be(state.ToString());
        read.BatchSize.Should().Be(batchSize);
        read.Values().ShouldHaveTheBitsOf(state.Values());
        model.CreateState(batchSize).CopyFrom(read);
    }

    [Fact]
    public void FromBytes_StatesOfNoLayers_HaveTheirBatchSize()
    {
        ModelState read = ModelState.FromBytes(SequenceModel.Create(2).Dense(3).Build().CreateState(4).ToBytes());
        read.Should().BeEmpty();
        read.BatchSize.Should().Be(4);
    }

    [Fact]
    public void FromBytes_AnyBitChanged_IsRefused()
    {
        byte[] bytes = Bytes();
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            FluentActions.Invoking(() => ModelState.FromBytes(bytes)).Should().Throw<ModelFileException>()
                .Which.FileName.Should().Be("the state");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        ModelState.FromBytes(bytes).Count.Should().Be(2);
    }

    [Fact]
    public void FromBytes_AnyOtherLength_IsRefused()
    {
        byte[] bytes = [.. Bytes(), .. new byte[100]];
        for (int length = 0; length <= bytes.Length; length++)
        {
            if (length != bytes.Length - 100)
            {
                FluentActions.Invoking(() => ModelState.FromBytes(bytes.AsSpan(..length))).Should().Throw<ModelFileException>();
            }
        }
    }

    [Theory]
    [InlineData(0, 0x12345678, "the state: the first 8 bytes must be LSTMSTAT, but is 7856341253544154 (byte 0).")]
    [InlineData(VersionAt, 2, "the state: the format must be 1, but is 2 (byte 8). A later version of LstmSharp may read it.")]
    [InlineData(BatchSizeAt, -1, "the state: BatchSize must be 0 or more, but is -1 (byte 12).")]
    [InlineData(BatchSizeAt, 4, "the state: its length must be * bytes, as its layers need, but is *.")]
    [InlineData(BatchSizeAt, int.MaxValue, "the state: layer 0's HiddenSize must be 1 or more, times BatchSize at most *, but is 4 (byte 24).")]
    [InlineData(LayersAt, -1, "the state: the number of layers must be 0 to *, but is -1 (byte 16).")]
    [InlineData(LayersAt, 0, "the state: its length must be 24 bytes, as its layers need, but is *.")]
    [InlineData(LayersAt, int.MaxValue, "the state: the number of layers must be 0 to *, but is 2147483647 (byte 16).")]
    [InlineData(KindAt, 0, "the state: layer 0's kind must be 1, 2 or 3, but is 0 (byte 20).")]
    [InlineData(KindAt, 4, "the state: layer 0's kind must be 1, 2 or 3, but is 4 (byte 20).")]
    [InlineData(KindAt, 1, "the state: its length must be * bytes, as its layers need, but is *.")]
    [InlineData(HiddenSizeAt, 0, "the state: layer 0's HiddenSize must be *, but is 0 (byte 24).")]
    [InlineData(HiddenSizeAt, int.MinValue, "the state: layer 0's HiddenSize must be *, but is -2147483648 (byte 24).")]
    [InlineData(HiddenSizeAt, 500_000_000, "the state: its length must be *00* bytes, as its layers need, but is *.")]
    public void FromBytes_LiesWithARightChecksum_AreRefusedBeforeAnythingIsAllocated(int offset, int value, string message)
    {
        byte[] bytes = Bytes();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), value);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), NaiveCrc32C.Of(bytes.AsSpan(..^4)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception? refusal = null;
        try
        {
            ModelState.FromBytes(bytes);
        }
        catch (ModelFileException exception)
        {
            refusal = exception;
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(20_000);
        refusal.Should().NotBeNull();
        refusal!.Message.Should().Match(message);
    }

    [Fact]
    public void FromBytes_RandomBytesWithARightChecksum_GiveStatesOrTheOneException()
    {
        var random = new Random(1);
        for (int n = 0; n < 20_000; n++)
        {
            byte[] bytes = Bytes();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(VersionAt, bytes.Length)] = (byte)random.Next(4);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), NaiveCrc32C.Of(bytes.AsSpan(..^4)));
            try
            {
                ModelState.FromBytes(bytes).ToBytes().Should().Equal(bytes, "what is taken is taken as it is");
            }
            catch (ModelFileException)
            {
            }
        }
    }

    [Fact]
    public void ToBytes_NoState_IsRefused() =>
        FluentActions.Invoking(() => ((ModelState)null!).ToBytes()).Should().Throw<ArgumentNullException>().WithParameterName("state");

    private static byte[] Bytes() =>
        SequenceModel.Create(3).Lstm(4).VanillaRnn(3).Build().CreateState(3).Fill(new Random(2)).ToBytes();
}
