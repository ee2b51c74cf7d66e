using System.Numerics.Tensors;
using LstmSharp;

namespace Documentation;

/// <summary>The forecast of docs/getting-started.md, from the data to the gates.</summary>
public sealed class ForecastSnippets
{
    [Fact]
    public void Forecast_OfTheTemperature_BeatsPersistenceAndIsTheSameWhenLoadedOrRunByStep()
    {
        // <data>
        // Sixty days of hourly weather: in column 0 the temperature in °C, in column 1 the pressure in hPa.
        const int hours = 60 * 24;
        Tensor<float> series = Tensor.CreateFromShape<float>([hours, 2]);
        for (int t = 0; t < hours; t++)
        {
            float front = MathF.Sin(t * 0.031f) + (0.5f * MathF.Sin(t * 0.0137f));
            series[t, 0] = 12 + (4 * front) + (6 * MathF.Sin(t * MathF.Tau / 24));
            series[t, 1] = 1013 - (8 * front);
        }
        // </data>

        // <prepare>
        TimeSplit split = TimeSplit.ByFractions(hours, train: 0.7, validation: 0.15);   // the rest is the test part
        StandardScaler scaler = StandardScaler.Fit(series, split.Train);                // measured on the training part alone
        Tensor<float> scaled = scaler.Transform(series);
        var windows = new SlidingWindows(length: 24, horizon: 6, targetColumns: [0]);   // a day in, six hours' temperature out
        SequenceDataset train = windows.Cut(scaled, split.Train);                       // inputs [24, 979, 2], targets [1, 979, 6]
        SequenceDataset validation = windows.Cut(scaled, split.Validation);
        SequenceDataset test = windows.Cut(scaled, split.Test);
        // </prepare>

        // <fit>
        SequenceModel model = SequenceModel.Create(inputSize: 2).Lstm(32).TakeLast().Dense(6).Build(seed: 1);
        TrainingResult result = model.Fit(train, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,                        // what to make small
            Optimizer = new Adam(learningRate: 3e-3f),           // how the weights move
            Epochs = 15,                                         // how often to go through the data
            BatchSize = 32,                                      // windows for one step of the optimizer
            Validation = validation,
            EarlyStopping = new EarlyStopping(patience: 4),      // give up after 4 epochs without improvement, keep the best
            ClipGradientNorm = 1f,                               // no step may be wild
        });
        Console.WriteLine($"{result}, validation loss {result.History[result.BestEpoch - 1].ValidationLoss:0.000}");
        // </fit>

        // <predict>
        Tensor<float> forecast = scaler.Inverse(model.Predict(test.Inputs), windows.TargetColumns);   // °C again
        Tensor<float> truth = scaler.Inverse(test.Targets, windows.TargetColumns);
        float error = Loss.MeanAbsoluteError.Evaluate([.. forecast], [.. truth]);
        int[] rows = windows.FirstTargetRows(hours, split.Test);         // forecast[0, n, k] is about the hour rows[n] + k
        float[] asNow = [.. rows.SelectMany(row => Enumerable.Repeat(series[row - 1, 0], windows.Horizon))];
        float errorOfAsNow = Loss.MeanAbsoluteError.Evaluate(asNow, [.. truth]);
        Console.WriteLine($"Mean error in °C: LSTM {error:0.00}, 'it stays as it is now' {errorOfAsNow:0.00}");
        // </predict>

        // <latest>
        Tensor<float> now = windows.Latest(scaled);                      // the last 24 hours of all, shape [24, 1, 2]
        Tensor<float> ahead = scaler.Inverse(model.Predict(now), windows.TargetColumns);
        Console.WriteLine($"In one hour {ahead[0, 0, 0]:0.0} °C, in six {ahead[0, 0, 5]:0.0} °C");
        // </latest>

        // <save>
        model.Save("temperature.safetensors");
        SequenceModel loaded = SequenceModel.Load("temperature.safetensors");
        // </save>

