namespace LstmSharp.Benchmarks;

/// <summary>One cell of a table: who does what, how large, on how many threads; with a head, a dense layer of one output stands behind the
/// recurrent one.</summary>
public sealed record Measurement(
    Contender Contender, Work Work, Shape Shape, int Threads = 1, CellKind Cell = CellKind.Lstm, Values Values = Values.Usual,
    bool HasHead = false)
{
    /// <summary>The same work of another contender.</summary>
    public Measurement By(Contender contender) => this with { Contender = contender };

    public override string ToString() => $"{Cell} {Work} {Shape}{(HasHead ? " and a head" : string.Empty)} {Values}, {Threads} threads, {Contender}";
}
