namespace LstmSharp.Tests;

/// <summary>Seeded numbers for tests.</summary>
internal static class RandomValues
{
    /// <summary>Numbers between −scale and scale.</summary>
    public static float[] Uniform(Random random, int count, float scale = 1)
    {
        float[] values = new float[count];
        for (int n = 0; n < count; n++)
        {
            values[n] = (float)((random.NextDouble() * 2) - 1) * scale;
        }

        return values;
    }

    public static double[] ToDoubles(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);

    /// <summary>Fills states with numbers between −scale and scale.</summary>
    public static ModelState Fill(this ModelState states, Random random, float scale = 1)
    {
        foreach (CellState state in states)
        {
            foreach (CellStatePart part in state.Parts)
            {
                Uniform(random, part.Values.Length, scale).CopyTo(part.Values);
            }
        }

        return states;
    }

    /// <summary>The values of all parts, one after the other.</summary>
    public static float[] Values(this CellState state) => [.. state.Parts.SelectMany(part => part.Values.ToArray())];

    /// <summary>The values of all states, one after the other.</summary>
    public static float[] Values(this ModelState states) => [.. states.SelectMany(state => state.Values())];
}
