using ScottPlot;
using SkiaSharp;

namespace LstmSharp.Plotting.Tests;

/// <summary>Draws pictures and looks at what came out.</summary>
internal static class Rendering
{
    private static readonly SKColor White = new(255, 255, 255);

    /// <summary>Draws a picture at its usual size, and demands what every picture must have: texts for title and axes, something drawn
    /// in the middle, nothing cut off at the edges.</summary>
    public static SKBitmap ShouldBeAPicture(this Plot plot, int width = 900, int height = 400)
    {
        plot.Axes.Title.Label.Text.Should().NotBeNullOrWhiteSpace();
        plot.Axes.Bottom.Label.Text.Should().NotBeNullOrWhiteSpace();
        plot.Axes.Left.Label.Text.Should().NotBeNullOrWhiteSpace();

        SKBitmap picture = SKBitmap.Decode(plot.GetImageBytes(width, height, ImageFormat.Png));
        picture.Width.Should().Be(width);
        picture.Height.Should().Be(height);
        Edges(picture).Should().OnlyContain(color => color == White, "nothing may be cut off");
        plot.Legend.GetItems().All(item => item.LabelText.Length > 0).Should().BeTrue("every curve has a name");
        return picture;
    }

    /// <summary>How many pixels of the data area have just this colour.</summary>
    public static int CountOf(this SKBitmap picture, Plot plot, Color color)
    {
        PixelRect data = plot.LastRender.DataRect;
        var wanted = new SKColor(color.R, color.G, color.B);
        int count = 0;
        for (int y = (int)data.Top + 1; y < (int)data.Bottom - 1; y++)
        {
            for (int x = (int)data.Left + 1; x < (int)data.Right - 1; x++)
            {
                count += picture.GetPixel(x, y) == wanted ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>The colour where a point of the data lies.</summary>
    public static Color At(this SKBitmap picture, Plot plot, double x, double y)
    {
        Pixel pixel = plot.GetPixel(new Coordinates(x, y));
        SKColor color = picture.GetPixel((int)pixel.X, (int)pixel.Y);
        return new Color(color.Red, color.Green, color.Blue);
    }

    private static IEnumerable<SKColor> Edges(SKBitmap picture) =>
        Enumerable.Range(0, picture.Width).SelectMany(x => new[] { picture.GetPixel(x, 0), picture.GetPixel(x, picture.Height - 1) })
            .Concat(Enumerable.Range(0, picture.Height).SelectMany(
                y => new[] { picture.GetPixel(0, y), picture.GetPixel(picture.Width - 1, y) }));
}
