namespace LstmSharp.Benchmarks;

/// <summary>The numbers that a measurement computes with.</summary>
public enum Values
{
    /// <summary>Random weights as models are trained with, and random inputs.</summary>
    Usual,

    /// <summary>A first input of 1e-37, then zeros, and weights that let states shrink by 5 % a step: all states, and the gradients
    /// they cause, are denormal.</summary>
    Denormal,
}
