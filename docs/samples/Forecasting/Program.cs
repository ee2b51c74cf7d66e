using System.Numerics.Tensors;
using LstmSharp;
using LstmSharp.Samples.Forecasting;

ForecastOptions options;
try
{
    options = ForecastOptions.Parse(args);
}
catch (ArgumentException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

if (options.ShowHelp)
{
    Console.WriteLine(ForecastOptions.Help);
    return 0;
}

// The data, cut by time: the network never sees the test years, nor does anything it is prepared with.
WeatherDay[] days = WeatherFile.Read(Path.Combine(AppContext.BaseDirectory, "data", "seattle-weather.csv"));
var task = new ForecastTask(days);
SequenceModel model = ForecastTask.BuildModel(options.Hidden, options.Seed);
Report.WriteTask(days, task, model);

// Ctrl+C ends training and goes on with the best weights so far.
using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
};
TrainingResult training = TrainingDisplay.Show(
    progress => model.Fit(task.Training, task.OptionsFor(options.Epochs, options.Seed), progress, cancellation.Token));
Report.WriteTraining(training);

Forecast lstm = task.ForecastTest(model);
Forecast[] baselines = Baselines.All(days, ..task.Split.Validation.End, task.TestDays, ForecastTask.DaysAhead);
Report.WriteErrors(days, task.TestDays, lstm, baselines);

Directory.CreateDirectory(options.Output);
ErrorBand weekAhead = ErrorBand.Of(task.ForecastValidation(model), days, task.ValidationDays, ForecastTask.DaysAhead);
Charts.SaveForecast(Path.Combine(options.Output, "forecast.png"), days, task.TestDays, lstm, weekAhead);
Charts.SaveTraining(Path.Combine(options.Output, "training.png"), training);

string modelPath = Path.Combine(options.Output, "model.safetensors");
model.Save(modelPath);
Tensor<float> before = model.Predict(task.Test.Inputs);
Tensor<float> after = SequenceModel.Load(modelPath).Predict(task.Test.Inputs);
bool same = before.Select(BitConverter.SingleToInt32Bits).SequenceEqual(after.Select(BitConverter.SingleToInt32Bits));
Report.WriteFiles(options.Output, modelPath, same);
return same ? 0 : 1;
