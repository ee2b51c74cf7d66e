namespace LstmSharp.Threading;

/// <summary>Work that falls into shares, each of which any thread may do at any time.</summary>
internal interface ISharedWork
{
    /// <summary>Does one share.</summary>
    /// <param name="share">From 0 to <paramref name="shares"/> − 1.</param>
    /// <param name="shares">How many shares the work falls into.</param>
    void Run(int share, int shares);
}
