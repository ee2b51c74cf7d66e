using System.Globalization;
using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>Changes weights by their gradients, step by step.</summary>
/// <remarks>An optimizer belongs to the parameters of its first step, whose moments it keeps: make one for every model. Definitions and
/// defaults are PyTorch's. After the first step it allocates nothing. Its results depend neither on the machine's vector width nor
/// on its mathematics library.</remarks>
public abstract class Optimizer
{
    /// <summary>The fewest values that are worth another thread.</summary>
    private const int LeastValuesOfAShare = 1 << 15;

    /// <summary>2⁶³, whose square is finite.</summary>
    private protected const float LargestWithSquare = 9.223372e18f;

    private readonly Crew _crew = new();
    private readonly string?[] _momentNames;
    private Binding? _binding;
    private float _learningRate;
    private OneAtATime _use;

    /// <param name="learningRate">The step size η.</param>
    /// <param name="moments">The names of the moments that <see cref="Moment"/> gives; null where the settings need none.</param>
    private protected Optimizer(float learningRate, params ReadOnlySpan<string?> moments)
    {
        LearningRate = learningRate;
        _momentNames = moments.ToArray();
    }

    /// <summary>The step size η; finite and not negative. It may be changed between steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public float LearningRate
    {
        get => _learningRate;
        set => _learningRate = Require.NotNegative(value, nameof(LearningRate));
    }

