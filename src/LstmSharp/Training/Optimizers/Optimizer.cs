using LstmSharp.Kernels;

namespace LstmSharp;

/// <summary>Changes weights by their gradients, step by step.</summary>
/// <remarks>An optimizer belongs to the parameters of its first step, whose moments it keeps: make one for every model. Definitions and
/// defaults are PyTorch's. After the first step it allocates nothing. Its results depend neither on the machine's vector width nor
/// on its mathematics library.</remarks>
public abstract class Optimizer
{
    private ParameterSet? _parameters;
    private float _learningRate;

    private protected Optimizer(float learningRate) => LearningRate = learningRate;

    /// <summary>The step size η; finite and not negative. It may be changed between steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float LearningRate
    {
        get => _learningRate;
        set => _learningRate = Require.NotNegative(value);
    }

    /// <summary>The vector width the updates run with.</summary>
    internal SimdWidth Width { get; init; } = SimdWidths.Best;

    /// <summary>Changes every parameter by its gradient.</summary>
    /// <param name="parameters">The weights to change: the same set in every step.</param>
    /// <param name="gradients">Their gradients, of the same shapes in the same order; only read, and not checked for NaN.</param>
    /// <exception cref="ArgumentNullException">A set is null.</exception>
    /// <exception cref="ArgumentException">The gradients' shapes differ from the parameters', or <paramref name="gradients"/> is the set
    /// of weights itself; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">The first step was with other parameters; nothing was changed.</exception>
    public void Step(ParameterSet parameters, ParameterSet gradients)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        parameters.ThrowIfShapesDiffer(gradients);
        if (ReferenceEquals(parameters, gradients))
        {
            throw new ArgumentException($"{this}: gradients must be another set than parameters, but is the same.", nameof(gradients));
        }

        Bind(parameters);
        BeginStep();
        for (int n = 0; n < parameters.Count; n++)
        {
            Update(n, gradients[n].Values, parameters[n].Edit());
        }
    }

    /// <summary>Throws when this optimizer's first step was with another set of parameters.</summary>
    internal void ThrowIfBoundToOther(ParameterSet parameters)
    {
        if (_parameters is not null && !ReferenceEquals(_parameters, parameters))
        {
            throw new InvalidOperationException(
                $"{this}: it holds moments of {_parameters} from its first step and cannot change another set, {parameters}. " +
                "Make a new optimizer for every model.");
        }
    }

    /// <summary>Makes the moments, all zeros.</summary>
    private protected abstract void CreateMoments(ParameterSet parameters);

    /// <summary>Prepares what all parameters share in this step.</summary>
    private protected abstract void BeginStep();

    /// <summary>Changes one parameter.</summary>
    private protected abstract void Update(int index, ReadOnlySpan<float> gradients, Span<float> weights);

    private protected static Span<float> MomentOf(ParameterSet? moments, int index) => moments is null ? [] : moments[index].Edit();

    private void Bind(ParameterSet parameters)
    {
        ThrowIfBoundToOther(parameters);
        if (_parameters is null)
        {
            CreateMoments(parameters);
            _parameters = parameters;
        }
    }
}
