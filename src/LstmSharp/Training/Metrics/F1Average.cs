namespace LstmSharp;

/// <summary>How <see cref="F1Score"/> makes one number of all classes.</summary>
public enum F1Average
{
    /// <summary>The mean of the classes' F1: rare classes weigh as much as frequent ones.</summary>
    Macro,

    /// <summary>F1 of the counts of all classes together: every row weighs the same. Where each row is taken for some class it is the
    /// accuracy.</summary>
    Micro,
}
