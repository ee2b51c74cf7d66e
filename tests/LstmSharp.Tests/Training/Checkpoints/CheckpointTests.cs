using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly ResumeScene _scene = new("adam", "none") { Patience = null };

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void LoadModel_OfACheckpoint_HasItsWeightsToTheBit()
    {
        SequenceModel model = _scene.CreateModel(3);
        _scene.Run(model, new Adam(0.02f));

        Checkpoint.LoadModel(_scene.Checkpoint).Weights().Should().Equal(model.Weights());
    }

    [Fact]
    public void LoadModel_OfTheBestCheckpoint_IsTheModelOfTheBestEpoch()
    {
        string best = _scene.FileOf("best.checkpoint");
        _scene.Optimizer = () => new Sgd(0.4f, momentum: 0.9f);
        _scene.Callbacks = () => [new BestCheckpoint(best)];
        ResumeScene.Outcome outcome = _scene.Run();

        SequenceModel model = Checkpoint.LoadModel(best);

        outcome.Result.BestEpoch.Should().BeInRange(1, _scene.Epochs - 1, "the scene is made so");
        model.Evaluate(_scene.Validation!, Loss.MeanSquaredError, batchSize: _scene.BatchSize).Loss
            .Should().Be(outcome.History.Min(epoch => epoch.ValidationLoss)!.Value);
    }

    [Fact]
    public void SaveCheckpoint_AskedForByTheFirstCallback_HoldsWhatTheLastOneHasSeen()
    {
        Counter counter = new();
        _scene.Callbacks = () => [new AtEpoch(3, context => context.SaveCheckpoint(_scene.FileOf("three"))), counter];
        ResumeScene.Outcome expected = _scene.Run();
        counter.Epochs.Should().Be(6);
        Counter resumed = new();
        _scene.Callbacks = () => [resumed];

        _scene.Run(resumeFrom: _scene.FileOf("three")).ShouldEqual(expected, "nothing was missed");

        resumed.Epochs.Should().Be(6, "it had counted three before, and then three more");
        resumed.Begins.Should().Equal("3 epochs, resumed");
    }

    [Fact]
    public void SaveCheckpoint_WithAWeightThatOverflowed_ThrowsAndKeepsTheFileThatWasThere()
    {
        SequenceModel model = LineModel();
        File.WriteAllText(_scene.Checkpoint, "what was there before");

        model.Invoking(m => m.Fit(Line(4, slope: 1e5f), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Sgd(3e38f),
            Epochs = 2,
            Callbacks = [new PeriodicCheckpoint(_scene.Checkpoint) { EveryBatches = 1 }],
        })).Should().Throw<NonFiniteTrainingException>().WithMessage("*0.Weights holds Infinity. An update made it overflow*");

        File.ReadAllText(_scene.Checkpoint).Should().Be("what was there before");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BestCheckpoint_RunEndsBetweenItAndTheOneToGoOnFrom_IsThereAfterTheRunGoesOn(bool isFirst)
    {
        string run = _scene.FileOf("every"), best = _scene.FileOf("best.checkpoint");
        TrainingCallback[] Saves() => isFirst
            ? [new BestCheckpoint(best), new PeriodicCheckpoint(run)]
            : [new PeriodicCheckpoint(run), new BestCheckpoint(best)];
        _scene.Callbacks = Saves;
        float[] losses = [.. _scene.Run().History.Select(epoch => epoch.ValidationLoss!.Value)];
        int[] bestEpochs =
            [.. Enumerable.Range(1, losses.Length).Where(epoch => losses[epoch - 1] < losses[..(epoch - 1)].Append(float.MaxValue).Min())];

        foreach (int epoch in bestEpochs)
        {
            File.Delete(run);
            DiesBetweenSaves dies = new(epoch);
            _scene.Callbacks = () => [dies, .. Saves()];
            _scene.Invoking(scene => scene.Run()).Should().Throw<NotSupportedException>("both are written in epoch {0}", epoch);
            _scene.Callbacks = () => [new DiesBetweenSaves(0), .. Saves()];
            _scene.Run(resumeFrom: File.Exists(run) ? run : null);

            Checkpoint.LoadModel(best).Evaluate(_scene.Validation!, Loss.MeanSquaredError, batchSize: _scene.BatchSize).Loss
                .Should().Be(losses.Min());
        }

        bestEpochs.Should().HaveCountGreaterThan(2);
    }

    [Fact]
    public void PeriodicCheckpoint_FolderIsMissing_ThrowsBeforeTraining()
    {
        SequenceModel model = _scene.CreateModel(3);
        float[] before = model.Weights();
        _scene.Callbacks = () => [new PeriodicCheckpoint(_scene.FileOf("none/run.checkpoint"))];

        _scene.Invoking(scene => scene.Run(model, new Adam()))
            .Should().Throw<DirectoryNotFoundException>().WithMessage("*none/run.checkpoint*");

        model.Weights().Should().Equal(before);
    }

    [Fact]
    public void PeriodicCheckpoint_Periods_SaveWhenTheyAreOver()
    {
        SavesOf(checkpoint => new PeriodicCheckpoint(checkpoint)).Should().Equal("1:5", "2:5", "3:5", "4:5", "5:5", "6:5");
        SavesOf(checkpoint => new PeriodicCheckpoint(checkpoint) { EveryEpochs = 4 }).Should().Equal("4:5", "6:5");
        SavesOf(checkpoint => new PeriodicCheckpoint(checkpoint) { EveryEpochs = null, EveryBatches = 12 })
            .Should().Equal("3:2", "5:4", "6:5");
        SavesOf(checkpoint => new PeriodicCheckpoint(checkpoint) { EveryEpochs = null, EveryInterval = TimeSpan.FromTicks(1) })
            .Should().HaveCount(31, "a tick passes with every batch; the last epoch's end is one more");
        SavesOf(checkpoint => new PeriodicCheckpoint(checkpoint) { EveryEpochs = null, EveryInterval = TimeSpan.FromDays(1) })
            .Should().Equal("6:5");
    }

    [Fact]
    public void Constructors_ValuesOutOfRange_NameThem()
    {
        static void Throws(Func<object> make, string name) => make.Should().Throw<ArgumentException>().WithParameterName(name);

        Throws(() => new PeriodicCheckpoint(string.Empty), "path");
        Throws(() => new PeriodicCheckpoint("a") { EveryEpochs = 0 }, "EveryEpochs");
        Throws(() => new PeriodicCheckpoint("a") { EveryBatches = -1 }, "EveryBatches");
        Throws(() => new PeriodicCheckpoint("a") { EveryInterval = TimeSpan.Zero }, "EveryInterval");
        Throws(() => new BestCheckpoint(string.Empty), "path");
        Throws(() => new CsvLog(string.Empty), "path");
        Throws(() => new TimeBudget(TimeSpan.Zero), "duration");
        Throws(() => Checkpoint.LoadModel(string.Empty), "path");
    }

    [Fact]
    public void Fit_ResumedInACultureWithCommas_IsNotRefused()
    {
        using var scene = new ResumeScene("rmsprop", "plateau");
        ResumeScene.Outcome expected = scene.Run();
        using (new CommaCulture())
        {
            scene.Run(cancelAt: 11);
        }

        scene.Run(cancelAt: 3, scene.Checkpoint);
        using (new CommaCulture())
        {
            scene.Resume().ShouldEqual(expected, "the texts in a checkpoint are the same in every culture");
        }
    }

    /// <summary>The epochs and batches after which the file was there anew.</summary>
    private List<string> SavesOf(Func<string, PeriodicCheckpoint> create)
    {
        Watcher watcher = new(_scene.FileOf("watched"));
        _scene.Callbacks = () => [watcher, create(watcher.Path)];
        _scene.Run();
        watcher.Look();
        return watcher.Saves;
    }

    /// <summary>Looks for a file, which is written after all callbacks were told, when it is told of the next thing.</summary>
    private sealed class Watcher(string path) : TrainingCallback
    {
        private string _place = "before";

        public string Path => path;

        public List<string> Saves { get; } = [];

        public override void OnBatchEnd(TrainingContext context) => Look(context);

        public override void OnEpochEnd(TrainingContext context) => Look(context);

        public override void OnTrainingEnd(TrainingContext context) => Look(context);

        public void Look()
        {
            if (File.Exists(path))
            {
                Saves.Add(_place);
                File.Delete(path);
            }
        }

        private void Look(TrainingContext context)
        {
            Look();
            _place = $"{context.Epoch}:{context.Batch}";
        }
    }

    private sealed class AtEpoch(int epoch, Action<TrainingContext> action) : TrainingCallback
    {
        public override void OnEpochEnd(TrainingContext context)
        {
            if (context.Epoch == epoch)
            {
                action(context);
            }
        }
    }

    /// <summary>Throws when the second checkpoint of an epoch asks for its state.</summary>
    private sealed class DiesBetweenSaves(int epoch) : TrainingCallback
    {
        private int _saves = int.MinValue;

        public override void OnEpochEnd(TrainingContext context) => _saves = context.Epoch == epoch ? 0 : int.MinValue;

        public override string? SaveState() => ++_saves == 2 ? throw new NotSupportedException() : null;
    }

    private sealed class Counter : TrainingCallback
    {
        public int Epochs { get; private set; }

        public List<string> Begins { get; } = [];

        public override void OnTrainingBegin(TrainingContext context) =>
            Begins.Add($"{Epochs} epochs, {(context.IsResumed ? "resumed" : "new")}");

        public override void OnEpochEnd(TrainingContext context) => Epochs++;

        public override string SaveState() => StateText.Of(Epochs);

        public override void RestoreState(string? state) => Epochs = state is null ? 0 : (int)StateText.Read(state, 1)[0];
    }
}
