using LstmSharp.Kernels;
using LstmSharp.Randomness;
using LstmSharp.Threading;

namespace LstmSharp;

/// <summary>One sequence through a dropout layer: on the way back the mask is drawn again, into the gradient itself.</summary>
internal sealed unsafe class DropoutPass(DropoutLayer layer) : LayerPass
{
    private readonly AlignedBuffer _outputs = new();

    public override SequenceRows Forward(in RunContext run, in SequenceRows input, ReadOnlySpan<CellState> initial)
    {
        if (run.Training is not { } training)
        {
            return input;
        }

        SequenceRows outputs = input with { Data = _outputs.Reserve(run.RoomFor(input.Count) * input.Stride) };
        Drop(run.Machine, training, input, outputs);
        return outputs;
    }

    public override SequenceRows Backward(in RunContext run, in SequenceRows input, in LayerGradients gradients)
    {
        if (!gradients.WantsInput)
        {
            return default;
        }

        if (run.Training is { } training)
        {
            Drop(run.Machine, training, gradients.Output, gradients.Output);
        }

        return gradients.Output;
    }

    private void Drop(Machine machine, TrainingRows training, in SequenceRows source, in SequenceRows destination) =>
        machine.Crew.Run(machine.Crew.Size, new DropInRows
        {
            Key = RandomKey.Of(training.Seed, RandomPurpose.Dropout, layer.Path).At(training.Update),
            Training = training,
            Rate = layer.Rate,
            Source = source,
            Destination = destination,
        });

    private struct DropInRows : ISharedWork
    {
        public required RandomKey Key;

        public required TrainingRows Training;

        public required float Rate;

        public required SequenceRows Source;

        public required SequenceRows Destination;

        public readonly void Run(int share, int shares)
        {
            StepTable steps = Source.Steps;
            Share rows = Share.Of(Source.Count, share, shares);
            for (int row = rows.First, t = 0; row < rows.End; row++)
            {
                while (steps.First(t + 1) <= row)
                {
                    t++;
                }

                int sample = Training.SampleAt(steps.PlaceOf(row - steps.First(t)));
                RandomMask.Apply(
                    Key,
                    (uint)(steps.Start + t),
                    (uint)sample,
                    Rate,
                    Panels.RowStride(Source.Width),
                    new Dropping(Rate, Source.Row(row), Destination.Row(row)));
            }
        }
    }
}
