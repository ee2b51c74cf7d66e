using System.Globalization;

namespace LstmSharp;

/// <summary>Tells of training in lines of text: pass it to <c>Fit</c> as its progress.</summary>
/// <remarks>Every finished epoch gets a line, and every fault after which training went on. On a terminal the last line tells of the
/// epoch that runs, rewritten at most ten times a
/// second; where the output is redirected to a file or a pipe, nothing is ever rewritten. There are no escape sequences and no colours, and
/// numbers have a decimal point in every culture. Safe on several threads; for a bar of its own, see the Forecasting sample.</remarks>
public sealed class ConsoleProgress : TrainingCallback, IProgress<TrainingProgress>
{
    private const int LongestLine = 160;
    private static readonly TimeSpan BetweenRewrites = TimeSpan.FromMilliseconds(100);
    private readonly Lock _lock = new();
    private readonly TextWriter _writer;
    private readonly Func<int>? _width;
    private readonly char[] _line = new char[LongestLine];
    private TimeSpan? _lastRewrite;
    private int _shown;
    private int _faultsTold;

    /// <summary>Writes to the console, and rewrites the last line unless the output is redirected.</summary>
    public ConsoleProgress()
        : this(Console.Out, Console.IsOutputRedirected ? null : WindowWidth)
    {
    }

    /// <summary>Writes elsewhere: a line for every epoch, nothing rewritten.</summary>
    /// <param name="writer">Where to write.</param>
    /// <exception cref="ArgumentNullException">The writer is null.</exception>
    public ConsoleProgress(TextWriter writer)
        : this(writer ?? throw new ArgumentNullException(nameof(writer)), null)
    {
    }

    /// <param name="writer">Where to write.</param>
    /// <param name="width">The terminal's width, where the last line can be rewritten.</param>
    internal ConsoleProgress(TextWriter writer, Func<int>? width)
    {
        _writer = writer;
        _width = width;
    }

    /// <summary>Tells of a batch or, where it is the epoch's last, of the epoch.</summary>
    /// <param name="value">How far training is.</param>
    public void Report(TrainingProgress value)
    {
        bool endsEpoch = value.Batch == value.Batches;
        lock (_lock)
        {
            if (endsEpoch)
            {
                Show(FormatEpoch(value), mayWrap: true);
                EndLine();
                TellOf(value.Faults);
            }
            else if (_width is not null && !(value.Elapsed - _lastRewrite < BetweenRewrites))
            {
                _lastRewrite = value.Elapsed;
                Show(FormatBatch(value), mayWrap: false);
            }
        }
    }

    /// <inheritdoc/>
    public override void OnTrainingBegin(TrainingContext context) => (_lastRewrite, _faultsTold) = (null, 0);

    /// <inheritdoc/>
    public override void OnBatchEnd(TrainingContext context)
    {
        if (_width is not null && context.Batch < context.Batches)
        {
            Report(context.Progress);
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingContext context) => Report(context.Progress);

    /// <summary>Says why training ended, unless all epochs were run.</summary>
    /// <inheritdoc/>
    public override void OnTrainingEnd(TrainingContext context)
    {
        lock (_lock)
        {
            if (_shown > 0)
            {
                EndLine();
            }

            TellOf(context.Faults);
            if (context.StopReason != StopReason.Completed)
            {
                _writer.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{context.StopReason} in epoch {context.Epoch}/{context.Epochs}, batch {context.Batch}/{context.Batches}"));
            }
        }
    }

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : LongestLine;
        }
        catch (IOException)
        {
            return LongestLine;
        }
    }

    private int FormatEpoch(TrainingProgress value)
    {
        _line.AsSpan().TryWrite(
            CultureInfo.InvariantCulture,
            $"epoch {value.Epoch}/{value.Epochs}  {new Clock(value.Elapsed)} done, at most {new Clock(value.EstimatedRemaining)} left  " +
            $"loss {value.TrainingLoss:G4}",
            out int length);
        if (value.ValidationLoss is { } validation)
        {
            _line.AsSpan(length).TryWrite(CultureInfo.InvariantCulture, $"  validation {validation:G4}", out int more);
            length += more;
        }

        return length;
    }

    private int FormatBatch(TrainingProgress value)
    {
        _line.AsSpan().TryWrite(
            CultureInfo.InvariantCulture,
            $"epoch {value.Epoch}/{value.Epochs}  {new Clock(value.Elapsed)} done, at most {new Clock(value.EstimatedRemaining)} left  " +
            $"batch {value.Batch}/{value.Batches}  loss {value.TrainingLoss:G4}",
            out int length);
        return length;
    }

    /// <summary>Writes the line over the one that is shown; cut to the terminal's width where it will be written over, too.</summary>
    private void Show(int length, bool mayWrap)
    {
        if (_width is not null)
        {
            length = mayWrap ? length : Math.Clamp(_width() - 1, 0, length);
            _line.AsSpan(length, Math.Max(_shown - length, 0)).Fill(' ');
            _writer.Write('\r');
        }

        _writer.Write(_line.AsSpan(0, Math.Max(length, _shown)));
        _shown = length;
    }

    /// <summary>A line for every fault that none told of yet.</summary>
    private void TellOf(IReadOnlyList<TrainingFault> faults)
    {
        for (; _faultsTold < faults.Count; _faultsTold++)
        {
            _writer.WriteLine($"Training goes on after a fault: {faults[_faultsTold]}");
        }
    }

    private void EndLine()
    {
        _writer.WriteLine();
        _writer.Flush();
        _shown = 0;
    }
}
