namespace LstmSharp.Samples.LongMemory;

/// <summary>A kind of network to compare: one recurrent layer, whose last step a dense layer reads.</summary>
public sealed class Network
{
    private const float SmallestForgetBias = 1;
    private const float LargestForgetBias = 8;

    private readonly Func<SequenceModelBuilder, SequenceModelBuilder> _addLayer;
    private readonly Action<SequenceModel> _prepare;

    private Network(
        string name, Func<SequenceModelBuilder, SequenceModelBuilder> addLayer, Action<SequenceModel> prepare)
    {
        Name = name;
        _addLayer = addLayer;
        _prepare = prepare;
    }

    /// <summary>The hidden size of all of them.</summary>
    public static int HiddenSize => 32;

    /// <summary>h_t = tanh(Wx·x_t + Wh·h_(t−1) + b): docs/math/rnn.md, (1) and (2).</summary>
    /// <remarks>It starts as well as a tanh network can: Wh is orthogonal, so at first only tanh′ shrinks a gradient.</remarks>
    public static Network VanillaRnn { get; } = new("vanilla RNN", builder => builder.VanillaRnn(HiddenSize), _ => { });

    /// <summary>The LSTM as the library starts it, all forget biases 1: docs/math/lstm.md, (1) to (6).</summary>
    /// <remarks>f starts near σ(1) ≈ 0.73, and 0.73¹⁰⁰ ≈ 2 · 10⁻¹⁴: an untrained LSTM forgets, too (lstm.md, section 7).</remarks>
    public static Network Lstm { get; } = new("LSTM, forget bias 1", builder => builder.Lstm(HiddenSize), _ => { });

    /// <summary>The LSTM with forget biases spread evenly from 1 to 8, so that its units start with memories of many lengths.</summary>
    /// <remarks>At first a unit with forget bias b keeps about σ(b)ⁿ of its cell over n steps: 1/e is left after 3 steps at b = 1 and after
    /// 3000 at b = 8. Larger forget biases for longer memories: Gers, Schmidhuber and Cummins 2000; spread over many lengths: Tallec and
    /// Ollivier 2018 ("chrono initialization", which fits them to T; this rule knows nothing of T).</remarks>
    public static Network LongMemoryLstm { get; } = new(
        "LSTM, forget bias 1 to 8", builder => builder.Lstm(HiddenSize), SpreadForgetBiases);

    public static IReadOnlyList<Network> All { get; } = [VanillaRnn, Lstm, LongMemoryLstm];

    public string Name { get; }

    /// <summary>Makes a fresh network for the first-symbol task.</summary>
    public SequenceModel Build(int seed)
    {
        SequenceModel model = _addLayer(SequenceModel.Create(FirstSymbolBatch.SymbolCount))
            .TakeLast()
            .Dense(FirstSymbolBatch.ClassCount)
            .Build(seed);
        _prepare(model);
        return model;
    }

    private static void SpreadForgetBiases(SequenceModel model)
    {
        var cell = (LstmCell)((RecurrentLayer)model.Layers[0]).Cell;
        cell.ForgetGate.EditBias(bias =>
        {
            for (int unit = 0; unit < bias.Length; unit++)
            {
                bias[unit] = SmallestForgetBias + ((LargestForgetBias - SmallestForgetBias) * unit / (bias.Length - 1));
            }
        });
    }
}
