using System.IO.Compression;
using System.Text;

namespace LstmSharp.Tests.Serialization;

/// <summary>Files of other formats: refused with what to do instead.</summary>
public sealed class ForeignFormatTests
{
    private const string SaveFile = "save_file(torch.load(\"model.pt\", weights_only=True), \"model.safetensors\")";

    [Theory]
    [InlineData("net.pt", "net/data.pkl", "a zip with a pickle in it, as torch.save writes", SaveFile)]
    [InlineData("net", "archive/data.pkl", "a zip with a pickle in it, as torch.save writes", SaveFile)]
    [InlineData("net.keras", "metadata.json", "a zip, as Keras's .keras is", "with every kernel transposed (docs/guide/saving.md")]
    [InlineData("net.keras", "something", "a zip", "with every kernel transposed (docs/guide/saving.md")]
    [InlineData("net.pth", "something", "a zip", SaveFile)]
    [InlineData("net.npz", "arr_0.npy", "a zip, as NumPy's .npz is", "Export its weights as safetensors")]
    [InlineData("net.zip", "net.safetensors", "a zip", "Unpack it")]
    public void Load_Zip_IsRefusedWithTheRemedy(string name, string member, string what, string remedy)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream content = zip.CreateEntry(member).Open();
            content.Write(new byte[1000]);
        }

        Refused(name, file.ToArray(), what, remedy);
    }

    [Theory]
    [InlineData("net.zip", "504B0506000000000000000000000000000000000000", "a zip", "Unpack it")]
    [InlineData("net.pkl", "80057D942E", "a pickle", "Reading a pickle can run any program that somebody put into it")]
    [InlineData("net.safetensors", "8002636F730A73797374656D0A", "a pickle", SaveFile)]
    [InlineData("net.safetensors", "80049505000000000000007D942E", "a pickle", SaveFile)]
    [InlineData("net.pt", "800A6CFC9C46F9206AA850192E", "something else, by its name a pickle", SaveFile)]
    [InlineData("net.pth", "28647030", "something else, by its name a pickle", SaveFile)]
    [InlineData("net.h5", "894844460D0A1A0A0000", "HDF5, as Keras's .h5 is", "with every kernel transposed")]
    [InlineData("net.h5", "00000000", "something else, by its name one of Keras", "with every kernel transposed")]
    [InlineData("net.gz", "1F8B0800000000000003", "gzip", "Unpack it")]
    [InlineData("net.7z", "377ABCAF271C0004", "7-Zip", "Unpack it")]
    [InlineData("net.npy", "934E554D50590100", "NumPy's .npy", "Export its weights as safetensors")]
    [InlineData("net.gguf", "4747554603000000", "GGUF", "Export its weights as safetensors")]
    [InlineData("net.onnx", "08081204", "something else", "Export its weights as safetensors")]
    public void Load_OtherFormat_IsRefusedWithTheRemedy(string name, string hex, string what, string remedy) =>
        Refused(name, Convert.FromHexString(hex), what, remedy);

    [Theory]
    [InlineData(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        "text, probably the pointer that Git LFS",
        "git lfs pull")]
    [InlineData("<!DOCTYPE html><html></html>", "a web page", "Download the file itself")]
    [InlineData("<html><body>404</body></html>", "a web page", "Download the file itself")]
    public void Load_TextInstead_IsRefusedWithTheRemedy(string text, string what, string remedy) =>
        Refused("net.safetensors", Encoding.UTF8.GetBytes(text), what, remedy);

    [Fact]
    public void Load_GzipWhoseFirstBytesAreAPlausibleHeaderLength_IsRefusedAsGzip()
    {
        byte[] file = new byte[600_000];
        new byte[] { 0x1F, 0x8B, 0x08 }.CopyTo(file, 0);

        Refused("net.safetensors", file, "gzip", "Unpack it");
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("model.pt")]
    public void Load_SafetensorsOfAnyName_Loads(string name)
    {
        using var folder = new TemporaryFolder();
        SequenceModel.Create(1).Dense(1).Build().Save(folder.File(name));

        SequenceModel.Load(folder.File(name)).Layers.Should().ContainSingle();
    }

    [Theory]
    [InlineData("model.ckpt")]
    [InlineData("model.bin")]
    public void Load_OwnFileCutOff_IsNotTakenForAPickleByItsName(string name)
    {
        using var folder = new TemporaryFolder();
        byte[] file = ModelBytes.Saved(SequenceModel.Create(1).Dense(1).Build());
        File.WriteAllBytes(folder.File(name), file[..20]);

        new Action(() => SequenceModel.Load(folder.File(name))).Should().Throw<ModelFileException>()
            .WithMessage("*the header must be at most 12 bytes long*The file is cut off*");
    }

    [Fact]
    public void Load_DamagedHeaderOf640Bytes_IsNotTakenForAPickle()
    {
        byte[] file = NaiveSafeTensors.File("{".PadRight(0x280));

        file[..3].Should().Equal(0x80, 0x02, 0);
        new Action(() => SequenceModel.Load(new MemoryStream(file))).Should().Throw<ModelFileException>()
            .WithMessage("the stream: the header must be valid JSON, but is not*");
    }

    private static void Refused(string name, byte[] file, string what, string remedy)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File(name), file);
        SequenceModel model = SequenceModel.Create(1).Dense(1).Build();

        Action[] loads = [() => SequenceModel.Load(folder.File(name)), () => model.LoadStateDict(folder.File(name))];
        foreach (Action load in loads)
        {
            ModelFileException exception = load.Should().Throw<ModelFileException>().Which;
            exception.Message.Should()
                .StartWith($"{folder.File(name)}: the file must be a safetensors file, but is {what}")
                .And.Contain(remedy);
            exception.Expected.Should().Be("a safetensors file");
            exception.Offset.Should().Be(0);
        }
    }
}
