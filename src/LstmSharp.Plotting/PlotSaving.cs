using ScottPlot;
using SkiaSharp;

namespace LstmSharp.Plotting;

/// <summary>Saves pictures at the size that they are laid out for.</summary>
public static class PlotSaving
{
    /// <summary>Saves a picture as a PNG file.</summary>
    /// <remarks>An older file of that name is replaced, once the new one is complete and flushed to the disk; its Unix
    /// permissions are kept. A folder, pipe, device or socket is refused.</remarks>
    /// <param name="plot">The picture.</param>
    /// <param name="path">The file, ending with <c>.png</c>; its folder must exist.</param>
    /// <param name="width">The width in pixels, by default 900.</param>
    /// <param name="height">The height in pixels, by default 400.</param>
    /// <exception cref="ArgumentNullException">The plot or the path is null.</exception>
    /// <exception cref="ArgumentException">The path does not end with <c>.png</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the picture too large for the memory.</exception>
    /// <exception cref="IOException">The file cannot be written, or its folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">Writing there is not allowed.</exception>
    public static void SavePicture(this Plot plot, string path, int width = 900, int height = 400)
    {
        ArgumentNullException.ThrowIfNull(plot);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (!Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"SavePicture: path must end with .png, the only format, but is '{path}'.", nameof(path));
        }

        byte[] picture = Encode(plot, width, height);
        AtomicFile.Write(path, stream => stream.Write(picture));
    }

    /// <summary>Packs without filters, which suit photographs: line drawings come to about three quarters of what they would be.</summary>
    private static byte[] Encode(Plot plot, int width, int height)
    {
        using SKSurface surface = SKSurface.Create(new SKImageInfo(width, height)) ?? throw TooLarge(width, height);
        plot.Render(surface.Canvas, width, height);
        using SKPixmap pixels = surface.PeekPixels();
        using SKData png = pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.None, zLibLevel: 9))
            ?? throw TooLarge(width, height);
        return png.ToArray();
    }

    private static ArgumentOutOfRangeException TooLarge(int width, int height) =>
        new(nameof(width), $"SavePicture: width and height must leave room in memory, but are {width} × {height} pixels.");
}
