using System.Text;
using System.Text.Json;
using LstmSharp.Tests.Serialization;

namespace LstmSharp.Tests.Training.Checkpoints;

/// <summary>Checkpoints changed on purpose, by somebody who knows of the checksum.</summary>
internal static class TamperedCheckpoint
{
    private const string ChecksumKey = "lstmsharp.checkpoint.crc32c";

    /// <summary>Replaces a text that the file's header must hold.</summary>
    public static void Replace(string path, string text, string other)
    {
        (string header, byte[] data) = Parts(File.ReadAllBytes(path));
        header.Should().Contain(text);
        File.WriteAllBytes(path, WithItsChecksum(NaiveSafeTensors.File(header.Replace(text, other, StringComparison.Ordinal), data)));
    }

    /// <summary>The file with the checksum that it must have; a file that has none or is no JSON stays as it is.</summary>
    public static byte[] WithItsChecksum(byte[] file)
    {
        (string header, byte[] data) = Parts(file);
        try
        {
            using var json = JsonDocument.Parse(header);
            JsonElement texts = json.RootElement.GetProperty("__metadata__");
            string covered =
                texts.GetProperty("lstmsharp.architecture").GetString() + texts.GetProperty("lstmsharp.checkpoint").GetString();
            string checksum = $"{NaiveCrc32C.Of([.. Encoding.UTF8.GetBytes(covered), .. data]):X8}";
            string old = $"\"{ChecksumKey}\":\"{texts.GetProperty(ChecksumKey).GetString()}\"";
            return NaiveSafeTensors.File(header.Replace(old, $"\"{ChecksumKey}\":\"{checksum}\"", StringComparison.Ordinal), data);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return file;
        }
    }

    private static (string Header, byte[] Data) Parts(byte[] file)
    {
        int end = 8 + BitConverter.ToInt32(file, 0);
        return (Encoding.UTF8.GetString(file, 8, end - 8), file[end..]);
    }
}
