using System.Numerics.Tensors;

namespace LstmSharp.Samples.Forecasting;

/// <summary>From 30 days of weather to the maximum temperature of the next 7: prepares the data, builds the model, reads its answers.</summary>
/// <remarks>
/// The network learns by how much each day ahead differs from today, so it starts from persistence instead of having to learn it. All
/// it knows of the past comes from the training part. Its form and the training options were chosen by validation errors, of this
/// split and of one a year earlier; the test part had no say.
/// </remarks>
internal sealed class ForecastTask
{
    public const int DaysBack = 30;
    public const int DaysAhead = 7;
    private const int Features = 6;
    private const int Maximum = 1;
    private readonly StandardScaler _scaler;
    private readonly Tensor<float> _series;
    private readonly SlidingWindows _windows = new(DaysBack, DaysAhead, targetColumns: [Maximum]);

    public ForecastTask(WeatherDay[] days)
    {
        Split = TimeSplit.ByFractions(days.Length, train: 0.7, validation: 0.1);
        Tensor<float> series = Tensor.Create([.. days.SelectMany(FeaturesOf)], [days.Length, Features]);
        _scaler = StandardScaler.Fit(series, Split.Train);
        _series = _scaler.Transform(series);
        Training = Cut(Split.Train);
        Validation = Cut(Split.Validation);
        Test = Cut(Split.Test);
        ValidationDays = _windows.FirstTargetRows(days.Length, Split.Validation);
        TestDays = _windows.FirstTargetRows(days.Length, Split.Test);
    }

    public TimeSplit Split { get; }

    public SequenceDataset Training { get; }

    public SequenceDataset Validation { get; }

    public SequenceDataset Test { get; }

    /// <summary>For each validation window the index of the first day that it forecasts.</summary>
    public int[] ValidationDays { get; }

    /// <summary>For each test window the index of the first day that it forecasts.</summary>
    public int[] TestDays { get; }

    public static SequenceModel BuildModel(int hiddenSize, int seed) =>
        SequenceModel.Create(Features).Lstm(hiddenSize).TakeLast().Dense(DaysAhead).Build(seed);

    /// <summary>Strong weight decay and early stopping: a thousand windows are few.</summary>
    public TrainingOptions OptionsFor(int epochs, int seed) => new()
    {
        Loss = Loss.Huber(),
        Optimizer = new AdamW(learningRate: 2e-3f, weightDecay: 2f),
        Epochs = epochs,
        BatchSize = 32,
        ClipGradientNorm = 1f,
        Validation = Validation,
        EarlyStopping = new EarlyStopping(patience: 10),
        Seed = seed,
    };

    /// <summary>The model's forecasts for the test years, in °C.</summary>
    public Forecast ForecastTest(SequenceModel model) => ForecastOf(model, Test);

    /// <summary>The model's forecasts for the validation part, in °C.</summary>
    public Forecast ForecastValidation(SequenceModel model) => ForecastOf(model, Validation);

    private Forecast ForecastOf(SequenceModel model, SequenceDataset windows)
    {
        Tensor<float> scaled = model.Predict(windows.Inputs);
        AddToday(scaled, windows.Inputs, sign: 1);
        Tensor<float> maxima = _scaler.Inverse(scaled, Maximum);
        var celsius = new double[windows.Count, DaysAhead];
        for (int n = 0; n < windows.Count; n++)
        {
            for (int ahead = 0; ahead < DaysAhead; ahead++)
            {
                celsius[n, ahead] = maxima[0, n, ahead];
            }
        }

        return new Forecast("LSTM", celsius);
    }

    /// <summary>A day as the network sees it. The root tames cloudbursts; rounding to float hides how platforms differ in sines.</summary>
    private static float[] FeaturesOf(WeatherDay day)
    {
        double angle = 2 * Math.PI * day.Date.DayOfYear / 365.25;
        return
        [
            MathF.Sqrt(day.Precipitation),
            day.Maximum,
            day.Minimum,
            day.Wind,
            (float)Math.Sin(angle),
            (float)Math.Cos(angle),
        ];
    }

    private SequenceDataset Cut(Range part)
    {
        SequenceDataset windows = _windows.Cut(_series, part);
        AddToday(windows.Targets, windows.Inputs, sign: -1);
        return windows;
    }

    /// <summary>Adds today's maximum, the last that a window shows, to values of the days ahead, or takes it away.</summary>
    private static void AddToday(Tensor<float> ahead, Tensor<float> inputs, int sign)
    {
        for (int n = 0; n < inputs.Lengths[1]; n++)
        {
            float today = inputs[DaysBack - 1, n, Maximum];
            for (int day = 0; day < DaysAhead; day++)
            {
                ahead[0, n, day] += sign * today;
            }
        }
    }
}
