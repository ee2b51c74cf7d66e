namespace LstmSharp.Benchmarks;

/// <summary>The recurrent cell of the one layer that is measured.</summary>
public enum CellKind
{
    Lstm,
    VanillaRnn,
}
