namespace LstmSharp.Tests.Serialization;

/// <summary>A stream that cannot seek, as one from a network.</summary>
internal sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes)
{
    /// <summary>How many bytes nobody has asked for yet.</summary>
    public long Unread => base.Length - base.Position;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }
}
