using LstmSharp.Kernels;
using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>A recurrent cell unrolled over time: every step's hidden state leaves the layer.</summary>
public sealed class RecurrentLayer : Layer
{
    internal RecurrentLayer(RecurrentCell cell, RecurrentRegularization? regularization, int[] path)
        : base(cell.InputSize, cell.HiddenSize, cell.Parameters)
    {
        Cell = cell;
        Cells = [cell];
        Regularization = regularization ?? new RecurrentRegularization();
        Path = path;
        if (Regularization.Dropout > 0 && cell is GruCell { Reset: GruReset.BeforeProduct })
        {
            throw new ArgumentException(
                $"{cell}: Dropout must be 0 where the reset gate acts before the product, but is {Regularization.Dropout}; use "
                + $"GruReset.{GruReset.AfterProduct}, or Zoneout.",
                nameof(regularization));
        }

        if (Regularization.CellZoneout > 0 && cell.StateParts.Length == 1)
        {
            throw new ArgumentException(
                $"{cell}: CellZoneout must be 0, as the layer has no memory cell, but is {Regularization.CellZoneout}; use Zoneout.",
                nameof(regularization));
        }
    }

    /// <summary>The cell: a <see cref="VanillaRnnCell"/>, an <see cref="LstmCell"/> or a <see cref="GruCell"/>.</summary>
    public RecurrentCell Cell { get; }

    /// <summary>The random masks on the state while the model trains; all rates are 0 where there are none.</summary>
    public RecurrentRegularization Regularization { get; }

    /// <summary>The layer's place in its model; of a nested layer, the places from the outermost layer's inward.</summary>
    internal int[] Path { get; }

    /// <summary>The path as names of parameters begin with it.</summary>
    internal string PathText => string.Join('.', Path);

    internal override IReadOnlyList<RecurrentCell> Cells { get; }

    internal override long FloatsOfSums => Cell.Weights.GatesStride;

    internal override long FloatsKept => RecurrentPass.FloatsKept(this);

    /// <inheritdoc/>
    public override string ToString() => Regularization.IsNone ? Cell.ToString() : $"{Cell} with {Regularization}";

    internal override void Initialize(RandomKey key, WeightInitialization initialization) =>
        Cell.Initialize(new RandomStream(key), initialization);

    internal override LayerPass CreatePass(bool keep) => new RecurrentPass(this, keep);

    /// <summary>Whether no value of the state stays as it was, which the direct way does not know.</summary>
    internal override bool StepsDirectly => Regularization is { Zoneout: 0, CellZoneout: 0 };

    internal override LayerStep CreateStep(SimdWidth width) => new RecurrentStep(Cell, width);
}
