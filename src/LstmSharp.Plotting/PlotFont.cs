using SkiaSharp;

namespace LstmSharp.Plotting;

/// <summary>The font of the pictures' texts.</summary>
/// <remarks>Texts keep to letters, digits and signs that the fonts listed here have. A machine without any font, as small containers
/// are, draws pictures without texts: install one (Debian and Ubuntu: the package <c>fonts-dejavu-core</c>), or bring a file along,
/// register it with <see cref="ScottPlot.Fonts.AddFontFile(string, string, bool, bool)"/> and set <see cref="Family"/>.</remarks>
public static class PlotFont
{
    private static readonly string[] Preferred =
        ["DejaVu Sans", "Segoe UI", "Helvetica Neue", "Helvetica", "Arial", "Liberation Sans", "Noto Sans", "Open Sans"];

    /// <summary>The font family of the pictures that are made from now on; null where the machine has none. By default the first of these
    /// that it has: DejaVu Sans, Segoe UI, Helvetica Neue, Helvetica, Arial, Liberation Sans, Noto Sans, Open Sans, or else any.</summary>
    public static string? Family { get; set; } = Find();

    /// <summary>What to tell the user of a program that draws, where the machine has no font; null where it has one.</summary>
    public static string? Warning => Family is null
        ? "There is no font on this machine, so the pictures have no texts; install one, such as fonts-dejavu-core."
        : null;

    private static string? Find()
    {
        string[] families = [.. SKFontManager.Default.FontFamilies.Where(family => family.Length > 0)];
        return Preferred.FirstOrDefault(families.Contains) ?? families.FirstOrDefault();
    }
}
