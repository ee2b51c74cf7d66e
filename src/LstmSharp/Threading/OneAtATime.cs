using System.Diagnostics.CodeAnalysis;

namespace LstmSharp.Threading;

/// <summary>Lets one caller at a time work with an object; another one is refused, not kept waiting. Whatever depends on what a turn may
/// change is checked within the turn.</summary>
internal struct OneAtATime
{
    private int _isTaken;

    /// <summary>Whether somebody has the turn now.</summary>
    public readonly bool IsTaken => Volatile.Read(in _isTaken) != 0;

    /// <summary>Takes the turn for a <c>using</c> block.</summary>
    /// <param name="owner">Whose name the refusal begins with.</param>
    /// <param name="refusal">What is going on, and what to do about it.</param>
    /// <exception cref="InvalidOperationException">Somebody else has it.</exception>
    [UnscopedRef]
    public Turn Enter(object owner, string refusal) =>
        TryEnter() ? new Turn(ref _isTaken) : throw Refused(owner, refusal);

    /// <summary>Takes the turn, for <see cref="Leave"/> to end.</summary>
    /// <returns>Whether nobody else had it.</returns>
    public bool TryEnter() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    /// <summary>Ends the turn.</summary>
    public void Leave() => Volatile.Write(ref _isTaken, 0);

    /// <summary>Apart, so that taking a turn is small enough to be inlined.</summary>
    private static InvalidOperationException Refused(object owner, string refusal) => new($"{owner}: {refusal}");

    /// <summary>A turn; disposing of it ends it.</summary>
    public readonly ref struct Turn
    {
        private readonly ref int _isTaken;

        internal Turn(ref int isTaken) => _isTaken = ref isTaken;

        public void Dispose() => Volatile.Write(ref _isTaken, 0);
    }
}
