namespace LstmSharp.Benchmarks;

/// <summary>Whose code runs.</summary>
public enum Contender
{
    LstmSharp,
    OnnxRuntime,
    TorchSharp,
    TensorPrimitives,
}
