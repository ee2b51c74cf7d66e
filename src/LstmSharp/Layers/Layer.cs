using LstmSharp.Kernels;

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

    /// <summary>How many steps leave the layer where so many enter.</summary>
    /// <param name="sequenceLength">The number of steps that enter, 0 or more.</param>
    public virtual int OutputLength(int sequenceLength) => sequenceLength;

    /// <summary>Whether every step that enters leaves at once, so that a sequence may pass in pieces.</summary>
    internal virtual bool IsStepwise => true;

    /// <summary>Whether the layer must see all steps at once.</summary>
    internal virtual bool NeedsWholeSequence => false;

    /// <summary>Whether the layer carries a state from step to step.</summary>
    internal virtual bool HasState => false;

    /// <summary>Throws where the layer cannot take sequences of this length.</summary>
    internal virtual void CheckLength(int sequenceLength)
    {
    }

    /// <summary>Draws the weights.</summary>
    internal virtual void Initialize(Random random, WeightInitialization initialization)
    {
    }

    /// <summary>Makes room for one sequence at a time to go through the layer.</summary>
    /// <param name="keep">Whether the way back will follow, for which activations are kept.</param>
    internal abstract LayerPass CreatePass(bool keep);

    /// <summary>Makes the layer's part of a single step; null where the step passes through unchanged.</summary>
    /// <param name="width">The vector width.</param>
    internal virtual LayerStep? CreateStep(SimdWidth width) => null;
}
