namespace LstmSharp;

/// <summary>A time as hours, minutes and seconds, such as <c>26:05:09</c>, written without allocating.</summary>
internal readonly struct Clock(TimeSpan time) : ISpanFormattable
{
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite(provider, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}", out charsWritten);

    public string ToString(string? format, IFormatProvider? formatProvider) =>
        string.Create(formatProvider, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");
}
