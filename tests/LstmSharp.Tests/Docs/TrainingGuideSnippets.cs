using System.Numerics.Tensors;
using LstmSharp;

namespace Documentation;

// <own-callback>
/// <summary>Stops as soon as the validation loss is good enough, and remembers the lowest across restarts.</summary>
public sealed class StopWhenGoodEnough(float goal) : TrainingCallback
{
    private float _lowest = float.PositiveInfinity;

    public override void OnEpochEnd(TrainingContext context)
    {
        _lowest = MathF.Min(_lowest, context.ValidationLoss ?? context.TrainingLoss);
        if (_lowest <= goal)
        {
            context.Stop();
        }
    }

    public override string SaveState() => _lowest.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    public override void RestoreState(string? state) =>
        _lowest = state is null ? float.PositiveInfinity : float.Parse(state, System.Globalization.CultureInfo.InvariantCulture);
}
// </own-callback>

/// <summary>The examples of docs/guide/training.md.</summary>
[Collection(Repository.WorkingFolder)]
public sealed class TrainingGuideSnippets : IDisposable
{
    private static readonly string[] Files = ["run.checkpoint", "best.checkpoint", "run.csv", "best.safetensors"];
    private readonly SequenceDataset train = Windows(..400);
    private readonly SequenceDataset validation = Windows(400..500);
    private readonly SequenceDataset test = Windows(500..);

    public void Dispose()
    {
        Array.ForEach(Files, File.Delete);
    }

    [Fact]
    public void Overnight_StoppedAndStartedAgain_IsTheRunThatWasNotStopped()
    {
        SequenceModel model = Overnight(train, validation, out TrainingResult whole);
        float[] expected = [.. model.Predict(test.Inputs)];
        Array.ForEach(Files, File.Delete);

        // <schedules>
        var cosine = new CosineSchedule(warmUpSteps: 100);
        for (int batch = 0; batch <= 1000; batch += 100)
        {
            Console.WriteLine($"batch {batch}: {cosine.RateAt(initialRate: 1e-3, step: batch, totalSteps: 1000):0.000000}");
        }
        // </schedules>

        whole.History.Should().HaveCount(30);
        cosine.RateAt(1e-3, 550, 1000).Should().BeApproximately(5e-4, 1e-12);
        Overnight(train, validation, out TrainingResult again);
        File.ReadAllLines("run.csv").Should().HaveCount(31);
        again.ToString().Should().Be(whole.ToString());
        Overnight(train, validation, out TrainingResult resumed).Predict(test.Inputs).Should().Equal(expected);
        resumed.ToString().Should().Be(whole.ToString(), "it was resumed at its end");

        // <best>
        SequenceModel best = Checkpoint.LoadModel("best.checkpoint");      // the weights of the best epoch
        best.Save("best.safetensors");                                     // a model file, without the optimizer's share
        // </best>

        best.Predict(test.Inputs).Should().Equal(expected, "early stopping brought the best weights back, too");
    }

    [Fact]
    public void WarmStart_FromTheBestCheckpoint_BeginsANewRunWithItsWeights()
    {
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(16).TakeLast().Dense(5).Build(seed: 1);
        TrainingResult result = model.Fit(train, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new AdamW(learningRate: 5e-3f),
            Validation = validation,
            Callbacks = [new BestCheckpoint("best.checkpoint"), new Unwritable()],
        });
        SequenceDataset moreData = Windows(..450);

        // <faults>
        foreach (TrainingFault fault in result.Faults)
        {
            Console.WriteLine(fault);                  // CsvLog(run.csv): The process cannot access the file … (epoch 3, batch 12, 2 times, written later)
        }
        // </faults>

        result.Faults.Should().ContainSingle().Which.ToString().Should().Be("Unwritable: The disk is full. (epoch 1, batch 12, 10 times)");
        float before = model.Evaluate(validation, Loss.MeanSquaredError).Loss;
        model = SequenceModel.Create(inputSize: 1).Lstm(16).TakeLast().Dense(5).Build(seed: 2);

