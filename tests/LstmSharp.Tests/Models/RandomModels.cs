namespace LstmSharp.Tests.Models;

/// <summary>Draws models and shapes, small and odd ones most of all.</summary>
internal static class RandomModels
{
    private static readonly int[] OddSizes = [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33];

    /// <summary>One to three layers, of any kind, for a sequence length.</summary>
    public static SequenceModel Draw(Random random, int length)
    {
        SequenceModelBuilder builder = LookingAhead(random, StepwiseLayers(random));
        int size = Size(random);
        builder = random.Next(5) switch
        {
            0 => builder.TakeLast().Dense(Size(random)),
            2 => TwoDirections(random, builder, (inner, _) => inner.Lstm(size).TakeLast()),
            1 => builder.Flatten(length).Dense(Size(random), Activation.Tanh),
            _ => builder,
        };
        return Build(random, builder);
    }

    /// <summary>The same with no layers inside others, whose oracle is the reference of each layer by itself.</summary>
    public static SequenceModel DrawStraight(Random random, int length)
    {
        SequenceModel model = Draw(random, length);
        return model.Layers.Any(layer => layer.Inner.Count > 0) ? DrawStraight(random, length) : model;
    }

    /// <summary>The same without layers that look at more than one step.</summary>
    public static SequenceModel DrawStepwise(Random random) => Build(random, StepwiseLayers(random));

    /// <summary>The same with, at times, a TakeLast behind them and layers behind that: for rows of different length.</summary>
    public static SequenceModel DrawForRaggedRows(Random random)
    {
        SequenceModelBuilder builder = LookingAhead(random, StepwiseLayers(random));
        int size = Size(random);
        return Build(random, random.Next(4) switch
        {
            0 => builder.TakeLast().Lstm(size).Dense(Size(random)),
            1 => TwoDirections(random, builder, (inner, _) => inner.Lstm(size).TakeLast()).Dense(Size(random)),
            _ => builder,
        });
    }

    /// <summary>Layers that do something else while the model trains, among others.</summary>
    public static SequenceModel DrawForTraining(Random random)
    {
        SequenceModelBuilder builder = SequenceModel.Create(Size(random)).Dropout(Rate(random));
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            int size = Size(random);
            builder = random.Next(8) switch
            {
                2 => TwoDirections(
                    random, builder, (inner, again) => AddPart(again, inner.Lstm(size, Masks(again, hasMemory: true)), size)),
                4 => builder.Gru(size, regularization: Masks(random, hasMemory: false)),
                5 => builder.Gru(size, GruReset.BeforeProduct, Zoneouts(random)),
                0 => builder.VanillaRnn(size, regularization: Masks(random, hasMemory: false)),
                1 => Residual(random, builder.Lstm(size), inner => AddPart(random, inner.Dropout(Rate(random)), size)),
                3 => builder.Dense(size, Activation.Tanh),
                _ => builder.Lstm(size, Masks(random, hasMemory: true)),
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

    /// <summary>At times, layers that read sequences from their ends.</summary>
    private static SequenceModelBuilder LookingAhead(Random random, SequenceModelBuilder builder)
    {
        int size = Size(random);
        return random.Next(8) switch
        {
            0 => TwoDirections(random, builder, (inner, _) => inner.Lstm(size)),
            1 => TwoDirections(random, builder, (inner, _) => inner.Dense(size).VanillaRnn(size)).Lstm(size),
            2 => builder.Reverse().Lstm(size).Reverse(),
            _ => builder,
        };
    }

    /// <summary>Both directions get the same layers.</summary>
    private static SequenceModelBuilder TwoDirections(
        Random random, SequenceModelBuilder builder, Action<SequenceModelBuilder, Random> layers)
    {
        int seed = random.Next();
        return builder.Bidirectional(inner => layers(inner, new Random(seed)), (BidirectionalMerge)random.Next(4));
    }

    /// <summary>Masks on the state of a recurrent layer, every combination of them.</summary>
    private static RecurrentRegularization? Masks(Random random, bool hasMemory) => random.Next(2) == 0 ? null : new()
    {
        Dropout = random.Next(2) * Rate(random),
        Zoneout = random.Next(2) * Rate(random),
        CellZoneout = hasMemory ? random.Next(2) * Rate(random) : 0,
    };

    /// <summary>The same without dropout.</summary>
    private static RecurrentRegularization Zoneouts(Random random) => new() { Zoneout = random.Next(2) * Rate(random) };

    private static float Rate(Random random) => random.Next(10) * 0.1f;

    private static SequenceModel Build(Random random, SequenceModelBuilder builder) =>
        builder.Build(random.Next(), (WeightInitialization)random.Next(2));

    /// <summary>A Residual of some layers and one that gives as many values as enter.</summary>
    private static SequenceModelBuilder Residual(Random random, SequenceModelBuilder builder, Func<SequenceModelBuilder, SequenceModelBuilder> layers)
    {
        int width = builder.Width;
        return builder.Residual(inner => _ = random.Next(4) switch
        {
            0 => layers(inner).VanillaRnn(width),
            1 => layers(inner).Dense(width),
            2 => inner.Lstm(width),
            _ => layers(inner).Lstm(width),
        });
    }

    private static SequenceModelBuilder StepwiseLayers(Random random) => StepwiseLayers(random, SequenceModel.Create(Size(random)));

    private static SequenceModelBuilder StepwiseLayers(Random random, SequenceModelBuilder builder, int depth = 0)
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
                2 when depth < 3 => Residual(random, builder, inner => StepwiseLayers(random, inner, depth + 1)),
                3 => builder.Lstm(Size(random), Masks(random, hasMemory: true)),
                _ => builder.Lstm(Size(random)),
            };
        }

        return builder;
    }
}
