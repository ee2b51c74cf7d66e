namespace LstmSharp.Randomness;

/// <summary>Four words of 32 bits: a counter that enters <see cref="Philox"/>, or the random block that leaves it.</summary>
internal readonly record struct PhiloxWords(uint A, uint B, uint C, uint D);
