using System.ComponentModel;

namespace LstmSharp.Package.Tests;

/// <summary>What NativeAOT needs beside the SDK: something that links native programs.</summary>
internal static class CLinker
{
    public static bool IsInstalled { get; } = OperatingSystem.IsWindows() ? HasVisualCpp() : Links("clang") || Links("gcc");

    /// <summary>Whether a C compiler makes a program out of the shortest source: it may be there without a C library.</summary>
    private static bool Links(string compiler)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("lstmsharp-linker-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "program.c"), "int main(void) { return 0; }\n");
            return Succeeds(folder.FullName, compiler, "program.c", "-o", "program");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool HasVisualCpp()
    {
        string installer = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.ProgramFilesX86), "Microsoft Visual Studio", "Installer");
        string program = Path.Combine(installer, "vswhere.exe");
        return File.Exists(program)
            && CommandLine.TryRun(
                installer, program, "-latest", "-products", "*", "-requires", "Microsoft.VisualStudio.Component.VC.Tools.x86.x64",
                "-property", "installationPath").Output.Trim().Length > 0;
    }

    private static bool Succeeds(string folder, string program, params string[] arguments)
    {
        try
        {
            return CommandLine.TryRun(folder, program, arguments).ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;       // there is no such program
        }
    }
}
