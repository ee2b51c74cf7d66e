namespace LstmSharp;

/// <summary>An option or data on which the bits of a run depend.</summary>
/// <param name="Name">The option's name.</param>
/// <param name="Text">Its value in this run.</param>
/// <param name="WhenMissing">The value that a checkpoint from before there was this option means: it stays the same for ever, whatever
/// becomes of the option's default.</param>
internal readonly record struct RunSetting(string Name, string Text, string WhenMissing);
