namespace LstmSharp.Benchmarks.Loops;

/// <summary>LstmSharp's <c>Fit</c>, one batch an epoch.</summary>
internal sealed class LanguageModelFit : TrainingLoop
{
    private readonly SequenceModel _model = SequenceModel.CreateForTokens(LanguageModelProblem.Vocabulary, LanguageModelProblem.Width)
        .Lstm(LanguageModelProblem.Width).Lstm(LanguageModelProblem.Width).Dense(LanguageModelProblem.Vocabulary).Build();

    public LanguageModelFit()
    {
        for (int n = 0; n < _model.Parameters.Count; n++)
        {
            _model.Parameters[n].Edit(n, static (values, place) => LanguageModelProblem.Fill(place, values));
        }
    }

    /// <summary>All steps lie in one epoch: an epoch's end looks at all weights once more.</summary>
    public override void Run(int steps)
    {
        int[][] text = LanguageModelProblem.Text();
        var tokens = SequenceList.Of<int>(text.Select(line => line[..^1]).ToArray());
        var next = SequenceList.Of<int>(text.Select(line => line[1..]).ToArray());
        int[] samples = [.. Enumerable.Range(0, steps).SelectMany(_ => Enumerable.Range(0, text.Length))];
        _model.Fit(new SequenceDataset(tokens, next).Subset(samples), new TrainingOptions
        {
            Loss = Loss.CrossEntropy,
            Optimizer = new Sgd(LanguageModelProblem.LearningRate),
            Epochs = 1,
            BatchSize = text.Length,
            Shuffle = false,
            ClipGradientNorm = LanguageModelProblem.MaximumNorm,
            MaxDegreeOfParallelism = 1,
            Callbacks = [new Watch(this)],
        });
    }

    private sealed class Watch(LanguageModelFit owner) : TrainingCallback
    {
        public override void OnTrainingBegin(TrainingContext context) => owner.BeginStep();

        public override void OnBatchEnd(TrainingContext context) => owner.EndStep(context.BatchLoss);
    }
}
