namespace LstmSharp;

/// <summary>A tensor under the name that it has in a file.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Parameter">The shape and the values.</param>
internal readonly record struct NamedTensor(string Name, Parameter Parameter);
