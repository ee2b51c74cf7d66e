namespace LstmSharp.Benchmarks;

/// <summary>The recurrent cell of the one layer that is measured.</summary>
public enum CellKind
{
    Lstm,
    VanillaRnn,

    /// <summary>A GRU whose reset gate acts after the product.</summary>
    Gru,
}
