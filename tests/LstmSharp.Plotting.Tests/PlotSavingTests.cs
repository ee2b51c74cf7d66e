using ScottPlot;
using SkiaSharp;

namespace LstmSharp.Plotting.Tests;

public sealed class PlotSavingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly string _path;

    public PlotSavingTests() => _path = Path.Combine(_folder, "picture.png");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void SavePicture_NoSize_Is900By400()
    {
        Picture().SavePicture(_path);

        using SKBitmap saved = SKBitmap.Decode(_path);
        (saved.Width, saved.Height).Should().Be((900, 400));
    }

    [Fact]
    public void SavePicture_OtherSize_ReplacesTheFile()
    {
        File.WriteAllText(_path, "an older file");

        Picture().SavePicture(_path, width: 640);

        using SKBitmap saved = SKBitmap.Decode(_path);
        (saved.Width, saved.Height).Should().Be((640, 400));
    }

    [Fact]
    public void SavePicture_WhatCannotBe_Throws()
    {
        Plot plot = Picture();
        plot.Invoking(it => it.SavePicture(_path, width: 0)).Should().Throw<ArgumentOutOfRangeException>();
        plot.Invoking(it => it.SavePicture(_path, 1_000_000, 1_000_000)).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("*are 1000000 × 1000000 pixels*");
        plot.Invoking(it => it.SavePicture(null!)).Should().Throw<ArgumentNullException>();
        plot.Invoking(it => it.SavePicture(Path.Combine(_path, "no-folder.png"))).Should().Throw<DirectoryNotFoundException>()
            .WithMessage("*no-folder.png: its folder must exist*");
        foreach (string path in new[] { string.Empty, "a.jpg", "a.png.txt", "png" })
        {
            plot.Invoking(it => it.SavePicture(path)).Should().Throw<ArgumentException>().WithParameterName("path")
                .WithMessage($"SavePicture: path must end with .png, the only format, but is '{path}'.*");
        }

        Directory.EnumerateFileSystemEntries(_folder).Should().BeEmpty();
    }

    [Fact]
    public void SavePicture_ThatFails_LeavesTheOldFileAndNothingElse()
    {
        File.WriteAllText(_path, "an older file");
        File.SetAttributes(_path, FileAttributes.ReadOnly);

        Picture().Invoking(it => it.SavePicture(_path)).Should().Throw<UnauthorizedAccessException>();

        File.SetAttributes(_path, FileAttributes.Normal);
        File.ReadAllText(_path).Should().Be("an older file");
        Directory.EnumerateFileSystemEntries(_folder).Should().ContainSingle();
    }

    [Fact]
    public void Family_OfThisMachine_IsOneOfItsFontsOrNone()
    {
        string[] families = [.. SKFontManager.Default.FontFamilies.Where(family => family.Length > 0)];

        (PlotFont.Family is null ? families.Length == 0 : families.Contains(PlotFont.Family)).Should().BeTrue();
        (PlotFont.Warning is null).Should().Be(families.Length > 0);
    }

    private static Plot Picture() => ForecastPlot.Of([1, 2, 3], [1, 3, 2]);
}
