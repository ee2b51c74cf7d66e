using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>Hands a judge the rows that left the last layer; a crew shares them.</summary>
internal struct JudgedRows : ISharedWork
{
    /// <summary>Below this many floats one thread judges alone.</summary>
    private const int LeastFloatsToShare = 1 << 14;

    private IOutputJudge Judge;

    private SequenceRows Rows;

    /// <summary>The step of the whole output that is step 0 of the rows.</summary>
    private int FirstStep;

    private bool WantsGradient;

    /// <summary>Has every row judged that is a step of a sequence.</summary>
    public static void Run(Crew crew, IOutputJudge judge, in SequenceRows rows, int firstStep, bool wantsGradient)
    {
        var work = new JudgedRows { Judge = judge, Rows = rows, FirstStep = firstStep, WantsGradient = wantsGradient };
        long floats = (long)rows.Count * rows.Width;
        if (floats > 0)
        {
            crew.Run(floats < LeastFloatsToShare ? 1 : crew.Size, work);
        }
    }

    public readonly unsafe void Run(int share, int shares)
    {
        StepTable steps = Rows.Steps;
        int batchSize = steps.BatchSize;
        Share places = Share.Of(steps.Length * batchSize, share, shares);
        for (int n = places.First; n < places.End; n++)
        {
            (int t, int row) = Math.DivRem(n, batchSize);
            if (row < steps.Rows(t))
            {
                Span<float> outputs = new(Rows.Row(steps.First(t) + row), Rows.Width);
                Judge.Judge(((FirstStep + t) * batchSize) + steps.PlaceOf(row), outputs, WantsGradient);
            }
        }
    }
}