        // <warm-start>
        TrainingResult refined = model.Fit(moreData, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new AdamW(learningRate: 5e-4f),      // the moments are the checkpoint's, the rate is not
            Epochs = 10,
            BatchSize = 64,
            Validation = validation,
            EarlyStopping = new EarlyStopping(patience: 3),
            WarmStartFrom = "best.checkpoint",
        });
        // </warm-start>

        refined.History[0].Epoch.Should().Be(1);
        refined.History[0].ValidationLoss.Should().BeLessThan(2 * before, "it begins where the other ended");
    }

    [Fact]
    public void Evaluate_ValuesAndClasses_MeasuresWhatTheGuideSays()
    {
        SequenceModel model = Trained(train);

        // <evaluate>
        var absolute = new MeanAbsoluteError();
        EvaluationResult result = model.Evaluate(test, Loss.MeanSquaredError, [absolute, new RootMeanSquaredError()]);
        Console.WriteLine(result);                     // Loss 0.000…, MeanAbsoluteError 0.00…, RootMeanSquaredError 0.00…
        Console.WriteLine($"{absolute.Value:0.0000} on average, over {absolute.Count} values");
        // </evaluate>

        absolute.Value.Should().BeLessThan(0.1);
        absolute.Count.Should().Be(test.Count * 5);
        result.ToString().Should().MatchRegex("^Loss 0.00.*, MeanAbsoluteError 0.0.*, RootMeanSquaredError 0.0");
        StandardScaler scaler = new(means: [10], scales: [4]);

        // <add>
        var celsius = new MeanAbsoluteError();
        Tensor<float> forecast = scaler.Inverse(model.Predict(test.Inputs), 0);
        Tensor<float> truth = scaler.Inverse(test.Targets, 0);
        celsius.Add([.. forecast], [.. truth]);        // in °C, not in the scaled numbers that the model speaks
        // </add>

        celsius.Value.Should().BeApproximately(4 * absolute.Value, 1e-4);
        Classes();
    }

    [Fact]
    public void OwnCallback_GoalReached_StopsAndRemembers()
    {
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(8).TakeLast().Dense(5).Build(seed: 1);
        StopWhenGoodEnough callback = new(goal: 0.2f);
        TrainingResult result = model.Fit(train, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(1e-2f),
            Epochs = 50,
            Callbacks = [callback],
        });

        result.StopReason.Should().Be(StopReason.Requested);
        result.History[^1].TrainingLoss.Should().BeLessThanOrEqualTo(0.2f);
        StopWhenGoodEnough other = new(goal: 0);
        other.RestoreState(callback.SaveState());
        other.SaveState().Should().Be(callback.SaveState());
    }

    // <overnight>
    public static SequenceModel Overnight(SequenceDataset train, SequenceDataset validation, out TrainingResult result)
    {
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(16).TakeLast().Dense(5).Build(seed: 1);
        result = model.Fit(train, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new AdamW(learningRate: 5e-3f),
            Epochs = 30,
            Validation = validation,
            EarlyStopping = new EarlyStopping(patience: 30),
            ClipGradientNorm = 1f,
            Schedule = new CosineSchedule(warmUpSteps: 20),
            Callbacks =
            [
                new PeriodicCheckpoint("run.checkpoint") { EveryInterval = TimeSpan.FromMinutes(10) },
                new BestCheckpoint("best.checkpoint"),
                new CsvLog("run.csv"),
                new TimeBudget(TimeSpan.FromHours(8)),
            ],
            ResumeFrom = File.Exists("run.checkpoint") ? "run.checkpoint" : null,
        }, new ConsoleProgress());
        Console.WriteLine(result);                     // TrainingResult(Completed after 30 epochs, best epoch …)
        return model;
    }
    // </overnight>

    private sealed class Unwritable : TrainingCallback
    {
        public override void OnEpochEnd(TrainingContext context) => throw new IOException("The disk is full.");

        public override string ToString() => nameof(Unwritable);
    }

    private static void Classes()
    {
        SequenceModel classifier = SequenceModel.Create(inputSize: 1).Lstm(4).TakeLast().Dense(3).Build(seed: 1);
        Tensor<float> inputs = Tensor.Create(Enumerable.Range(0, 60).Select(n => MathF.Sin(n)).ToArray(), [6, 10, 1]);
        var labelled = new SequenceDataset(inputs, Tensor.Create([0, 1, 2, 0, 1, 2, Loss.IgnoredTarget, 0, 1, 2], [10]));

        // <confusion>
        var matrix = new ConfusionMatrix(classes: 3);
        classifier.Evaluate(labelled, Loss.CrossEntropy, [matrix, new Accuracy()]);
        Console.WriteLine(matrix);                     // a table: a row for every true class, a column for every predicted one
        Console.WriteLine($"{matrix.Value:P0} right; of class 2 {matrix.Recall(2):P0} found; {matrix[2, 0]} of them taken for 0");
        // </confusion>

        matrix.Total.Should().Be(9);
    }

    private static SequenceModel Trained(SequenceDataset train)
    {
        SequenceModel model = SequenceModel.Create(inputSize: 1).Lstm(16).TakeLast().Dense(5).Build(seed: 1);
        var options = new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = new Adam(1e-2f), Epochs = 10, ClipGradientNorm = 1f };
        model.Fit(train, options);
        return model;
    }

    private static SequenceDataset Windows(Range part)
    {
        Tensor<float> series = Tensor.Create(Enumerable.Range(0, 600).Select(t => MathF.Sin(t * 0.2f)).ToArray(), [600, 1]);
        return new SlidingWindows(length: 30, horizon: 5, targetColumns: [0]).Cut(series, part);
    }
}
