using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace LstmSharp;

/// <summary>Named tensors in a fixed order: a model's weights, their gradients, or an optimizer's moments.</summary>
/// <remarks>A set made with <see cref="CreateZeros"/> has the same names, shapes and order as its origin, so entry n of a gradient
/// set belongs to entry n of the weights. A model itself holds no gradients: whoever trains makes them.</remarks>
public sealed class ParameterSet : IReadOnlyList<Parameter>
{
    private readonly Parameter[] _parameters;
    private readonly HashSet<Parameter> _members;

    internal ParameterSet(params ReadOnlySpan<Parameter> parameters)
    {
        _parameters = parameters.ToArray();
        _members = [.. _parameters];
        TotalCount = _parameters.Sum(parameter => (long)parameter.Count);
    }

    /// <summary>The number of parameters (tensors).</summary>
    public int Count => _parameters.Length;

    /// <summary>The number of values in all parameters together.</summary>
    public long TotalCount { get; }

    /// <summary>How often the set's parameters were edited, all together.</summary>
    internal long Version
    {
        get
        {
            long version = 0;
            foreach (Parameter parameter in _parameters)
            {
                version += parameter.Version;
            }

            return version;
        }
    }

    /// <summary>The parameter at a position.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the set.</exception>
    public Parameter this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _parameters.Length);
            return _parameters[index];
        }
    }

    /// <summary>The parameter of a name, such as <c>0.RecurrentWeights</c>.</summary>
    /// <param name="name">The full name, case-sensitive.</param>
    /// <exception cref="KeyNotFoundException">The set has no parameter of that name.</exception>
    public Parameter this[string name] =>
        TryGet(name, out Parameter? parameter)
            ? parameter
            : throw new KeyNotFoundException(
                $"ParameterSet: there is no parameter '{name}'; it holds {string.Join(", ", _parameters.Select(p => p.Name))}.");

    /// <summary>Looks a parameter up by name.</summary>
    /// <param name="name">The full name, case-sensitive.</param>
    /// <param name="parameter">The parameter, or null where there is none.</param>
    /// <returns>Whether the set holds it.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out Parameter? parameter)
    {
        ArgumentNullException.ThrowIfNull(name);
        parameter = Array.Find(_parameters, p => p.Name == name);
        return parameter is not null;
    }

    /// <summary>Makes a set of the same names, shapes and order, all zeros: for gradients or moments.</summary>
    public ParameterSet CreateZeros() => new(Array.ConvertAll(_parameters, p => p.CreateZeros()));

    /// <summary>Sets every value to zero.</summary>
    public void Clear()
    {
        foreach (Parameter parameter in _parameters)
        {
            parameter.Edit(static values => values.Clear());
        }
    }

    /// <summary>Copies every value from a set of the same shapes.</summary>
    /// <param name="source">The set to read, with the same shapes in the same order.</param>
    /// <exception cref="ArgumentException">The shapes differ; nothing was copied.</exception>
    public void CopyFrom(ParameterSet source)
    {
        ThrowIfShapesDiffer(source);
        for (int n = 0; n < _parameters.Length; n++)
        {
            _parameters[n].CopyFrom(source[n].Values);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<Parameter> GetEnumerator() => ((IEnumerable<Parameter>)_parameters).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"ParameterSet({Count} parameters, {TotalCount} values)";

    /// <summary>Neighbouring parameters.</summary>
    internal ReadOnlySpan<Parameter> Slice(int start, int count) => _parameters.AsSpan(start, count);

    /// <summary>Throws when another set does not have this set's shapes in this order.</summary>
    internal void ThrowIfShapesDiffer(
        ParameterSet other, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(other))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(other, name);
        if (other.Count != Count)
        {
            throw new ArgumentException($"ParameterSet: {name} must hold {Count} parameters, but holds {other.Count}.", name);
        }

        for (int n = 0; n < _parameters.Length; n++)
        {
            if (!_parameters[n].Shape.SequenceEqual(other[n].Shape))
            {
                throw new ArgumentException($"ParameterSet: {name} must hold {_parameters[n]}, but holds {other[n]}.", name);
            }
        }
    }

    /// <summary>Throws when weights, as this set, are among gradients: the model's weights stand in its layers' sets, too.</summary>
    internal void ThrowIfAnyIsIn(ParameterSet gradients, object who)
    {
        foreach (Parameter parameter in _parameters)
        {
            if (gradients._members.Contains(parameter))
            {
                throw new ArgumentException(
                    $"{who}: gradients must be a set of its own, but holds the weights {parameter}; make one with " +
                    "Parameters.CreateZeros().",
                    nameof(gradients));
            }
        }
    }
}