    /// <summary>How many threads a step may use at most, the calling one among them: 1 or more, by default as many as the machine has
    /// processors. Results do not depend on it; small parameters are changed by the calling thread alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int MaxDegreeOfParallelism
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(MaxDegreeOfParallelism));
            field = value;
        }
    }
    = Environment.ProcessorCount;

    /// <summary>The vector width the updates run with.</summary>
    internal SimdWidth Width { get; init; } = SimdWidths.Best;

    /// <summary>The kind of optimizer and all its settings but the learning rate, the same text in every culture.</summary>
    internal string Settings => $"{GetType().Name}({SettingsOfRule})";

    /// <summary>The largest magnitude of a gradient that the moments can take.</summary>
    internal virtual float LargestGradient => float.MaxValue;

    /// <summary>How many steps were done.</summary>
    internal long Steps { get; private set; }

    /// <summary>The names of the moments that the settings need.</summary>
    internal IEnumerable<string> MomentNames => _momentNames.OfType<string>();

    /// <summary>The moments in the order of their names; none before <see cref="Bind"/>.</summary>
    internal IEnumerable<ParameterSet> Moments => _binding?.Moments.OfType<ParameterSet>() ?? [];

    /// <summary>The settings of the update rule, such as <c>beta1 0.9, beta2 0.999</c>.</summary>
    private protected abstract string SettingsOfRule { get; }

    /// <summary>Changes every parameter by its gradient.</summary>
    /// <param name="parameters">The weights to change: the same set in every step.</param>
    /// <param name="gradients">Their gradients, of the same shapes in the same order; only read, and not checked for NaN. <see cref="Adam"/>,
    /// <see cref="AdamW"/> and <see cref="RmsProp"/> keep squares, which overflow above 9.2e18: such a weight hardly moves again. Fit checks that;
    /// your own loop may clip.</param>
    /// <exception cref="ArgumentNullException">A set is null.</exception>
    /// <exception cref="ArgumentException">The gradients' shapes differ from the parameters', or <paramref name="gradients"/> holds one of
    /// the parameters itself; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">The first step was with other parameters, or another thread is stepping this optimizer;
    /// nothing was changed.</exception>
    public void Step(ParameterSet parameters, ParameterSet gradients) => Step(parameters, gradients, []);

    /// <summary>Changes every parameter but the frozen ones by its gradient.</summary>
    /// <param name="parameters">The weights to change.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="frozen">For each parameter whether it stays as it is; empty where none does.</param>
    internal void Step(ParameterSet parameters, ParameterSet gradients, ReadOnlySpan<bool> frozen)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        parameters.ThrowIfShapesDiffer(gradients);
        parameters.ThrowIfAnyIsIn(gradients, this);
        using OneAtATime.Turn turn = Enter();
        BindWithinTurn(parameters);
        try
        {
            _crew.Gather(parameters.TotalCount < 2 * LeastValuesOfAShare ? 1 : MaxDegreeOfParallelism);
            BeginStep();
            Steps++;
            for (int n = 0; n < parameters.Count; n++)
            {
                if (!frozen.IsEmpty && frozen[n])
                {
                    continue;
                }

                var work = new SomeValues(this, n, parameters[n], gradients[n]);
                parameters[n].Edit(work, static (_, work) => work.RunShares());
            }
        }
        finally
        {
            _crew.Dismiss();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{GetType().Name}(learningRate {LearningRate}, {SettingsOfRule})");

    /// <summary>Makes the moments, all zeros, unless this optimizer has those of these parameters already.</summary>
    /// <exception cref="InvalidOperationException">It has those of other parameters.</exception>
    internal void Bind(ParameterSet parameters)
    {
        using OneAtATime.Turn turn = Enter();
        BindWithinTurn(parameters);
    }

    /// <summary>Continues after so many steps, whose moments the caller brings back.</summary>
    internal void ContinueAfter(long steps)
    {
        using OneAtATime.Turn turn = Enter();
        Steps = steps;
        RestoreSteps();
    }

    /// <summary>The place among <see cref="Moments"/> of the first that holds a value that is not finite; −1 if none does.</summary>
    internal int IndexOfNonFiniteMoment()
    {
        ParameterSet?[] all = _binding?.Moments ?? [];
        int index = 0;
        foreach (ParameterSet? moments in all)
        {
            if (moments is not null)
            {
                if (!double.IsFinite(GradientClipping.GlobalNorm(moments)))
                {
                    return index;
                }

                index++;
            }
        }

        return -1;
    }

    /// <summary>Throws when this optimizer's first step was with another set of parameters.</summary>
    internal void ThrowIfBoundToOther(ParameterSet parameters)
    {
        if (_binding is { } binding && !ReferenceEquals(binding.Parameters, parameters))
        {
            throw new InvalidOperationException(
                $"{this}: it holds moments of {binding.Parameters} from its first step and cannot change another set, {parameters}. " +
                "Make a new optimizer for every model.");
        }
    }

    /// <summary>Prepares what all parameters share in this step, <see cref="Steps"/> being the number of those before it.</summary>
    private protected abstract void BeginStep();

    /// <summary>Changes some values of one parameter.</summary>
    private protected abstract void Update(int index, Share values, ReadOnlySpan<float> gradients, Span<float> weights);

    /// <summary>Recomputes what follows from <see cref="Steps"/>.</summary>
    private protected virtual void RestoreSteps()
    {
    }

    /// <summary>Some values of one parameter's moment; none where the settings need no such moment.</summary>
    private protected Span<float> Moment(int moment, int index, Share values) =>
        _binding!.Moments[moment] is { } set ? values.Of(set[index].Writable) : [];

    private OneAtATime.Turn Enter() => _use.Enter(this, "another thread is stepping this optimizer; make one for each model.");

    private void BindWithinTurn(ParameterSet parameters)
    {
        ThrowIfBoundToOther(parameters);
        _binding ??= MakeMoments(parameters);
    }

    private Binding MakeMoments(ParameterSet parameters) =>
        new(parameters, Array.ConvertAll(_momentNames, name => name is null ? null : parameters.CreateZeros()));

    /// <summary>The parameters of the first step and their moments, which never come apart.</summary>
    private sealed record Binding(ParameterSet Parameters, ParameterSet?[] Moments);

    private readonly struct SomeValues(Optimizer optimizer, int index, Parameter parameter, Parameter gradient) : ISharedWork
    {
        /// <summary>Changes all values of the parameter, the optimizer's crew sharing the work.</summary>
        public void RunShares() => optimizer._crew.Run(
            Math.Clamp(parameter.Count / LeastValuesOfAShare, 1, optimizer._crew.Size), this);

        public void Run(int share, int shares)
        {
            Share values = Share.Of(parameter.Count, share, shares);
            optimizer.Update(index, values, values.Of(gradient.Values), values.Of(parameter.Writable));
        }
    }
}
