namespace LstmSharp.Campaigns.Fingerprint;

/// <summary>One piece of work whose numbers the fingerprint covers.</summary>
internal abstract class Case
{
    public required string Name { get; init; }

    /// <summary>Does the work from fixed seeds and adds every number that comes of it.</summary>
    public abstract void Run(Setting setting, Digest digest);
}
