namespace LstmSharp.Benchmarks;

/// <summary>A selectable part of the report.</summary>
internal enum Group
{
    /// <summary>LSTM layers beside the peers.</summary>
    Lstm,

    /// <summary>GRU layers beside the peers.</summary>
    Gru,

    /// <summary>Vanilla RNN layers beside the peers.</summary>
    Rnn,

    /// <summary>Sigmoid and tanh beside TensorPrimitives.</summary>
    Functions,

    /// <summary>One step after another beside ONNX Runtime.</summary>
    Streaming,

    /// <summary>How long single steps of streams take, at the median and at worst.</summary>
    Latency,

    /// <summary>Long sequences against short ones.</summary>
    Steps,

    /// <summary>Rows of different length against whole batches, and long sequences within a memory budget.</summary>
    Ragged,

    /// <summary>A language model beside TorchSharp: a step's time, and the peak memory of each process.</summary>
    LanguageModel,

    /// <summary>Rows of different length beside TorchSharp's packed ones, in the same way.</summary>
    RaggedTraining,

    /// <summary>Denormal states against usual ones.</summary>
    Denormals,

    /// <summary>More threads than processors.</summary>
    Crowd,

    /// <summary>The peak memory of processes.</summary>
    Memory,

    /// <summary>Whole processes from start to first output.</summary>
    ColdStart,
}
