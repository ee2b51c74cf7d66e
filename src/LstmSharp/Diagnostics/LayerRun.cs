using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>How data passed one layer of a model.</summary>
/// <param name="Alone">The layer as a model of its own, with the same weights.</param>
/// <param name="Input">What had entered, dense.</param>
/// <param name="Initial">The states it started from; null means zeros.</param>
/// <param name="Trace">What it did, if it is recurrent.</param>
internal sealed record LayerRun(SequenceModel Alone, Tensor<float> Input, ModelState? Initial, LayerTrace? Trace);
