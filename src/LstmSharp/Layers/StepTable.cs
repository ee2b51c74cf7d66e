namespace LstmSharp;

/// <summary>Which rows of a batch live at which time step.</summary>
/// <remarks>The rows stand in order of length, longest first, so those that live at step t are the first <see cref="Rows"/> ones, and
/// every product simply takes fewer rows as sequences end. Steps lie back to back: the rows of step t begin at row
/// <see cref="First"/> of a buffer (docs/math/lstm.md, (7)). Where all rows have all steps, nothing is stored. What it points to belongs to a
/// <see cref="RowSorter"/>.</remarks>
internal readonly unsafe struct StepTable
{
    /// <summary>For each step of the whole sequence, and for its end, the number of living rows of all steps before; null where every
    /// row has every step.</summary>
    private readonly int* _first;

    /// <summary>The place in the user's batch of each row here, then the row here of each place; null where it is the same.</summary>
    private readonly int* _order;

    /// <summary>Each row's number of steps in the whole sequence; null where it is that of the whole sequence.</summary>
    private readonly int* _lengths;

    /// <summary>The step of the whole sequence that is step 0 here.</summary>
    private readonly int _start;

    /// <summary>How many steps of the whole sequence follow.</summary>
    private readonly int _following;

    /// <summary>Rows that all have all steps.</summary>
    public StepTable(int length, int batchSize)
    {
        Length = length;
        BatchSize = batchSize;
    }

    /// <summary>Rows of different length.</summary>
    public StepTable(int length, int batchSize, int* first, int* order, int* lengths)
        : this(length, batchSize)
    {
        _first = first;
        _order = order;
        _lengths = lengths;
    }

    private StepTable(in StepTable whole, int start, int length)
        : this(length, whole.BatchSize, whole._first, whole._order, whole._lengths)
    {
        _start = whole._start + start;
        _following = whole._following + whole.Length - start - length;
    }

    /// <summary>The number of time steps T; rows may have fewer.</summary>
    public int Length { get; }

    /// <summary>The number of rows B, those of length 0 among them.</summary>
    public int BatchSize { get; }

    /// <summary>The step of the whole sequence that is step 0 here.</summary>
    public int Start => _start;

    /// <summary>Whether the whole sequence ends with these steps.</summary>
    public bool IsEnd => _following == 0;

    /// <summary>Whether some row may have fewer steps than others.</summary>
    public bool IsRagged => _first != null;

    /// <summary>Whether rows stand in another order than the user's, or have fewer steps.</summary>
    public bool IsSorted => _order != null;

    /// <summary>The number of rows of all time steps together.</summary>
    public int Count => First(Length);

    /// <summary>The number of steps at which some row lives.</summary>
    public int LiveLength => BatchSize == 0 ? 0 : IsRagged ? LengthOf(0) : Length;

    /// <summary>The number of rows of all steps before step <paramref name="t"/>: where its own begin.</summary>
    public int First(int t) => _first == null ? checked(t * BatchSize) : _first[_start + t] - _first[_start];

    /// <summary>The number of rows that live at a step, 0 after the last one.</summary>
    public int Rows(int t) => t >= Length ? 0 : _first == null ? BatchSize : _first[_start + t + 1] - _first[_start + t];

    /// <summary>The number of time steps of a row.</summary>
    public int LengthOf(int row) => _lengths == null ? Length : Math.Clamp(_lengths[row] - _start, 0, Length);

    /// <summary>The number of time steps of a row in the whole sequence.</summary>
    public int WholeLengthOf(int row) => _lengths == null ? _start + Length + _following : _lengths[row];

    /// <summary>Whether a row's own last step is among these.</summary>
    public bool EndsHere(int row) =>
        _lengths == null ? Length > 0 && _following == 0 : _lengths[row] > _start && _lengths[row] <= _start + Length;

    /// <summary>Where a row stands in the user's batch.</summary>
    public int PlaceOf(int row) => _order == null ? row : _order[row];

    /// <summary>Where a row of the user's batch stands here.</summary>
    public int RowOf(int place) => _order == null ? place : _order[BatchSize + place];

    /// <summary>Where the same row of the batch has the step as far from its end as a row here is from its start.</summary>
    /// <param name="row">The row, counted through all time steps.</param>
    /// <param name="t">A step not after the row's; becomes the row's own.</param>
    public int Mirror(int row, ref int t)
    {
        while (First(t + 1) <= row)
        {
            t++;
        }

        int ofBatch = row - First(t);
        return First(LengthOf(ofBatch) - 1 - t) + ofBatch;
    }

    /// <summary>Some neighbouring steps.</summary>
    public StepTable Slice(int start, int length) => new(this, start, length);

    /// <summary>One step of all rows in their order; none where there are no steps.</summary>
    public StepTable OneStep() => new(Math.Min(Length, 1), BatchSize, null, _order, null);

    /// <summary>The step before the first one, from a step on, with at most half as many rows: until then the work is divided in one
    /// way.</summary>
    public int EndOfSpan(int start)
    {
        int end = start + 1, least = Rows(start) / 2;
        if (!IsRagged)
        {
            return LiveLength;
        }

        while (end < Length && Rows(end) > least)
        {
            end++;
        }

        return end;
    }

    /// <summary>The first step of those up to an end among which the rows do not more than double: the way back's
    /// <see cref="EndOfSpan"/>.</summary>
    public int StartOfSpan(int end, int least)
    {
        if (!IsRagged)
        {
            return least;
        }

        int start = end - 1, most = 2 * Rows(start);
        while (start > least && Rows(start - 1) <= most)
        {
            start--;
        }

        return start;
    }

    /// <summary>The first step, counted from an end, from which on at most so many rows follow; one step at least.</summary>
    public int StartOfRows(int end, long most)
    {
        if (!IsRagged)
        {
            return (int)Math.Max(0, end - Math.Max(1, most / Math.Max(1, BatchSize)));
        }

        int start = Math.Max(0, end - 1);
        while (start > 0 && First(end) - First(start - 1) <= most)
        {
            start--;
        }

        return start;
    }

    /// <summary>The step after the last one, counted from a start, up to which at most so many rows follow; one step at least.</summary>
    public int EndOfRows(int start, int end, long most)
    {
        if (!IsRagged)
        {
            return (int)Math.Min(end, start + Math.Max(1, most / Math.Max(1, BatchSize)));
        }

        int last = start + 1;
        while (last < end && First(last + 1) - First(start) <= most)
        {
            last++;
        }

        return last;
    }
}