        train.Inputs.Lengths.ToArray().Should().Equal(24, 979, 2);
        train.Targets.Lengths.ToArray().Should().Equal(1, 979, 6);
        error.Should().BeLessThan(errorOfAsNow / 4);
        now.Lengths.ToArray().Should().Equal(24, 1, 2);
        ahead.Lengths.ToArray().Should().Equal(1, 1, 6);
        for (int k = 0; k < 6; k++)
        {
            float front = MathF.Sin((hours + k) * 0.031f) + (0.5f * MathF.Sin((hours + k) * 0.0137f));
            ahead[0, 0, k].Should().BeApproximately(12 + (4 * front) + (6 * MathF.Sin((hours + k) * MathF.Tau / 24)), 1.5f);
        }

        loaded.Predict(test.Inputs).Should().Equal(model.Predict(test.Inputs));
        File.Delete("temperature.safetensors");
        StepByStep_EqualsAtOnce(model, test);
        Gates_AreSteeredByTheWindow(model, test.Subset(..1));
        Training_TellsItsProgressAndCanBeCancelled(train);
    }

    private static void StepByStep_EqualsAtOnce(SequenceModel model, SequenceDataset test)
    {
        // <states>
        SequenceDataset window = test.Subset(..1);                       // one window: inputs [24, 1, 2]
        Tensor<float> atOnce = model.Predict(window.Inputs);             // starts from zeros, forgets the states afterwards
        ModelState state = model.CreateState(batchSize: 1);              // zeros: the start of a sequence
        float[] latest = [];
        for (int t = 0; t < window.SequenceLength; t++)
        {
            Tensor<float> hour = Tensor.Create([window.Inputs[t, 0, 0], window.Inputs[t, 0, 1]], [1, 1, 2]);
            latest = [.. model.Predict(hour, initialState: state, finalState: state)];
        }
        Console.WriteLine(latest.SequenceEqual(atOnce));                 // True: the same to the bit
        // </states>

        latest.Should().Equal(atOnce);
        state.Any(layer => layer.Hidden.ContainsAnyExcept(0)).Should().BeTrue();
    }

    private static void Gates_AreSteeredByTheWindow(SequenceModel model, SequenceDataset window)
    {
        // <gates>
        var cell = (LstmCell)((RecurrentLayer)model.Layers[0]).Cell;
        LstmState previous = cell.CreateState(batchSize: 1), next = cell.CreateState(batchSize: 1);
        var gates = new LstmGateActivations(batchSize: 1, cell.HiddenSize);
        for (int t = 0; t < window.SequenceLength; t++)
        {
            cell.Step([window.Inputs[t, 0, 0], window.Inputs[t, 0, 1]], previous, next, gates);
            float kept = TensorPrimitives.Average(gates[LstmGate.Forget]), admitted = TensorPrimitives.Average(gates[LstmGate.Input]);
            Console.WriteLine($"hour {t}: keeps {kept:P0} of the memory, lets {admitted:P0} of the update in, c[0] is {next.Cell[0]:0.00}");
            (previous, next) = (next, previous);
        }
        // </gates>

        ModelState state = model.CreateState(1);
        model.Predict(window.Inputs, finalState: state);
        previous.Hidden.ToArray().Should().Equal(state[0].Hidden.ToArray());
        gates[LstmGate.Forget].ToArray().Should().OnlyContain(f => f > 0 && f < 1).And.OnlyHaveUniqueItems();
    }

    private static void Training_TellsItsProgressAndCanBeCancelled(SequenceDataset train)
    {
        SequenceModel model = SequenceModel.Create(inputSize: 2).Lstm(4).TakeLast().Dense(6).Build(seed: 1);

        // <progress>
        var options = new TrainingOptions { Loss = Loss.MeanSquaredError, Optimizer = new Adam(), Epochs = 2 };
        var progress = new Progress<TrainingProgress>(p => Console.WriteLine(                   // called after every batch
            $"epoch {p.Epoch}/{p.Epochs}, batch {p.Batch}/{p.Batches}: loss {p.TrainingLoss:0.000}, {p.EstimatedRemaining:mm\\:ss} left"));
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMinutes(10));         // or Cancel() from a button

        TrainingResult outcome = model.Fit(train, options, progress, cancellation.Token);
        Console.WriteLine(outcome.StopReason);                   // Completed, EarlyStopped, Cancelled …; no exception
        // </progress>

        outcome.StopReason.Should().Be(StopReason.Completed);
        cancellation.Cancel();
        model.Fit(train, options, progress, cancellation.Token).StopReason.Should().Be(StopReason.Cancelled);
    }
}
