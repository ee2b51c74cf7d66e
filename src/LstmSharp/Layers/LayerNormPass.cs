using LstmSharp.Kernels;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>One sequence through a layer normalization: rows divided among the crew, the gradients of the weights by units.</summary>
internal sealed unsafe class LayerNormPass(LayerNormLayer layer) : LayerPass
{
    /// <summary>What is kept of a row beside its output: the mean and the scale, in double.</summary>
    public const int FloatsOfRow = 2 * sizeof(double) / sizeof(float);

    private readonly LayerNormLayer _layer = layer;
    private readonly int _stride = Panels.RowStride(layer.InputSize);
    private readonly AlignedBuffer _outputs = new();
    private readonly AlignedBuffer _statistics = new();
    private double[] _sums = [];

    public override SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial)
    {
        SequenceRows outputs = input with { Data = _outputs.Reserve(run.RoomFor(input.Count) * _stride), Stride = _stride };
        var statistics = (double*)_statistics.Reserve(run.RoomFor(input.Count) * FloatsOfRow);
        Crew crew = run.Machine.Crew;
        crew.Run(crew.Size, new ForwardOfRows { Layer = _layer, Input = input, Output = outputs, Statistics = statistics });
        return outputs;
    }

    public override SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients)
    {
        Crew crew = run.Machine.Crew;
        _sums = _sums.Length == 0 ? new double[2 * _layer.InputSize] : _sums;
        StepTable steps = input.Steps;
        for (int end = steps.LiveLength, start; end > 0; end = start)
        {
            start = steps.StartOfRows(end, run.RowsOfChunk);
            Array.Clear(_sums);
            crew.Run(Math.Min(crew.Size, _layer.InputSize), new WeightGradientsOfUnits
            {
                Pass = this,
                Input = input,
                Gradient = gradients.Output,
                First = steps.First(start),
                End = steps.First(end),
            });
            AddSums(0, gradients.Parameters[0]);
            AddSums(_layer.InputSize, gradients.Parameters[1]);
        }

        if (!gradients.WantsInput)
        {
            return default;
        }

        crew.Run(crew.Size, new BackwardOfRows { Pass = this, Input = input, Gradient = gradients.Output });
        return gradients.Output;
    }

    private void AddSums(int first, Parameter gradient) =>
        gradient.Edit((ReadOnlySpan<double>)_sums.AsSpan(first, _layer.InputSize), static (values, sums) =>
        {
            for (int n = 0; n < values.Length; n++)
            {
                values[n] += (float)sums[n];
            }
        });

    private struct ForwardOfRows : ISharedWork
    {
        public required LayerNormLayer Layer;

        public required SequenceRows Input;

        public required SequenceRows Output;

        public required double* Statistics;

        public readonly void Run(int share, int shares)
        {
            ReadOnlySpan<float> gain = Layer.Gain.Values, bias = Layer.Bias.Values;
            Share rows = Share.Of(Input.Count, share, shares);
            for (int row = rows.First; row < rows.End; row++)
            {
                double* statistics = Statistics + (2 * (nint)row);
                (statistics[0], statistics[1]) = LayerNormEquations.Forward(Input.Values(row), gain, bias, Output.Values(row));
            }
        }
    }

    private struct WeightGradientsOfUnits : ISharedWork
    {
        public required LayerNormPass Pass;

        public required SequenceRows Input;

        public required SequenceRows Gradient;

        public required int First;

        public required int End;

        public readonly void Run(int share, int shares)
        {
            Share units = Share.Of(Input.Width, share, shares);
            Span<double> gain = units.Of(Pass._sums.AsSpan(0, Input.Width)), bias = units.Of(Pass._sums.AsSpan(Input.Width));
            for (int row = First; row < End; row++)
            {
                double* statistics = (double*)Pass._statistics.Pointer + (2 * (nint)row);
                LayerNormEquations.AddWeightGradients(
                    units.Of(Input.Values(row)), statistics[0], statistics[1], units.Of(Gradient.Values(row)), gain, bias);
            }
        }
    }

    private struct BackwardOfRows : ISharedWork
    {
        public required LayerNormPass Pass;

        public required SequenceRows Input;

        public required SequenceRows Gradient;

        public readonly void Run(int share, int shares)
        {
            Share rows = Share.Of(Input.Count, share, shares);
            for (int row = rows.First; row < rows.End; row++)
            {
                double* statistics = (double*)Pass._statistics.Pointer + (2 * (nint)row);
                LayerNormEquations.Backward(
                    Input.Values(row), Pass._layer.Gain.Values, statistics[0], statistics[1], Gradient.Values(row));
            }
        }
    }
}
