using LstmSharp.Kernels;
using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>A recurrent cell unrolled over time: every step's hidden state leaves the layer.</summary>
public sealed class RecurrentLayer : Layer
{
    internal RecurrentLayer(RecurrentCell cell)
        : base(cell.InputSize, cell.HiddenSize, cell.Parameters) => (Cell, Cells) = (cell, [cell]);

    /// <summary>The cell: a <see cref="VanillaRnnCell"/>, an <see cref="LstmCell"/> or a <see cref="GruCell"/>.</summary>
    public RecurrentCell Cell { get; }

    internal override IReadOnlyList<RecurrentCell> Cells { get; }

    internal override long FloatsOfSums => Cell.Weights.GatesStride;

    internal override long FloatsKept => RecurrentPass.FloatsKept(Cell);

    /// <inheritdoc/>
    public override string ToString() => Cell.ToString();

    internal override void Initialize(RandomStream random, WeightInitialization initialization) =>
        Cell.Initialize(random, initialization);

    internal override LayerPass CreatePass(bool keep) => new RecurrentPass(Cell, keep);

    internal override bool StepsDirectly => true;

    internal override LayerStep CreateStep(SimdWidth width) => new RecurrentStep(Cell, width);
}
