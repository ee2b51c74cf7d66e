using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>Drops random values while a model trains: each one becomes 0 with probability Rate, and what is left is multiplied by
/// 1/(1 − Rate), so that sums stay as large on average. In a prediction it does nothing.</summary>
/// <remarks><para>y = m ⊙ x with m either 0 or 1/(1 − Rate), drawn for every time step, sample and unit; dx = m ⊙ dy. The mask is a function
/// of these and of the <see cref="TrainingStep"/>, computed again on the way back.</para>
/// <para>Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout: a simple way to prevent neural networks from
/// overfitting", 2014; between recurrent layers, Zaremba, Sutskever and Vinyals 2014.</para></remarks>
public sealed class DropoutLayer : Layer
{
    internal DropoutLayer(int inputSize, float rate, int[] path)
        : base(inputSize, inputSize, new ParameterSet())
    {
        Rate = rate;
        Path = path;
    }

    /// <summary>The probability of a value to be dropped, from 0 to before 1.</summary>
    public float Rate { get; }

    /// <summary>The layer's place in its model; of a nested layer, the places from the outermost layer's inward.</summary>
    internal int[] Path { get; }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"Dropout({InputSize}, rate {Rate})");

    /// <summary>A prediction drops nothing.</summary>
    internal override bool StepsDirectly => true;

    internal override long FloatsKept => Panels.RowStride(InputSize);

    internal override LayerPass CreatePass(bool keep) => new DropoutPass(this);
}
