namespace LstmSharp;

/// <summary>How a layer's weights are drawn from the seed.</summary>
public enum WeightInitialization
{
    /// <summary>Input and dense weights Glorot uniform, ±√(6 / (inputs + outputs)), each gate on its own; recurrent weights
    /// orthogonal, each gate on its own; an LSTM's forget bias 1, every other bias 0. An embedding uniform, ±0.05, as Keras has it.
    /// The default.
    /// Sources: Glorot and Bengio 2010; Saxe, McClelland and Ganguli 2014; forget bias, Jozefowicz, Zaremba and Sutskever 2015.</summary>
    GlorotOrthogonal = 0,

    /// <summary>PyTorch's: everything uniform, ±1/√HiddenSize in recurrent cells and ±1/√InputSize in dense layers; an embedding
    /// of mean 0 and variance 1, nearly normal (a sum of twelve uniform numbers).</summary>
    PyTorchUniform = 1,
}
