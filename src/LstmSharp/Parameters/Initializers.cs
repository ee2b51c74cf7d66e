using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LstmSharp.Randomness;

namespace LstmSharp;

/// <summary>Draws weights from a seeded generator with arithmetic that gives the same bits on every machine.</summary>
internal static class Initializers
{
    /// <summary>Draws a recurrent cell's weights [gates × units, inputs] and [gates × units, units] and its biases.</summary>
    public static void InitializeRecurrent(
        Parameter input,
        Parameter recurrent,
        ReadOnlySpan<Parameter> biases,
        RandomStream random,
        WeightInitialization initialization)
    {
        int units = recurrent.Shape[1];
        if (IsPyTorch(initialization))
        {
            float limit = 1 / MathF.Sqrt(units);
            DrawUniform(input, limit, random);
            DrawUniform(recurrent, limit, random);
            foreach (Parameter bias in biases)
            {
                DrawUniform(bias, limit, random);
            }

            return;
        }

        DrawUniform(input, GlorotLimit(input.Shape[1], units), random);
        recurrent.Edit(blocks =>
        {
            for (int block = 0; block < blocks.Length; block += units * units)
            {
                FillOrthogonal(blocks.Slice(block, units * units), units, random);
            }
        });
        foreach (Parameter bias in biases)
        {
            bias.Edit(static values => values.Clear());
        }
    }

    /// <summary>Draws a dense layer's weights [outputs, inputs] and bias [outputs].</summary>
    public static void InitializeDense(Parameter weights, Parameter bias, RandomStream random, WeightInitialization initialization)
    {
        int outputs = weights.Shape[0], inputs = weights.Shape[1];
        if (IsPyTorch(initialization))
        {
            float limit = 1 / MathF.Sqrt(inputs);
            DrawUniform(weights, limit, random);
            DrawUniform(bias, limit, random);
            return;
        }

        DrawUniform(weights, GlorotLimit(inputs, outputs), random);
        bias.Edit(static values => values.Clear());
    }

    /// <summary>Draws a dense layer's bias alone, where the weights are another layer's.</summary>
    public static void InitializeBias(Parameter bias, int inputs, RandomStream random, WeightInitialization initialization)
    {
        if (IsPyTorch(initialization))
        {
            DrawUniform(bias, 1 / MathF.Sqrt(inputs), random);
        }
        else
        {
            bias.Edit(static values => values.Clear());
        }
    }

    /// <summary>Draws an embedding's weights [tokens, outputs]; the padding token's row is 0.</summary>
    public static void InitializeEmbedding(
        Parameter weights, int? paddingToken, RandomStream random, WeightInitialization initialization)
    {
        const float limitOfKeras = 0.05f;
        int outputs = weights.Shape[1];
        if (IsPyTorch(initialization))
        {
            double[] row = new double[outputs];
            weights.Edit(values =>
            {
                for (int start = 0; start < values.Length; start += outputs)
                {
                    FillNearlyNormal(row, random);
                    for (int n = 0; n < outputs; n++)
                    {
                        values[start + n] = (float)row[n];
                    }
                }
            });
        }
        else
        {
            DrawUniform(weights, limitOfKeras, random);
        }

        if (paddingToken is { } token)
        {
            weights.Edit(values => values.Slice(token * outputs, outputs).Clear());
        }
    }

    public static bool IsPyTorch(WeightInitialization initialization) => initialization switch
    {
        WeightInitialization.GlorotOrthogonal => false,
        WeightInitialization.PyTorchUniform => true,
        _ => throw new ArgumentOutOfRangeException(nameof(initialization), initialization, "There is no such initialization."),
    };

    private static float GlorotLimit(int inputs, int outputs) => MathF.Sqrt(6f / ((float)inputs + outputs));

    private static void DrawUniform(Parameter parameter, float limit, RandomStream random) => parameter.Edit(values =>
    {
        foreach (ref float value in values)
        {
            value = (float)(((random.NextDouble() * 2) - 1) * limit);
        }
    });

    /// <summary>Fills a size × size block with an orthogonal matrix: random rows, made orthonormal one after the other
    /// (Gram–Schmidt, each projection done twice so that rounding does not spoil it).</summary>
    private static void FillOrthogonal(Span<float> block, int size, RandomStream random)
    {
        double[][] rows = new double[size][];
        for (int n = 0; n < size; n++)
        {
            double norm;
            double[] row = rows[n] = new double[size];
            do
            {
                FillNearlyNormal(row, random);
                RemoveProjections(row, rows.AsSpan(0, n));
                RemoveProjections(row, rows.AsSpan(0, n));
                norm = Math.Sqrt(Dot(row, row));
            }
            while (norm < 1e-6);

            for (int k = 0; k < size; k++)
            {
                row[k] /= norm;
                block[(n * size) + k] = (float)row[k];
            }
        }
    }

    /// <summary>Sums of twelve uniform numbers: nearly normal, with nothing but additions, whose bits are the same everywhere.</summary>
    private static void FillNearlyNormal(double[] row, RandomStream random)
    {
        for (int k = 0; k < row.Length; k++)
        {
            double sum = -6;
            for (int n = 0; n < 12; n++)
            {
                sum += random.NextDouble();
            }

            row[k] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RemoveProjections(double[] row, ReadOnlySpan<double[]> orthonormal)
    {
        foreach (double[] direction in orthonormal)
        {
            double share = Dot(row, direction);
            int k = 0;
            for (; k <= row.Length - Vector512<double>.Count; k += Vector512<double>.Count)
            {
                (Vector512.Create(row, k) - (Vector512.Create(direction, k) * share)).CopyTo(row, k);
            }

            for (; k < row.Length; k++)
            {
                row[k] -= share * direction[k];
            }
        }
    }

    /// <summary>The scalar product, as eight sums added in one fixed order: the bits are the same everywhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Dot(double[] left, double[] right)
    {
        Vector512<double> sums = Vector512<double>.Zero;
        int k = 0;
        for (; k <= left.Length - Vector512<double>.Count; k += Vector512<double>.Count)
        {
            sums += Vector512.Create(left, k) * Vector512.Create(right, k);
        }

        double rest = 0;
        for (; k < left.Length; k++)
        {
            rest += left[k] * right[k];
        }

        Vector256<double> four = sums.GetLower() + sums.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two[0] + two[1] + rest;
    }
}
