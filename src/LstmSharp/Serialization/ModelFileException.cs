namespace LstmSharp;

/// <summary>A model file, or what was saved of a run or of a state, is damaged, is something else, or does not fit the model.</summary>
/// <remarks>What cannot be opened, read or written at all is an <see cref="IOException"/> or an
/// <see cref="UnauthorizedAccessException"/> instead. <see cref="Exception.Message"/> says everything that the properties say, and where
/// it is known the likely cause and the remedy, with <c>\u001B</c> and the like for characters of names that would steer a
/// terminal.</remarks>
public sealed class ModelFileException : FormatException
{
    internal ModelFileException(
        string fileName,
        string what,
        string expected,
        string actual,
        string? tensor = null,
        long? offset = null,
        string? remedy = null,
        Exception? inner = null)
        : base(Text(fileName, what, expected, actual, offset, remedy), inner)
    {
        FileName = fileName;
        Expected = expected;
        Actual = actual;
        Tensor = tensor;
        Offset = offset;
    }

    /// <summary>The path of the file, <c>the stream</c>, or <c>the state</c>.</summary>
    public string FileName { get; }

    /// <summary>The name of the tensor that is at fault; null where the fault is not one tensor's.</summary>
    public string? Tensor { get; }

    /// <summary>The byte, counted from the file's first, at which the fault stands: a value that is out of range, or the place in the
    /// header that says what is wrong; null where something is missing.</summary>
    public long? Offset { get; }

    /// <summary>What must be there, such as <c>[256, 64]</c>.</summary>
    public string Expected { get; }

    /// <summary>What is there instead, such as <c>[64, 256]</c> or <c>missing</c>.</summary>
    public string Actual { get; }

    private static string Text(string fileName, string what, string expected, string actual, long? offset, string? remedy)
    {
        string place = offset is null ? string.Empty : $" (byte {offset})";
        return PrintableText.Of(
            $"{fileName}: {what} must be {expected}, but is {actual}{place}.{(remedy is null ? string.Empty : " " + remedy)}");
    }
}
