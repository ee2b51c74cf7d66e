namespace LstmSharp;

/// <summary>A time as hours, minutes and seconds, such as <c>26:05:09</c>, or <c>?</c> where it is unknown, written without
/// allocating.</summary>
internal readonly struct Clock(TimeSpan? time) : ISpanFormattable
{
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        time is { } known
            ? destination.TryWrite(provider, $"{(long)known.TotalHours}:{known.Minutes:00}:{known.Seconds:00}", out charsWritten)
            : destination.TryWrite($"?", out charsWritten);

    public string ToString(string? format, IFormatProvider? formatProvider) => string.Create(formatProvider, $"{this}");
}
