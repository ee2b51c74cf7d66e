namespace LstmSharp;

/// <summary>What there is to know of a cell's gate to look at it.</summary>
/// <param name="Name">Its name, as users write it.</param>
/// <param name="Activation">The function whose values its activations are.</param>
internal readonly record struct GateDescription(string Name, Activation Activation);
