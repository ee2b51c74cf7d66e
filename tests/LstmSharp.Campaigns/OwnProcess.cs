using System.Diagnostics;

namespace LstmSharp.Campaigns;

/// <summary>This program, started once more.</summary>
internal static class OwnProcess
{
    /// <summary>Describes it.</summary>
    /// <param name="args">The campaign and its options.</param>
    /// <returns>What <see cref="Process.Start(ProcessStartInfo)"/> takes.</returns>
    public static ProcessStartInfo With(params ReadOnlySpan<string> args)
    {
        string program = Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string[] own = isHost ? [Path.Combine(AppContext.BaseDirectory, "LstmSharp.Campaigns.dll")] : [];
        return new ProcessStartInfo(program, [.. own, .. args]);
    }
}
