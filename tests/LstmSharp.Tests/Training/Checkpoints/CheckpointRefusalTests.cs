using System.Numerics.Tensors;
using CsCheck;

namespace LstmSharp.Tests.Training.Checkpoints;

/// <summary>A checkpoint that is damaged or of another run is refused, with what differs, and nothing is changed.</summary>
public sealed class CheckpointRefusalTests : IDisposable
{
    private readonly ResumeScene _scene = new("adam", "cosine");

    public static TheoryData<string, string> Differences => new()
    {
        { "model", "the architecture must be *\"hiddenSize\":5*, but is *\"hiddenSize\":6*" },
        { "optimizer", "Optimizer must be Adam(beta1 0.9, * weightDecay 0.01, *), but is Adam(beta1 0.8, *)" },
        { "kind", "Optimizer must be Adam(*, but is AdamW(*" },
        { "rate", "LearningRate must be 0.02, but is 0.03" },
        { "batch size", "BatchSize must be 4, but is 5" },
        { "seed", "Seed must be 12, but is -1" },
        { "shuffle", "Shuffle must be True, but is False" },
        { "clip", "ClipGradientNorm must be 0.5, but is none" },
        { "early stopping", "EarlyStopping must be EarlyStopping(patience 2, minimumImprovement 0), but is *patience 3*" },
        { "schedule", "Schedule must be CosineSchedule(warmUpSteps 6, *) over 6 epochs, but is StepSchedule(every 1, factor 0.1, by Epoch)" },
        { "epochs", "Schedule must be CosineSchedule(*) over 6 epochs, but is CosineSchedule(*) over 7 epochs" },
        { "training", "Training must be SequenceDataset(18 samples: 6 × 1 => 1 × 1) *, but is SequenceDataset(18 samples: 6 × 1 => 1 × 1) *" },
        { "no validation", "Validation must be SequenceDataset(7 samples*, but is none*" },
        { "two", "BatchSize must be 4, but is 3; Seed must be 12, but is 2" },
    };

    public void Dispose() => _scene.Dispose();

    [Theory]
    [MemberData(nameof(Differences))]
    public void Fit_CheckpointOfAnotherRun_SaysWhatDiffers(string change, string difference)
    {
        _scene.Run(cancelAt: 10);
        Change(change);

        Refuse<ArgumentException>().WithMessage($"Fit: {_scene.Checkpoint} is the checkpoint of another run: *{difference}*")
            .WithParameterName("ResumeFrom");
    }

    [Fact]
    public void Fit_FewerEpochsThanTheCheckpointStandsIn_IsRefused()
    {
        _scene.Schedule = () => null;
        _scene.Run(cancelAt: 3 * ResumeScene.EvaluationsPerEpoch);
        _scene.Epochs = 2;

        Refuse<ArgumentException>().WithMessage("*: Epochs must be at least 3, where it stands, but is 2. To go on with other options or data, use WarmStartFrom. (Parameter 'ResumeFrom')");
    }

    [Fact]
    public void Fit_CallbackWithStateIsMissing_IsRefused()
    {
        _scene.Callbacks = () => [new BestCheckpoint(_scene.FileOf("best"))];
        _scene.Run(cancelAt: 10);
        _scene.Callbacks = () => [];

        Refuse<ArgumentException>().WithMessage("*: LstmSharp.BestCheckpoint.1 must be among the callbacks, as it has a state, but is not.*");
    }

