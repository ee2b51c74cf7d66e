using System.Runtime.CompilerServices;

namespace LstmSharp;

/// <summary>Ranges of the scalars that training takes; each passes its value on.</summary>
internal static class Require
{
    public static float Positive(float value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value > 0 && float.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive and finite.");

    public static float NotNegative(float value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value >= 0 && float.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and not negative.");

    /// <summary>ε of a divisor √v + ε: the kernels round v to multiples of 2^−123, and what that changes in the root must be nothing
    /// beside ε.</summary>
    public static float Epsilon(float value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value >= 1e-15f && float.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and at least 1e-15.");

    public static float BelowOne(float value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value >= 0 && value < 1
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 0 and below 1.");


    public static int AtLeastOne(int value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 1.");

    public static TimeSpan Positive(TimeSpan value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive.");

    /// <summary>The folder of a file that training is to write.</summary>
    public static void FolderOf(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
        {
            throw new DirectoryNotFoundException($"Fit: the folder of {path} must exist, but does not.");
        }
    }

    /// <summary>Above 0 and below 1: what lowers something.</summary>
    public static double Lowering(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value > 0 && value < 1
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0 and below 1.");

    /// <summary>Above 0 and at most 1.</summary>
    public static double Share(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value > 0 && value <= 1
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0 and at most 1.");

    public static double Between(
        double value, double minimum, double maximum, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value >= minimum && value <= maximum
            ? value
            : throw new ArgumentOutOfRangeException(
                name, value, FormattableString.Invariant($"{name} must be from {minimum} to {maximum}."));
}
