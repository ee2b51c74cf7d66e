namespace LstmSharp.Tests.Training.Checkpoints;

/// <summary>A checkpoint that cannot be written costs no training, and what was there before stays whole.</summary>
public sealed class CheckpointFaultTests : IDisposable
{
    private readonly ResumeScene _scene = new("adam", "none") { Patience = null, Optimizer = () => new Sgd(0.4f, momentum: 0.9f) };

    public CheckpointFaultTests() => Directory.CreateDirectory(Folder);

    private string Folder => _scene.FileOf("folder");

    private string Best => _scene.FileOf("folder/best.checkpoint");

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void PeriodicCheckpoint_FolderAwayForAWhile_GoesOnAndWritesTheNextOnes()
    {
        ResumeScene.Outcome expected = _scene.Run();
        string path = _scene.FileOf("folder/run.checkpoint");
        _scene.Callbacks = () => [.. AwayFrom(2, 4), new PeriodicCheckpoint(path)];

        ResumeScene.Outcome outcome = _scene.Run();

        outcome.ShouldEqual(expected, "files are no part of a training");
        TrainingFault fault = outcome.Result.Faults.Should().ContainSingle().Which;
        (fault.Source, fault.Epoch, fault.Batch, fault.IsMadeUpFor).Should().Be(($"checkpoint {path}", 2, 5, true));
        fault.Exception.Should().BeOfType<DirectoryNotFoundException>();
        _scene.Callbacks = () => [];
        _scene.Run(resumeFrom: path).ShouldEqual(expected, "the last checkpoint was written");
    }

    [Fact]
    public void PeriodicCheckpoint_CannotBeWrittenAnyMore_LeavesTheOneBeforeWhole()
    {
        ResumeScene.Outcome expected = _scene.Run();
        string path = _scene.FileOf("folder/run.checkpoint");
        _scene.Callbacks = () => [new AtEpochs(epoch => ReadOnly(path, when: epoch == 4)), new PeriodicCheckpoint(path)];
        ResumeScene.Outcome outcome = _scene.Run();

        outcome.ShouldEqual(expected, "files are no part of a training");
        outcome.Result.Faults.Should().ContainSingle().Which.IsMadeUpFor.Should().BeFalse();
        _scene.Callbacks = () => [];
        _scene.Run(resumeFrom: path).ShouldEqual(expected, "that of epoch 3 is whole");
    }

    /// <summary>Whichever epochs the folder is away for, the best epoch's weights are in the file once it is back.</summary>
    [Fact]
    public void BestCheckpoint_FolderAwayForAWhile_HoldsTheBestEpochAllTheSame()
    {
        float[] losses = LossesOf(_scene.Run());
        int best = Array.IndexOf(losses, losses.Min()) + 1;
        best.Should().BeInRange(2, losses.Length - 1, "the scene is made so");

        for (int from = 1; from <= best; from++)
        {
            for (int to = best + 1; to <= losses.Length; to++)
            {
                _scene.Callbacks = () => [.. AwayFrom(from, to), new BestCheckpoint(Best)];
                _scene.Run();

                BestLossOnDisk().Should().Be(losses.Min(), "it was away from epoch {0} to {1}", from, to);
                File.Delete(Best);
            }
        }
    }

    /// <summary>A run that died while the best checkpoint was missing saves the next epoch that is better than the file.</summary>
    [Fact]
    public void BestCheckpoint_KilledBeforeItCouldBeWritten_RemembersWhatTheFileHolds()
    {
        float[] losses = LossesOf(_scene.Run());
        int best = Array.IndexOf(losses, losses.Min()) + 1;
        string run = _scene.FileOf("every");
        _scene.Callbacks = () =>
        [
            new AtEpochs(epoch => MoveAway(when: epoch == 1)),
            new BestCheckpoint(Best),
            new PeriodicCheckpoint(run),
            new AtEpochs(epoch => _ = epoch == best + 1 ? throw new NotSupportedException() : 0),
        ];
        _scene.Invoking(scene => scene.Run()).Should().Throw<NotSupportedException>();
        MoveBack(when: true);

        _scene.Callbacks = () => [new BestCheckpoint(Best), new PeriodicCheckpoint(run)];
        _scene.Run(resumeFrom: run);

        BestLossOnDisk().Should().Be(losses[best..].Min(), "of the epochs after the kill it is the best");
    }

    /// <summary>Every file that cannot be written is kept in memory; a few of them must do.</summary>
    [Fact]
    public void SaveCheckpoint_ManyFilesThatCannotBeWritten_KeepsTheLastFour()
    {
        string FileOf(int epoch) => _scene.FileOf($"folder/{epoch}");
        _scene.Callbacks = () =>
        [
            new AtEpochs(epoch => MoveAway(when: epoch == 1)),
            new SavesEveryEpoch(FileOf),
            new AtTheEnd(() => MoveBack(when: true)),
        ];

        TrainingResult result = _scene.Run().Result;

        Enumerable.Range(1, 6).Where(epoch => File.Exists(FileOf(epoch))).Should().Equal(3, 4, 5, 6);
        result.Faults.Select(fault => fault.IsMadeUpFor).Should().Equal(false, false, true, true, true, true);
        _scene.Callbacks = () => [];
        _scene.Epochs = 4;
        _scene.Run(resumeFrom: FileOf(4)).Result.History.Select(Figures).Should().Equal(
            result.History.Take(4).Select(Figures), "it is the run as it was then");
    }

    private static EpochSummary Figures(EpochSummary epoch) => epoch with { Duration = TimeSpan.Zero };

    private static float[] LossesOf(ResumeScene.Outcome outcome) => [.. outcome.History.Select(epoch => epoch.ValidationLoss!.Value)];

    private float BestLossOnDisk() =>
        Checkpoint.LoadModel(Best).Evaluate(_scene.Validation!, Loss.MeanSquaredError, batchSize: _scene.BatchSize).Loss;

    /// <summary>Takes the folder away before an epoch's files are written, and brings it back before another's.</summary>
    private TrainingCallback[] AwayFrom(int epoch, int until) =>
        [new AtEpochs(now => MoveAway(when: now == epoch)), new AtEpochs(now => MoveBack(when: now == until))];

    private void MoveAway(bool when)
    {
        if (when)
        {
            Directory.Move(Folder, Folder + ".away");
        }
    }

    private void MoveBack(bool when)
    {
        if (when)
        {
            Directory.Move(Folder + ".away", Folder);
        }
    }

    private static void ReadOnly(string path, bool when)
    {
        if (when)
        {
            File.SetAttributes(path, FileAttributes.ReadOnly);
        }
    }

    private sealed class AtEpochs(Action<int> action) : TrainingCallback
    {
        public override void OnEpochEnd(TrainingContext context) => action(context.Epoch);
    }

    private sealed class SavesEveryEpoch(Func<int, string> file) : TrainingCallback
    {
        public override void OnEpochEnd(TrainingContext context) => context.SaveCheckpoint(file(context.Epoch));
    }

    private sealed class AtTheEnd(Action action) : TrainingCallback
    {
        public override void OnTrainingEnd(TrainingContext context) => action();
    }
}
