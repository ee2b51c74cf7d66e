namespace LstmSharp;

/// <summary>What a run through the layers needs to know beside its data.</summary>
/// <param name="Machine">What computes.</param>
/// <param name="Continues">Whether these steps follow those of the run before, so that states go on from where they are.</param>
internal readonly record struct RunContext(Machine Machine, bool Continues = false);
