namespace LstmSharp;

/// <summary>A loss of values that are not any number: others would have no lowest loss.</summary>
internal interface ILimitedTargets
{
    /// <summary>What targets must be, such as "from 0 to 1".</summary>
    string Limits { get; }

    /// <summary>The first target outside the limits; −1 if there is none. What is not finite is left to show in the loss.</summary>
    int IndexOutsideLimits(ReadOnlySpan<float> target);
}