    [Fact]
    public void Fit_MissingFile_Throws()
    {
        Refuse<FileNotFoundException>();
        FluentActions.Invoking(() => new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = new Adam(), ResumeFrom = "" })
            .Should().Throw<ArgumentException>().WithParameterName("ResumeFrom");
    }

    [Fact]
    public void Fit_SavedModelInPlaceOfACheckpoint_SaysSo()
    {
        _scene.CreateModel(1).Save(_scene.Checkpoint);

        Refuse<ModelFileException>().WithMessage("*the metadata must be a checkpoint's, with lstmsharp.checkpoint.format, but is another's. If it is a saved model, use SequenceModel.Load.");
        FluentActions.Invoking(() => Checkpoint.LoadModel(_scene.Checkpoint)).Should().Throw<ModelFileException>();
    }

    [Fact]
    public void Fit_FileCutShortAnywhere_IsRefused()
    {
        _scene.Run(cancelAt: 10);
        byte[] whole = File.ReadAllBytes(_scene.Checkpoint);

        for (int length = 0; length < whole.Length; length += length < 3000 ? 97 : 371)
        {
            File.WriteAllBytes(_scene.Checkpoint, whole[..length]);
            Refuse<ModelFileException>();
        }
    }

    [Fact]
    public void Fit_ByteOfTheHeaderChanged_IsRefusedOrReadAndNothingElse()
    {
        _scene.Run(cancelAt: 10);
        byte[] whole = File.ReadAllBytes(_scene.Checkpoint);
        int header = BitConverter.ToInt32(whole, 0);

        Gen.Select(Gen.Int[8, header + 7], Gen.Byte).Sample(
            (position, value) =>
            {
                byte[] changed = [.. whole];
                changed[position] = value;
                File.WriteAllBytes(_scene.Checkpoint, TamperedCheckpoint.WithItsChecksum(changed));
                try
                {
                    _scene.Resume();
                }
                catch (Exception refusal) when (refusal is ModelFileException or ArgumentException)
                {
                }
            },
            iter: 400,
            threads: 1);
    }

    [Theory]
    [InlineData("\\\"epoch\\\":\\\"2\\\"", "\\\"epoch\\\":\\\"9\\\"", "the state 'epoch' must be a whole number from 1 to 2, but is 9")]
    [InlineData("\\\"epoch\\\":\\\"2\\\"", "\\\"epoch\\\":\\\"x\\\"", "the state 'epoch' must be 1 numbers, but is not")]
    [InlineData("\\\"batch\\\":\\\"3\\\"", "\\\"batch\\\":\\\"6\\\"", "the state 'batch' must be a whole number from 0 to 5, but is 6")]
    [InlineData("\\\"batch\\\":\\\"3\\\"", "\\\"bitch\\\":\\\"3\\\"", "the state 'batch' must be 1 numbers, but is not")]
    [InlineData("\\\"learningRate\\\":\\\"0", "\\\"learningRate\\\":\\\"-", "*")]
    [InlineData("\\\"optimizerSteps\\\":\\\"8\\\"", "\\\"optimizerSteps\\\":8,\\\"a\\\":\\\"\\\"", "state: 'optimizerSteps' must be a string, but is the number '8' (byte *)")]
    [InlineData("lstmsharp.checkpoint.format\":\"1\"", "lstmsharp.checkpoint.format\":\"2\"", "lstmsharp.checkpoint.format must be 1, but is '2'*")]
    [InlineData("EarlyStopping.1\\\":\\\"", "EarlyStopping.1\\\":\\\"x", "the state of the callback LstmSharp.EarlyStopping.1 must be readable, but is not")]
    [InlineData("\\\"callbacks\\\":{", "\\\"callbacks\\\":{\\\"a\\\":\\\"\\\\ud800\\\",", "a string must be valid Unicode, but is half of a surrogate pair (byte *)")]
    [InlineData("\\\"callbacks\\\":{", "\\\"callbacks\\\":{\\\"\\\\ud800\\\":\\\"\\\",", "a string must be valid Unicode, but is half of a surrogate pair (byte *)")]
    [InlineData("\\\"callbacks\\\":{", "\\\"\\\\ud800\\\":{},\\\"callbacks\\\":{", "a string must be valid Unicode, but is half of a surrogate pair (byte *)")]
    [InlineData("\\\"epoch\\\":\\\"2\\\"", "\\\"epoch\\\":\\\"2\\\",\\\"epoch\\\":\\\"2\\\"", "state: 'epoch' must be there once, but is there twice (byte *)")]
    [InlineData("\\\"state\\\":", "\\\"states\\\":", "lstmsharp.checkpoint: the key 'states' must be one of options, state, callbacks, but is none of them (byte *)")]
    [InlineData("\\\"epochMilliseconds\\\":\\\"", "\\\"epochMilliseconds\\\":\\\"9223372036854", "the state 'epochMilliseconds' must be a whole number from 0 to *, but is *")]
    [InlineData("\\\"totals\\\":\\\"", "\\\"totals\\\":\\\"NaN", "the state 'totals' must be 8 numbers, but is not")]
    [InlineData("\"optimizer.means.0.Bias\"", "\"optimizer.means.0.Bios\"", "tensor 'optimizer.means.0.Bias' must be [20], but is missing")]
    [InlineData("\"shape\":[1,6]", "\"shape\":[6,1]", "tensor 'history' must be [6, 6], but is [6, 1] (byte *)")]
    public void Fit_TextChanged_SaysWhatIsWrong(string text, string other, string fault)
    {
        _scene.Run(cancelAt: 10);
        Replace(text, other);

        Refuse<ModelFileException>().WithMessage($"{_scene.Checkpoint}: {fault}.");
    }

    [Theory]
    [InlineData("-0.5 1 0 0")]
    [InlineData("1E+60 1 0 0")]
    [InlineData("NaN 1 0 0")]
    [InlineData("0.5 NaN 0 0")]
    [InlineData("0.5 1 -1 0")]
    [InlineData("0.5 1 0 0.5")]
    [InlineData("0.5 1 0 1E+10")]
    public void Fit_StateOfThePlateauScheduleChanged_IsRefused(string state)
    {
        var schedule = new PlateauSchedule();
        _scene.Schedule = () => schedule;
        _scene.Run(cancelAt: 10);
        Replace(schedule.SaveState()!, state);
        _scene.Schedule = () => new PlateauSchedule();

        Refuse<ModelFileException>().WithMessage("*the state of the callback LstmSharp.PlateauSchedule.1 must be readable, but is not.");
    }

    [Theory]
    [InlineData(6)]
    [InlineData(20_000)]
    public void LoadModel_ArchitectureOfOtherSizes_IsRefusedBeforeAnythingIsAllocatedForIt(int hiddenSize)
    {
        _scene.Run(cancelAt: 10);
        Replace("\\\"hiddenSize\\\":5", $"\\\"hiddenSize\\\":{hiddenSize}");
        long before = GC.GetAllocatedBytesForCurrentThread();

        FluentActions.Invoking(() => Checkpoint.LoadModel(_scene.Checkpoint)).Should().Throw<ModelFileException>()
            .WithMessage($"{_scene.Checkpoint}: tensor 'model.0.InputWeights' must be [{4 * hiddenSize}, 1], but is [20, 1] (byte *).");

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    [Fact]
    public void Fit_HistoryOfNoColumns_IsRefusedBeforeItsRowsAreAllocated()
    {
        _scene.Run(cancelAt: 3);
        Replace("\"shape\":[0,6]", "\"shape\":[9999999999,0]");

        Refuse<ModelFileException>().WithMessage("*tensor 'history' must be [9999999999, 6], but is [9999999999, 0] (byte *).");
    }

    /// <summary>The callbacks before the one that refuses its state have been given theirs by then.</summary>
    [Theory]
    [InlineData(typeof(FormatException), typeof(ModelFileException))]
    [InlineData(typeof(KeyNotFoundException), typeof(KeyNotFoundException))]
    public void Fit_ACallbackRefusesItsState_LeavesAllOfThemAsTheyWere(Type thrown, Type expected)
    {
        _scene.Callbacks = () => [new Memory("a"), new BestCheckpoint(_scene.FileOf("best")), new Refuser(null)];
        _scene.Run(cancelAt: 10);
        Memory memory = new("b");
        BestCheckpoint best = new(_scene.FileOf("best"));
        best.RestoreState("0.5");
        Refuser refuser = new((Exception)Activator.CreateInstance(thrown)!);
        _scene.Callbacks = () => [memory, best, refuser];

        _scene.Invoking(scene => scene.Resume()).Should().Throw<Exception>().Which.Should().BeOfType(expected);

        (memory.SaveState(), best.SaveState(), refuser.SaveState()).Should().Be(("b", "0.5", "of before"));
    }

    /// <summary>A callback that takes no state at all, not even its own of before, keeps the others from nothing.</summary>
    [Fact]
    public void Fit_ACallbackRefusesEveryState_LeavesTheOthersAsTheyWereAndSaysWhich()
    {
        _scene.Callbacks = () => [new Memory("a"), new Refuser(null)];
        _scene.Run(cancelAt: 10);
        Memory memory = new("b");
        _scene.Callbacks = () => [memory, new Refuser(new FormatException("no"), always: true)];

        _scene.Invoking(scene => scene.Resume()).Should().Throw<ModelFileException>().WithMessage("*the state of the callback *Refuser.1*");

        memory.SaveState().Should().Be("b");
    }

    [Theory]
    [InlineData("Shuffle", "True", true)]
    [InlineData("AccumulateBatches", "1", true)]
    [InlineData("AccumulateBatches", "2", false)]
    [InlineData("WeightAveraging", "none", true)]
    [InlineData("WeightAveraging", "ExponentialMovingAverage(decay 0.9)", false)]
    [InlineData("Seed", "0", true)]
    [InlineData("BatchSize", "32", true)]
    [InlineData("ClipGradientNorm", "none", true)]
    [InlineData("ClipGradientValue", "none", true)]
    [InlineData("EarlyStopping", "none", true)]
    [InlineData("Schedule", "none", true)]
    [InlineData("Validation", "none", true)]
    [InlineData("Shuffle", "False", false)]
    [InlineData("Seed", "12", false)]
    [InlineData("BatchSize", "4", false)]
    [InlineData("ClipGradientNorm", "0.5", false)]
    [InlineData("EarlyStopping", "EarlyStopping(patience 2, minimumImprovement 0)", false)]
    public void Fit_CheckpointFromBeforeAnOptionWasThere_MeansItsDefault(string option, string value, bool isDefault)
    {
        (_scene.Seed, _scene.BatchSize, _scene.ClipGradientNorm, _scene.Schedule) = (0, 32, null, () => null);
        (_scene.Patience, _scene.Validation) = (null, null);
        switch (option, isDefault)
        {
            case ("Shuffle", false): _scene.Shuffle = false; break;
            case ("AccumulateBatches", false): _scene.AccumulateBatches = 2; break;
            case ("WeightAveraging", false): _scene.WeightAveraging = new ExponentialMovingAverage(0.9f); break;
            case ("Seed", false): _scene.Seed = 12; break;
            case ("BatchSize", false): _scene.BatchSize = 4; break;
            case ("ClipGradientNorm", false): _scene.ClipGradientNorm = 0.5f; break;
            case ("EarlyStopping", false): (_scene.Patience, _scene.Validation) = (2, TrainingScene.Means(7, seed: 8)); break;
        }

        _scene.Run(cancelAt: 2);
        string text = $"\\\"{option}\\\":\\\"{value}\\\"";
        Replace(option == "AccumulateBatches" ? $"{text}," : $",{text}", string.Empty); // it is the first

        if (isDefault)
        {
            _scene.Resume().Result.StopReason.Should().Be(StopReason.Completed);
        }
        else
        {
            Refuse<ArgumentException>().WithMessage($"*: {option} must be *, but is {value}*");
        }
    }

    /// <summary>Powers of β count until they are nothing beside 1: β decides how long that takes, not the file.</summary>
    [Fact]
    public void Fit_CheckpointClaimsMoreStepsThanAnyoneCouldCount_GoesOnWithoutBiasCorrection()
    {
        float[] WeightsAfter(string steps)
        {
            _scene.Run(cancelAt: 10);
            Replace("\\\"optimizerSteps\\\":\\\"8", $"\\\"optimizerSteps\\\":\\\"{steps}");
            return _scene.Resume().Weights;
        }

        WeightsAfter("9007199254740992").Should().Equal(WeightsAfter("40000")).And.NotEqual(WeightsAfter("100"));
    }

    private void Change(string what) => _ = what switch
    {
        "model" => (object)(_scene.HiddenSize = 6),
        "optimizer" => _scene.Optimizer = () => new Adam(0.02f, beta1: 0.8f, weightDecay: 0.01f),
        "kind" => _scene.Optimizer = () => new AdamW(0.02f, weightDecay: 0.01f),
        "rate" => _scene.Optimizer = () => new Adam(0.03f, weightDecay: 0.01f),
        "batch size" => _scene.BatchSize = 5,
        "seed" => _scene.Seed = -1,
        "shuffle" => _scene.Shuffle = false,
        "clip" => _scene.ClipGradientNorm = null,
        "early stopping" => _scene.Patience = 3,
        "schedule" => _scene.Schedule = () => new StepSchedule(1),
        "epochs" => _scene.Epochs = 7,
        "training" => _scene.Training = WithOneBitChanged(_scene.Training),
        "no validation" => (_scene.Validation, _scene.Patience) = (null, null),
        "two" => (_scene.BatchSize, _scene.Seed) = (3, 2),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    private static SequenceDataset WithOneBitChanged(SequenceDataset data)
    {
        float[] inputs = [.. data.Inputs];
        inputs[^1] = MathF.BitIncrement(inputs[^1]);
        return new SequenceDataset(Tensor.Create(inputs, data.Inputs.Lengths), data.Targets);
    }

    private void Replace(string text, string other) => TamperedCheckpoint.Replace(_scene.Checkpoint, text, other);

    /// <summary>The refusal of the checkpoint, having made sure that it changed neither model nor optimizer.</summary>
    private FluentAssertions.Specialized.ExceptionAssertions<TException> Refuse<TException>()
        where TException : Exception
    {
        SequenceModel model = _scene.CreateModel(seed: 5), other = _scene.CreateModel(seed: 6);
        Optimizer optimizer = _scene.Optimizer();
        float[] before = model.Weights();
        var refusal = _scene.Invoking(scene => scene.Run(model, optimizer, resumeFrom: scene.Checkpoint)).Should().Throw<TException>();
        model.Weights().Should().Equal(before);
        optimizer.Bind(other.Parameters);
        return refusal;
    }

    /// <summary>Remembers a text.</summary>
    private class Memory(string text) : TrainingCallback
    {
        private string? _text = text;

        public override string? SaveState() => _text;

        public override void RestoreState(string? state) => _text = state ?? _text;
    }

    /// <summary>Takes a state over and then refuses it.</summary>
    private sealed class Refuser(Exception? refusal, bool always = false) : Memory(Before)
    {
        private const string Before = "of before";

        public override void RestoreState(string? state)
        {
            base.RestoreState(state);
            if (refusal is not null && (always || state != Before))
            {
                throw refusal;
            }
        }

        public override string? SaveState() => refusal is null ? "of the checkpoint" : base.SaveState();
    }
}
