using static LstmSharp.Tests.Training.TrainingScene;

namespace LstmSharp.Tests.Training.Checkpoints;

/// <summary>A run that begins with the weights and the optimizer's state of a checkpoint, and with nothing else of it.</summary>
public sealed class WarmStartTests : IDisposable
{
    private readonly Serialization.TemporaryFolder _folder = new();

    private string File => _folder.File("run.checkpoint");

    public void Dispose() => _folder.Dispose();

    /// <summary>The oracle: Fit called twice with the same model and optimizer, which keeps its moments.</summary>
    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("rmsprop")]
    public void Fit_WarmStart_IsASecondFitWithTheSameOptimizer(string optimizer)
    {
        SequenceModel model = LstmModel(), other = LstmModel(seed: 99);
        Optimizer first = ResumeScene.CreateOptimizer(optimizer), second = ResumeScene.CreateOptimizer(optimizer);
        model.Fit(Means(18), Options(first, callbacks: new PeriodicCheckpoint(File)));
        first.LearningRate = second.LearningRate = 0.003f;

        TrainingResult expected = model.Fit(Means(30, seed: 5), Other(first));
        TrainingResult result = other.Fit(Means(30, seed: 5), Other(second, warmStartFrom: File));

        other.Weights().Should().Equal(model.Weights());
        second.Moments.SelectMany(set => set).SelectMany(moment => moment.Values.ToArray())
            .Should().Equal(first.Moments.SelectMany(set => set).SelectMany(moment => moment.Values.ToArray()));
        second.Steps.Should().Be(first.Steps);
        result.History.Select(epoch => epoch with { Duration = TimeSpan.Zero })
            .Should().Equal(expected.History.Select(epoch => epoch with { Duration = TimeSpan.Zero }));
        result.History.Select(epoch => epoch.Epoch).Should().Equal(1, 2, 3, 4);
    }

    [Fact]
    public void Fit_WarmStart_BeginsCallbacksAndContextAnew()
    {
        LstmModel().Fit(Means(18), Options(new Adam(), callbacks: [new PeriodicCheckpoint(File), new Probe()]));
        Probe probe = new();

        LstmModel().Fit(Means(18), Options(new Adam(), File, probe));

        probe.Told.Should().Equal("state none", "epoch 0, resumed False, 0 finished");
    }

    [Fact]
    public void Fit_ResumeFromAsWell_GoesOnFromThere()
    {
        LstmModel().Fit(Means(18), Options(new Adam(), callbacks: new PeriodicCheckpoint(File)));
        SequenceModel model = LstmModel(), resumed = LstmModel(seed: 99);
        string second = _folder.File("second.checkpoint");
        TrainingResult expected = model.Fit(Means(18), Options(new Adam(), File, new PeriodicCheckpoint(second)));

        TrainingResult result = resumed.Fit(Means(18), new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(),
            Epochs = 3,
            BatchSize = 4,
            WarmStartFrom = File,
            ResumeFrom = second,
        });

        resumed.Weights().Should().Equal(model.Weights());
        result.History.Should().HaveCount(expected.History.Count);
    }

    [Fact]
    public void Fit_WarmStartThatDoesNotFit_SaysWhyAndChangesNothing()
    {
        LstmModel().Fit(Means(18), Options(new Adam(), callbacks: new PeriodicCheckpoint(File)));

        Refuses(LstmModel(), new Sgd(0.1f), "its Optimizer is Adam, but this run's is Sgd(learningRate 0.1, *)");
        Refuses(LstmModel(), new AdamW(), "its Optimizer is Adam, but this run's is AdamW(*)");
        Refuses(
            LstmModel(),
            new Adam(amsgrad: true),
            "Adam(*) needs the moment 'largestSquares', which it does not hold");
        Refuses(
            SequenceModel.Create(1).Lstm(9).TakeLast().Dense(1).Build(),
            new Adam(),
            "its model is another one: the architecture must be *\"hiddenSize\":8*, but is *\"hiddenSize\":9*");
    }

    [Fact]
    public void Fit_WarmStartFromNoCheckpoint_Throws()
    {
        FluentActions.Invoking(() => LstmModel().Fit(Means(4), Options(new Adam(), File))).Should().Throw<FileNotFoundException>();
        LstmModel().Save(File);
        FluentActions.Invoking(() => LstmModel().Fit(Means(4), Options(new Adam(), File)))
            .Should().Throw<ModelFileException>().WithMessage("*If it is a saved model, use SequenceModel.Load.");
        FluentActions.Invoking(() => Options(new Adam(), string.Empty)).Should().Throw<ArgumentException>().WithParameterName("WarmStartFrom");
    }

    private void Refuses(SequenceModel model, Optimizer optimizer, string why)
    {
        float[] before = model.Weights();
        model.Invoking(m => m.Fit(Means(18), Options(optimizer, File)))
            .Should().Throw<ArgumentException>().WithMessage($"Fit: a run cannot begin with {File}: {why}. (Parameter 'WarmStartFrom')");
        model.Weights().Should().Equal(before);
        optimizer.Bind(LineModel().Parameters);
    }

    private static TrainingOptions Options(
        Optimizer optimizer, string? warmStartFrom = null, params TrainingCallback[] callbacks) => new()
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = optimizer,
            Epochs = 3,
            BatchSize = 4,
            Callbacks = callbacks,
            WarmStartFrom = warmStartFrom,
        };

    /// <summary>Another batch size, schedule, patience and seed.</summary>
    private static TrainingOptions Other(Optimizer optimizer, string? warmStartFrom = null) => new()
    {
        Loss = Loss.Huber(0.5f),
        Optimizer = optimizer,
        Epochs = 4,
        BatchSize = 7,
        Seed = 3,
        Validation = Means(6, seed: 9),
        EarlyStopping = new EarlyStopping(patience: 4),
        Schedule = new StepSchedule(every: 2, factor: 0.5),
        WarmStartFrom = warmStartFrom,
    };

    private sealed class Probe : TrainingCallback
    {
        public List<string> Told { get; } = [];

        public override void OnTrainingBegin(TrainingContext context) =>
            Told.Add($"epoch {context.Epoch}, resumed {context.IsResumed}, {context.History.Count} finished");

        public override string SaveState() => "a state";

        public override void RestoreState(string? state) => Told.Add($"state {state ?? "none"}");
    }
}
