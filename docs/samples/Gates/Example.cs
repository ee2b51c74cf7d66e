using System.Globalization;

namespace LstmSharp.Samples.Gates;

/// <summary>A sequence that is drawn, one for every gate: one where that gate matters.</summary>
public sealed class Example
{
    /// <summary>Tells the random values between the flags.</summary>
    private const int Seed = 7;

    /// <param name="events">The flagged steps in order of time: the value that is stored, or null for a recall.</param>
    private Example(params (int Step, float? Stored)[] events)
    {
        var draft = new SequenceDraft(count: 1, new Random(Seed));
        foreach ((int step, float? stored) in events)
        {
            if (stored is not null)
            {
                draft.Store(row: 0, step, stored);
            }
            else
            {
                draft.Recall(row: 0, step);
            }
        }

        Events = events;
        Data = draft.ToDataset();
    }

    /// <summary>What is stored is replaced before it is asked for.</summary>
    public static Example Whole { get; } = new((3, 0.8f), (13, -0.6f), (24, null));

    /// <summary>Kept for long, erased, kept for long again.</summary>
    public static Example OfForgetGate { get; } = new((2, 0.9f), (15, -0.9f));

    /// <summary>One value of thirty is to be let in.</summary>
    public static Example OfInputGate { get; } = new((10, 0.9f));

    /// <summary>Many values to be written.</summary>
    public static Example OfUpdateGate { get; } = new((2, 0.9f), (8, -0.9f), (14, 0.3f), (20, -0.4f), (26, 0.9f));

    /// <summary>One value to be shown several times.</summary>
    public static Example OfOutputGate { get; } = new((2, 0.9f), (8, null), (15, null), (24, null));

    /// <summary>The flagged steps in order of time: the value that is stored, or null for a recall.</summary>
    public IReadOnlyList<(int Step, float? Stored)> Events { get; }

    /// <summary>The sequence and the right answers.</summary>
    public SequenceDataset Data { get; }

    public IEnumerable<int> Stores => Events.Where(it => it.Stored is not null).Select(it => it.Step);

    public IEnumerable<int> Recalls => Events.Where(it => it.Stored is null).Select(it => it.Step);

    /// <summary>What is said of an event, such as <c>store −0.6</c>.</summary>
    public static string NameOf(float? stored) =>
        stored?.ToString("store 0.0;store −0.0", CultureInfo.InvariantCulture) ?? "recall";
}
