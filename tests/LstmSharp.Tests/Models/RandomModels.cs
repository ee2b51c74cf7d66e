namespace LstmSharp.Tests.Models;

/// <summary>Draws models and shapes, small and odd ones most of all.</summary>
internal static class RandomModels
{
    private static readonly int[] OddSizes = [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33];

    /// <summary>One to three layers, of any kind, for a sequence length.</summary>
    public static SequenceModel Draw(Random random, int length)
    {
        SequenceModelBuilder builder = StepwiseLayers(random);
        builder = random.Next(4) switch
        {
            0 => builder.TakeLast().Dense(Size(random)),
            1 => builder.Flatten(length).Dense(Size(random), Activation.Tanh),
            _ => builder,
        };
        return Build(random, builder);
    }

    /// <summary>The same without layers that look at more than one step.</summary>
    public static SequenceModel DrawStepwise(Random random) => Build(random, StepwiseLayers(random));

    /// <summary>The same with, at times, a TakeLast behind them and layers behind that: for rows of different length.</summary>
    public static SequenceModel DrawForRaggedRows(Random random)
    {
        SequenceModelBuilder builder = StepwiseLayers(random);
        return Build(random, random.Next(3) == 0 ? builder.TakeLast().Lstm(Size(random)).Dense(Size(random)) : builder);
    }

    /// <summary>Layers that do something else while the model trains, among others.</summary>
    public static SequenceModel DrawForTraining(Random random)
    {
        SequenceModelBuilder builder = SequenceModel.Create(Size(random)).Dropout(Rate(random));
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            int size = Size(random);
            builder = random.Next(6) switch
            {
                4 => builder.Gru(size),
                5 => builder.Gru(size, GruReset.BeforeProduct),
                0 => builder.VanillaRnn(size),
                1 => builder.Dense(size, Activation.Tanh),
                _ => builder.Lstm(size),
            };
            builder = AddPart(random, builder, size);
        }

        builder = random.Next(6) switch
        {
            0 => builder.TakeLast().Dropout(Rate(random)).Dense(Size(random)),
            1 => builder.MeanOverTime().Dense(Size(random)).Dropout(Rate(random)),
            2 => builder.MaxOverTime().Dense(17).LayerNorm(),
            _ => builder,
        };
        return Build(random, builder);
    }

    /// <summary>The same for tokens, every other one with a padding token.</summary>
    public static SequenceModel DrawForTokens(Random random)
    {
        int vocabularySize = random.Next(1, 20);
        SequenceModelBuilder builder = StepwiseLayers(
            random, SequenceModel.CreateForTokens(vocabularySize, Size(random), random.Next(2) == 0 ? random.Next(vocabularySize) : null));
        return Build(random, random.Next(3) == 0 ? builder.TakeLast().Dense(Size(random)) : builder);
    }

    public static int Size(Random random) => OddSizes[random.Next(OddSizes.Length)];

    public static int Length(Random random) => random.Next(4) == 0 ? 1 : random.Next(1, 20);

    public static int BatchSize(Random random) => random.Next(4) == 0 ? 1 : random.Next(1, 14);

    /// <summary>A few values may hardly differ: a normalization would make their rounding errors hundreds of times larger.</summary>
    private static SequenceModelBuilder AddPart(Random random, SequenceModelBuilder builder, int size) => random.Next(4) switch
    {
        0 => builder,
        1 when size >= 7 => builder.LayerNorm(),
        _ => builder.Dropout(Rate(random)),
    };

    private static float Rate(Random random) => random.Next(10) * 0.1f;

    private static SequenceModel Build(Random random, SequenceModelBuilder builder) =>
        builder.Build(random.Next(), (WeightInitialization)random.Next(2));

    private static SequenceModelBuilder StepwiseLayers(Random random) => StepwiseLayers(random, SequenceModel.Create(Size(random)));

    private static SequenceModelBuilder StepwiseLayers(Random random, SequenceModelBuilder builder)
    {
        int layers = random.Next(1, 4);
        for (int n = 0; n < layers; n++)
        {
            builder = random.Next(8) switch
            {
                5 or 6 => builder.Gru(Size(random)),
                7 => builder.Gru(Size(random), GruReset.BeforeProduct),
                0 => builder.VanillaRnn(Size(random), (Activation)random.Next(4)),
                1 => builder.Dense(Size(random), (Activation)random.Next(4)),
                _ => builder.Lstm(Size(random)),
            };
        }

        return builder;
    }
}
