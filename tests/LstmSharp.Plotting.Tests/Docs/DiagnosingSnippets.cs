// <diagnosing-using-plotting>
using System.Numerics.Tensors;
using LstmSharp;
using LstmSharp.Plotting;
// </diagnosing-using-plotting>
using SkiaSharp;

namespace Documentation;

/// <summary>The examples of docs/guide/diagnosing.md and of the package's own README.</summary>
public sealed class DiagnosingSnippets : IDisposable
{
    private static readonly string[] Pictures = ["loss.png", "forecast.png", "gates.png", "flow.png", "states.png"];

    public void Dispose() => Array.ForEach(Pictures, File.Delete);

    [Fact]
    public void Examples_InTheirOrder_DrawTheirPictures()
    {
        SequenceDataset train = Waves(..400), validation = Waves(400..480), test = Waves(480..);
        SequenceModel model = Build();

        // <diagnosing-loss>
        TrainingResult result = model.Fit(train, new TrainingOptions
        {
            Loss = Loss.MeanSquaredError,
            Optimizer = new Adam(learningRate: 1e-2f),
            Epochs = 12,
            Validation = validation,
            ClipGradientNorm = 1f,
        });
        LossPlot.Of(result).SavePicture("loss.png");           // 900 × 400 pixels, unless told otherwise
        // </diagnosing-loss>

        // <diagnosing-forecast>
        float[] errors = [.. validation.Targets.Zip(model.Predict(validation.Inputs), (truth, said) => MathF.Abs(truth - said)).Order()];
        float margin = errors[errors.Length * 8 / 10];         // 80 % of the errors on the validation part are smaller
        float[] forecast = [.. model.Predict(test.Inputs)];    // one value for every window, in order of time
        var plot = ForecastPlot.Of(
            test.Targets,
            forecast,
            lower: forecast.Select(value => value - margin),
            upper: forecast.Select(value => value + margin),
            start: new DateTime(2026, 3, 1),
            interval: TimeSpan.FromHours(1));
        plot.YLabel("water level (m)");
        plot.SavePicture("forecast.png");
        // </diagnosing-forecast>

        // <diagnosing-telescope>
        GateTelescope.Of(model, test.Inputs, row: 3).SavePicture("gates.png");
        // </diagnosing-telescope>

        // <diagnosing-trace>
        GateTrace trace = GateTrace.Record(model, test.Inputs);
        float forget = trace.Layers[0][LstmGate.Forget][10, 3, 0];     // step 10, row 3, unit 0
        // </diagnosing-trace>

        // <diagnosing-names>
        LayerTrace first = trace.Layers[0];
        foreach (string gate in first.GateNames)                           // of an LSTM: Input, Forget, Update, Output
        {
            Console.WriteLine($"layer {first.Path}, {gate}: {first[gate][first.Lengths[3] - 1, 3, 0]:F3} at row 3's last step");
        }
        // </diagnosing-names>

        // <diagnosing-flow>
        GradientFlow flow = model.MeasureGradientFlow(train.Subset(..32), Loss.MeanSquaredError);
        GradientFlowPlot.Of(flow).SavePicture("flow.png");
        LayerGradientFlow lstm = flow.Layers[0];
        Console.WriteLine($"20 steps back, {lstm.HiddenNorms[20] / lstm.HiddenNorms[1]:P1} of the gradient is left");
        // </diagnosing-flow>

        // <diagnosing-saturation>
        foreach (LstmGate gate in Enum.GetValues<LstmGate>())
        {
            Console.WriteLine($"{gate}: {lstm.SaturatedSharesOf(gate).Average():P0} saturated");
        }
        // </diagnosing-saturation>

        // <diagnosing-states>
        StateGrowthPlot.Of(trace).SavePicture("states.png");
        // </diagnosing-states>

        // <plotting-readme>
        LossPlot.Of(result).SavePicture("loss.png");           // TrainingResult result = model.Fit(…)
        GateTelescope.Of(model, test.Inputs).SavePicture("gates.png");
        // </plotting-readme>

        forget.Should().BeInRange(0, 1);
        result.History.Should().HaveCount(12);
        errors.Count(error => error <= margin).Should().BeInRange(errors.Length * 8 / 10, (errors.Length * 8 / 10) + 2);
        Array.ForEach(Pictures, ShouldBeAPicture);
    }

    [Fact]
    public void ForgetBias_Raised_LetsTheGradientReachFartherBack()
    {
        SequenceDataset train = Waves(..400);
        double[] gains = [.. Enumerable.Range(1, 9).Select(Gain).Order()];
        gains[gains.Length / 2].Should().BeGreaterThan(5, "that is the median of nine seeds, {0}", string.Join(' ', gains));
        gains.Should().OnlyContain(gain => gain > 1);

        double Gain(int seed)
        {
            SequenceModel model = Build(seed), asItIs = Build(seed);

            // <diagnosing-forget-bias>
            var cell = (LstmCell)((RecurrentLayer)model.Layers[0]).Cell;
            cell.ForgetGate.EditBias(bias => bias.Fill(3f));                   // before training: f starts near 0.95 instead of 0.73
            // </diagnosing-forget-bias>

            return Left(model) / Left(asItIs);
        }

        double Left(SequenceModel of)
        {
            LayerGradientFlow flow = of.MeasureGradientFlow(train.Subset(..32), Loss.MeanSquaredError).Layers[0];
            return flow.HiddenNorms[20] / flow.HiddenNorms[1];
        }
    }

    private static SequenceModel Build(int seed = 1) => SequenceModel.Create(inputSize: 1).Lstm(16).TakeLast().Dense(1).Build(seed);

    private static SequenceDataset Waves(Range part)
    {
        Tensor<float> series = Tensor.Create(Enumerable.Range(0, 600).Select(t => MathF.Sin(t * 0.2f)).ToArray(), [600, 1]);
        return new SlidingWindows(length: 30, horizon: 1, targetColumns: [0]).Cut(series, part);
    }

    private static void ShouldBeAPicture(string path)
    {
        using SKBitmap picture = SKBitmap.Decode(path);
        (picture.Width, picture.Height).Should().Be((900, 400), path);
    }
}
