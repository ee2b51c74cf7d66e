namespace LstmSharp.Campaigns;

/// <summary>One command of this program.</summary>
internal abstract class Campaign
{
    /// <summary>The word that chooses it.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, in a line.</summary>
    public abstract string Summary { get; }

    /// <summary>What it does and takes, line by line.</summary>
    protected abstract string Help { get; }

    /// <summary>Runs it.</summary>
    /// <param name="args">What follows its name.</param>
    /// <returns>The process's exit code: 0 where what it checks holds.</returns>
    public abstract int Run(string[] args);

    /// <summary>Says how it is used: asked for, or because the arguments were not understood.</summary>
    /// <returns>The exit code: 0 where it was asked for, else 1.</returns>
    protected int Explain(bool wasAsked)
    {
        Console.WriteLine(Help);
        return wasAsked ? 0 : 1;
    }
}
