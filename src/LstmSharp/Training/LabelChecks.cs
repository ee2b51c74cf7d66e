namespace LstmSharp;

/// <summary>What must hold of labels whose steps nobody knows.</summary>
internal static class LabelChecks
{
    /// <summary>Makes sure that a model gives a logit for each label and the blank at every step, and that there are steps enough.</summary>
    public static void ThrowIfUnfit(string who, SequenceModel model, SequenceDataset data, CtcLoss loss, string name)
    {
        if (model.Layers.FirstOrDefault(layer => !layer.IsStepwise) is { } layer)
        {
            throw new ArgumentException(
                $"{who}: {loss} needs a model that answers at every step, but {layer} does not let every step through; take it out.", nameof(model));
        }

        if (loss.Blank >= model.OutputSize)
        {
            throw new ArgumentException(
                $"{who}: {loss} needs its blank among the model's classes, 0 to {model.OutputSize - 1}; give the model one output more than there "
                + "are labels.",
                nameof(loss));
        }

        int[] labels = new int[data.MaxTargetLength];
        for (int sample = 0; sample < data.Count; sample++)
        {
            Span<int> own = labels.AsSpan(0, data.TargetLengthOf(sample));
            for (int n = 0; n < own.Length; n++)
            {
                data.ClassSource.CopyStep(sample, n, own.Slice(n, 1));
                if ((uint)own[n] >= (uint)model.OutputSize || own[n] == loss.Blank)
                {
                    throw new ArgumentException(
                        FormattableString.Invariant($"{who}: {name} must have labels from 0 to {model.OutputSize - 1} other than the blank ") +
                        FormattableString.Invariant($"{loss.Blank}, but {data} has {own[n]} as label {n} of sample {sample}."),
                        name);
                }
            }

            int least = CtcLoss.LeastSteps(own);
            if (least > data.LengthOf(sample) && !loss.ZeroInfinity)
            {
                throw new ArgumentException(
                    $"{who}: {name} must have a step for each label, and one more between two equal ones, but sample {sample} of {data} has "
                    + $"{data.LengthOf(sample)} steps and needs {least}; leave it out, or let it count as 0 with zeroInfinity: true.",
                    name);
            }
        }
    }
}
