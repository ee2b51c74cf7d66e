namespace LstmSharp.Tests.Models;

/// <content>Rows of different length, and each of them as a run of its own.</content>
internal sealed partial class ModelRun
{
    /// <summary>Whether every step that enters the model leaves it.</summary>
    public bool IsStepwise => Model.OutputLength(2) == 2;

    /// <summary>A run with random lengths; what lies beyond them is NaN, or token −1, which nobody may read.</summary>
    public static ModelRun DrawRagged(SequenceModel model, int length, int batchSize, Random random, bool trains = false)
    {
        bool isStepwise = model.OutputLength(2) == 2;
        int[] lengths = [.. Enumerable.Range(0, batchSize).Select(_ => random.Next(isStepwise ? 0 : 1, length + 1))];
        ModelRun run = Draw(model, length, batchSize, random, lengths, trains);
        FillBeyond(run.Input, model.InputSize, lengths, model.VocabularySize is null ? float.NaN : -1);
        if (isStepwise)
        {
            FillBeyond(run.OutputGradient, model.OutputSize, lengths, float.NaN);
        }

        return run;
    }

    /// <summary>A row of the batch as a run of its own.</summary>
    public ModelRun Row(int row)
    {
        int length = Lengths[row];
        float[] outputGradient = Column(OutputGradient, BatchSize, Model.OutputSize, row);
        return new ModelRun
        {
            Model = Model,
            Length = length,
            BatchSize = 1,
            Step = Step is { } step ? (step.Seed, step.Update, [step.Samples[row]]) : null,
            Input = Column(Input, BatchSize, Model.InputSize, row)[..(length * Model.InputSize)],
            InitialState = RowOf(InitialState, row),
            OutputGradient = outputGradient[..((IsStepwise ? length : 1) * Model.OutputSize)],
            FinalStateGradient = RowOf(FinalStateGradient, row),
        };
    }

    /// <summary>The values of one row of the batch at all steps.</summary>
    public static float[] Column(float[] values, int batchSize, int width, int row) =>
        [.. values.Chunk(width).Where((_, n) => n % batchSize == row).SelectMany(chunk => chunk)];

    private ModelState RowOf(ModelState states, int row)
    {
        ModelState state = Model.CreateState(1);
        state.CopyRow(0, states, row);
        return state;
    }

    private static void FillBeyond(float[] values, int width, int[] lengths, float value)
    {
        for (int n = 0; n < values.Length; n += width)
        {
            (int t, int row) = Math.DivRem(n / width, lengths.Length);
            if (t >= lengths[row])
            {
                values.AsSpan(n, width).Fill(value);
            }
        }
    }
}
