namespace LstmSharp.Tests.Training;

/// <summary>The chance of a sequence of labels as it is defined: the sum over every path there is.</summary>
internal static class NaiveCtc
{
    /// <param name="logits">Shape [steps, classes].</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="labels">What a path must spell.</param>
    /// <param name="blank">The class that is no label.</param>
    public static double Loss(double[] logits, int classes, int[] labels, int blank)
    {
        double[][] chances =
        [
            .. logits.Chunk(classes).Select(step => step.Select(Math.Exp).ToArray())
                .Select(step => step.Select(e => e / step.Sum()).ToArray()),
        ];
        int steps = chances.Length;
        double sum = 0;
        for (int path = 0; path < Math.Pow(classes, steps); path++)
        {
            int[] names = new int[steps];
            double chance = 1;
            for (int t = 0, rest = path; t < steps; t++, rest /= classes)
            {
                names[t] = rest % classes;
                chance *= chances[t][names[t]];
            }

            IEnumerable<int> spelt = names.Where((k, t) => k != blank && (t == 0 || k != names[t - 1]));
            sum += spelt.SequenceEqual(labels) ? chance : 0;
        }

        return -Math.Log(sum);
    }
}
