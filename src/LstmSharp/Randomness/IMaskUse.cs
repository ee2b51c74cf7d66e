using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LstmSharp.Randomness;

/// <summary>What becomes of the values of a row under a random mask.</summary>
internal interface IMaskUse
{
    /// <summary>Works on eight neighbouring values.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="isHit">All bits of those that the mask hits, none of the others.</param>
    void Apply(int first, Vector256<float> isHit);
}

/// <summary>Drops the values that are hit and makes up for them: y = x · scale, or 0.</summary>
internal readonly unsafe struct Dropping(float rate, float* source, float* destination) : IMaskUse
{
    private readonly Vector256<float> _scale = Vector256.Create(RandomMask.Scale(rate));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(int first, Vector256<float> isHit) =>
        Vector256.AndNot(Vector256.Load(source + first) * _scale, isHit).Store(destination + first);
}

/// <summary>Lets the values that are hit stay as they were: y = before where hit, else after.</summary>
internal readonly unsafe struct Staying(float* before, float* after, float* destination) : IMaskUse
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(int first, Vector256<float> isHit) =>
        Vector256.ConditionalSelect(isHit, Vector256.Load(before + first), Vector256.Load(after + first)).Store(destination + first);
}

/// <summary>The way back of <see cref="Staying"/>: each value of a gradient goes to what it came from, the other gets 0.</summary>
internal readonly unsafe struct Parting(float* gradient, float* before, float* after) : IMaskUse
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(int first, Vector256<float> isHit)
    {
        Vector256<float> values = Vector256.Load(gradient + first);
        (values & isHit).Store(before + first);
        Vector256.AndNot(values, isHit).Store(after + first);
    }
}

/// <summary>Keeps the mask itself, for rows that meet it again.</summary>
internal readonly unsafe struct Keeping(float* mask) : IMaskUse
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(int first, Vector256<float> isHit) => isHit.Store(mask + first);
}
