using LstmSharp.Kernels;
using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>One layer of a <see cref="SequenceModel"/>.</summary>
public abstract class Layer
{
    private protected Layer(int inputSize, int outputSize, ParameterSet parameters)
    {
        InputSize = inputSize;
        OutputSize = outputSize;
        Parameters = parameters;
    }

    /// <summary>The number of values in one step's input.</summary>
    public int InputSize { get; }

    /// <summary>The number of values in one step's output.</summary>
    public int OutputSize { get; }

    /// <summary>The layer's weights, named with the layer's position in front; empty for a layer without weights.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>The layers that the layer is made of, in the order in which data passes them; none for most.</summary>
    internal virtual IReadOnlyList<Layer> Inner => [];

    /// <summary>The layer and all inside it, by their places, as <c>2</c> and <c>2.0</c>.</summary>
    /// <param name="path">The layer's own place.</param>
    internal IEnumerable<(string Path, Layer Layer)> WithInner(string path) =>
        [(path, this), .. Inner.SelectMany((layer, n) => layer.WithInner($"{path}.{n}"))];

    /// <summary>The layer in a line of <see cref="SequenceModel.Summary"/>, which has lines of their own for inner ones.</summary>
    internal virtual string Title => ToString()!;

    /// <summary>How many steps leave the layer where so many enter.</summary>
    /// <param name="sequenceLength">The number of steps that enter, 0 or more.</param>
    public virtual int OutputLength(int sequenceLength) => sequenceLength;

    /// <summary>Whether every step that enters leaves at once, so that a sequence may pass in pieces.</summary>
    internal virtual bool IsStepwise => true;

    /// <summary>Whether all rows must have all steps.</summary>
    internal virtual bool TakesOneLength => false;

    /// <summary>Whether what leaves at a step depends on later ones, so that the layer must see a whole sequence at once.</summary>
    internal virtual bool LooksAhead => false;

    /// <summary>A parameter of a layer before that this one uses, too; null where there is none.</summary>
    internal virtual Parameter? BorrowedParameter => null;

    /// <summary>The cells whose states the layer carries from step to step; those of nested layers depth first.</summary>
    internal virtual IReadOnlyList<RecurrentCell> Cells => [];

    /// <summary>How many floats the gradients of one row's sums take on the way back; 0 for a layer that needs no room for them.</summary>
    internal virtual long FloatsOfSums => 0;

    /// <summary>The number of values in the widest row that goes through the layer.</summary>
    internal virtual int WidestRow => Math.Max(InputSize, OutputSize);

    /// <summary>How many weights a row meets on its way through the layer, for the decision whether several threads are worth while.</summary>
    internal virtual long WeightsOfRow => Parameters.TotalCount;

    /// <summary>How many floats a training pass keeps for each time step and row: activations, and the input's gradient.</summary>
    internal abstract long FloatsKept { get; }

    /// <summary>Whether the way back does without the layer's outputs, so that their gradient may lie where they lay.</summary>
    internal virtual bool NeedsNoOutputs => false;

    /// <summary>Throws where the layer cannot take sequences of this length.</summary>
    internal virtual void CheckLength(int sequenceLength)
    {
    }

    /// <summary>Draws the weights.</summary>
    /// <param name="key">The key of random numbers of the layer's place in its model.</param>
    /// <param name="initialization">How they are drawn.</param>
    internal virtual void Initialize(RandomKey key, WeightInitialization initialization)
    {
    }

    /// <summary>Makes room for one sequence at a time to go through the layer.</summary>
    /// <param name="keep">Whether the way back will follow, for which activations are kept.</param>
    internal abstract LayerPass CreatePass(bool keep);

    /// <summary>Whether the layer knows a direct way for a single step: <see cref="CreateStep"/>. A model with a layer that knows none steps
    /// through a pass.</summary>
    internal virtual bool StepsDirectly => false;

    /// <summary>Makes the layer's part of a single step, if it <see cref="StepsDirectly"/>; null where the step passes through
    /// unchanged.</summary>
    /// <param name="width">The vector width.</param>
    internal virtual LayerStep? CreateStep(SimdWidth width) => null;
}
