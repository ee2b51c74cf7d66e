namespace LstmSharp.Benchmarks.Loops;

/// <summary>What a process trains on one thread, measured with its peak memory.</summary>
public enum TrainingWork
{
    /// <summary>Tokens of a vocabulary of 10,000, embedded in 200, two LSTM layers of 200, logits; T 20, B 20; clipped SGD.</summary>
    LanguageModel,

    /// <summary>LSTM 256 => 256 on 32 rows of lengths uniform in 1..100; gradients alone.</summary>
    Ragged32,

    /// <summary>The same on 128 rows.</summary>
    Ragged128,
}
