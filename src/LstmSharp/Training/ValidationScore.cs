namespace LstmSharp;

/// <summary>What one validation came to.</summary>
/// <param name="Loss">The mean loss of all targets that count; null without validation.</param>
/// <param name="Metric">The value of <see cref="TrainingOptions.Monitor"/>; null without one.</param>
internal readonly record struct ValidationScore(float? Loss, float? Metric);
