using System.Globalization;

namespace LstmSharp;

/// <summary>Random masks on the state of a recurrent layer, which keep it from learning its training data by heart.</summary>
/// <remarks><para>While the model trains, with masks m drawn by the <see cref="TrainingStep"/>:</para>
/// <code>
/// dropout:  the recurrent weights see m ⊙ h₋₁, m being 0 or 1/(1 − Dropout), the same at every step of a sequence
/// zoneout:  h = m ⊙ h₋₁ + (1 − m) ⊙ h̃      c = m ⊙ c₋₁ + (1 − m) ⊙ c̃      m being 1 with the rate as probability, else 0, at every step anew
/// </code>
/// <para>where h̃ and c̃ are what the cell's own equations give of h₋₁ and c₋₁. A prediction drops nothing, and in place of zoneout's masks
/// it takes their mean, the rate. Equations: docs/math/regularization.md.</para>
/// <para>Sources: Gal and Ghahramani, "A theoretically grounded application of dropout in recurrent neural networks", 2016; Krueger et al.,
/// "Zoneout: regularizing RNNs by randomly preserving hidden activations", 2017.</para></remarks>
public sealed record RecurrentRegularization
{
    /// <summary>The probability of a value of h₋₁ to be hidden from the recurrent weights for a whole sequence; from 0, which is the
    /// default, to before 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not from 0 to before 1.</exception>
    public float Dropout { get; init => field = Rate(value, nameof(Dropout)); }

    /// <summary>The probability of a value of h to stay as it was; from 0, which is the default, to before 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not from 0 to before 1.</exception>
    public float Zoneout { get; init => field = Rate(value, nameof(Zoneout)); }

    /// <summary>The probability of a value of the memory cell c to stay as it was; from 0, which is the default, to before 1. For an LSTM
    /// alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not from 0 to before 1.</exception>
    public float CellZoneout { get; init => field = Rate(value, nameof(CellZoneout)); }

    /// <summary>Whether all rates are 0.</summary>
    internal bool IsNone => Dropout == 0 && Zoneout == 0 && CellZoneout == 0;

    /// <inheritdoc/>
    public override string ToString()
    {
        IEnumerable<string> parts = from part in new[] { ("dropout", Dropout), ("zoneout", Zoneout), ("cell zoneout", CellZoneout) }
                                    where part.Item2 > 0
                                    select $"{part.Item1} {part.Item2.ToString(CultureInfo.InvariantCulture)}";
        return string.Join(", ", parts);
    }

    private static float Rate(float value, string name) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(
            name, value, $"RecurrentRegularization: {name} must be from 0 to before 1, the share of the values.");
}
