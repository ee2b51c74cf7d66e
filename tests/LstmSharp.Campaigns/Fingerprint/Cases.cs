namespace LstmSharp.Campaigns.Fingerprint;

/// <summary>The work that is done: every layer, activation, loss, optimizer and initialization, at sizes that fit no vector, and two
/// models that several threads share.</summary>
internal static class Cases
{
    public static IReadOnlyList<Case> All { get; } =
    [
        new ModelCase
        {
            Name = "LSTM 1, one step, one row",
            InputSize = 1,
            Layers = model => model.Lstm(1),
            Length = 1,
            BatchSize = 1,
            Loss = Loss.MeanSquaredError,
            Optimizer = width => new Sgd(0.1f) { Width = width },
        },
        new ModelCase
        {
            Name = "LSTM 7",
            InputSize = 3,
            Layers = model => model.Lstm(7),
            Length = 2,
            BatchSize = 3,
            Loss = Loss.MeanAbsoluteError,
            Optimizer = width => new Sgd(0.1f, momentum: 0.9f, nesterov: true) { Width = width },
        },
        new ModelCase
        {
            Name = "LSTM 17, dense tanh",
            InputSize = 9,
            Layers = model => model.Lstm(17).Dense(5, Activation.Tanh),
            Length = 13,
            BatchSize = 5,
            Loss = Loss.Huber(0.3f),
            Optimizer = width => new Adam(0.01f) { Width = width },
        },
        new ModelCase
        {
            Name = "LSTM 33, last step, dense sigmoid",
            InputSize = 2,
            Layers = model => model.Lstm(33).TakeLast().Dense(6, Activation.Sigmoid).Dense(3),
            Length = 40,
            BatchSize = 19,
            Loss = Loss.BinaryCrossEntropyWithLogits,
            Optimizer = width => new AdamW(0.01f, weightDecay: 0.1f) { Width = width },
        },
        new ModelCase
        {
            Name = "LSTM 130",
            InputSize = 33,
            Layers = model => model.Lstm(130).Dense(1),
            Length = 13,
            BatchSize = 3,
            Loss = Loss.Huber(),
            Optimizer = width => new Adam(0.01f, weightDecay: 0.01f, amsgrad: true) { Width = width },
            Initialization = WeightInitialization.PyTorchUniform,
            TrainingSteps = 2,
        },
        new ModelCase
        {
            Name = "RNN 7 tanh, 17 sigmoid, 33 relu, 1 identity",
            InputSize = 5,
            Layers = model => model.VanillaRnn(7).VanillaRnn(17, Activation.Sigmoid).VanillaRnn(33, Activation.Relu)
                .VanillaRnn(1, Activation.Identity),
            Length = 13,
            BatchSize = 5,
            Loss = Loss.MeanSquaredError,
            Optimizer = width => new RmsProp() { Width = width },
        },
        new ModelCase
        {
            Name = "RNN 130",
            InputSize = 17,
            Layers = model => model.VanillaRnn(130).Dense(11),
            Length = 40,
            BatchSize = 1,
            Loss = Loss.CrossEntropy,
            Optimizer = width => new RmsProp(0.01f, momentum: 0.5f, centered: true, weightDecay: 0.01f) { Width = width },
        },
        new ModelCase
        {
            Name = "LSTM, RNN, LSTM, dense relu",
            InputSize = 7,
            Layers = model => model.Lstm(17).VanillaRnn(33).Lstm(7).Dense(9, Activation.Relu).Dense(300),
            Length = 13,
            BatchSize = 19,
            Loss = Loss.SmoothedCrossEntropy(0.1f),
            Optimizer = width => new Sgd(0.1f, momentum: 0.5f, dampening: 0.1f, weightDecay: 0.01f) { Width = width },
        },
        new ModelCase
        {
            Name = "RNN 17, flatten, dense",
            InputSize = 3,
            Layers = model => model.VanillaRnn(17).Flatten(13).Dense(33, Activation.Relu).Dense(4),
            Length = 13,
            BatchSize = 5,
            Loss = Loss.CrossEntropy,
            Optimizer = width => new AdamW(0.01f, amsgrad: true) { Width = width },
            Initialization = WeightInitialization.PyTorchUniform,
        },
        new ModelCase
        {
            Name = "LSTM 150, 40 rows",
            InputSize = 20,
            Layers = model => model.Lstm(150).Dense(10),
            Length = 12,
            BatchSize = 40,
            Loss = Loss.MeanSquaredError,
            Optimizer = width => new Adam() { Width = width },
            Initialization = WeightInitialization.PyTorchUniform,
            TrainingSteps = 1,
        },
        new ModelCase
        {
            Name = "LSTM 512, one row",
            InputSize = 16,
            Layers = model => model.Lstm(512),
            Length = 6,
            BatchSize = 1,
            Loss = Loss.MeanSquaredError,
            Optimizer = width => new Adam() { Width = width },
            Initialization = WeightInitialization.PyTorchUniform,
            TrainingSteps = 1,
        },
        new ModelCase
        {
            Name = "RNN 9, quantiles",
            InputSize = 3,
            Layers = model => model.VanillaRnn(9).Dense(6),
            Length = 7,
            BatchSize = 4,
            Loss = Loss.Quantile(0.1f, 0.5f, 0.9f),
            Optimizer = width => new Sgd(0.1f) { Width = width },
        },
        new ModelCase
        {
            Name = "RNN 9, normal distribution",
            InputSize = 3,
            Layers = model => model.VanillaRnn(9).Dense(6),
            Length = 7,
            BatchSize = 4,
            Loss = Loss.GaussianNegativeLogLikelihood(full: true),
            Optimizer = width => new Sgd(0.1f) { Width = width },
        },
        new ModelCase
        {
            Name = "RNN 9, Poisson distribution",
            InputSize = 3,
            Layers = model => model.VanillaRnn(9).Dense(6),
            Length = 7,
            BatchSize = 4,
            Loss = Loss.PoissonNegativeLogLikelihood(full: true),
            Optimizer = width => new Sgd(0.1f) { Width = width },
        },
        new ModelCase
        {
            Name = "Dropout, LSTM 17, layer norm, mean over time",
            InputSize = 9,
            Layers = model => model.Dropout(0.2f).Lstm(17).LayerNorm().Dropout(0.5f).VanillaRnn(33).MeanOverTime().Dropout(0.3f).Dense(5),
            Length = 13,
            BatchSize = 7,
            Loss = Loss.MeanSquaredError,
            Optimizer = width => new Adam(0.01f) { Width = width },
        },
        new ModelCase
        {
            Name = "LSTM 33, maximum over time, layer norm",
            InputSize = 3,
            Layers = model => model.Lstm(33).MaxOverTime().LayerNorm().Dense(3),
            Length = 40,
            BatchSize = 5,
            Loss = Loss.CrossEntropy,
            Optimizer = width => new AdamW(0.01f) { Width = width },
        },
        new ModelCase
        {
            Name = "LSTM 17 and RNN 33 with masks on their states",
            InputSize = 5,
            Layers = model => model
                .Lstm(17, new RecurrentRegularization { Dropout = 0.3f, Zoneout = 0.2f, CellZoneout = 0.4f })
                .VanillaRnn(33, regularization: new RecurrentRegularization { Dropout = 0.1f, Zoneout = 0.5f })
                .TakeLast().Dense(3),
            Length = 13,
            BatchSize = 9,
            Loss = Loss.MeanSquaredError,
            Optimizer = width => new Adam(0.01f) { Width = width },
        },
        new ModelCase
        {
            Name = "Residual of LSTM 33, dropout and a residual of dense tanh, residual of RNN 17",
            InputSize = 17,
            Layers = model => model.Residual(inner => inner.Lstm(33).Dropout(0.2f).Residual(inmost => inmost.Dense(33, Activation.Tanh)).Dense(17))
                .Residual(inner => inner.VanillaRnn(17)).LayerNorm().Dense(3),
            Length = 13,
            BatchSize = 6,
            Loss = Loss.MeanSquaredError,
            Optimizer = width => new Adam(0.01f) { Width = width },
        },
        new ModelCase
        {
            Name = "Two directions of LSTM 17 and RNN 7, reversed RNN 9, both ends of LSTM 33",
            InputSize = 5,
            Layers = model => model.Bidirectional(inner => inner.Lstm(17)).Bidirectional(inner => inner.VanillaRnn(7), BidirectionalMerge.Product)
                .Reverse().VanillaRnn(9).Bidirectional(inner => inner.Lstm(33).TakeLast(), BidirectionalMerge.Mean),
            Length = 13,
            BatchSize = 7,
            Loss = Loss.MeanSquaredError,
            Optimizer = width => new Adam(0.01f) { Width = width },
        },
        new FitCase { Name = "Fit, values", Loss = Loss.MeanSquaredError, Optimizer = width => new Adam(0.01f) { Width = width } },
        new FitCase { Name = "Fit, classes", Loss = Loss.CrossEntropy, Optimizer = width => new RmsProp() { Width = width } },
        new WindowsCase { Name = "Fit, windows of sequences of different length" },
        new TokenCase { Name = "Tokens of several lengths" },
        new TokenCase { Name = "Tokens, tied weights", IsTied = true },
        new ModelCase
        {
            Name = "GRU 7, GRU 33 with the reset before the product, dense tanh",
            InputSize = 9,
            Layers = model => model.Gru(7).Gru(33, GruReset.BeforeProduct).Dense(5, Activation.Tanh),
            Length = 13,
            BatchSize = 19,
            Loss = Loss.Huber(0.3f),
            Optimizer = width => new Adam(0.01f) { Width = width },
        },
        new ModelCase
        {
            Name = "GRU 130, 40 rows",
            InputSize = 20,
            Layers = model => model.Gru(130).Dense(10),
            Length = 12,
            BatchSize = 40,
            Loss = Loss.MeanSquaredError,
            Optimizer = width => new AdamW(0.01f) { Width = width },
            Initialization = WeightInitialization.PyTorchUniform,
            TrainingSteps = 1,
        },
        new ModelCase
        {
            Name = "GRU 256, GRU 130 with the reset before the product, one row",
            InputSize = 16,
            Layers = model => model.Gru(256).Gru(130, GruReset.BeforeProduct),
            Length = 6,
            BatchSize = 1,
            Loss = Loss.MeanSquaredError,
            Optimizer = width => new Adam() { Width = width },
            Initialization = WeightInitialization.PyTorchUniform,
            TrainingSteps = 1,
        },
    ];
}
