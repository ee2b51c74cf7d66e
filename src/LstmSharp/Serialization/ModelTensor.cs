namespace LstmSharp;

/// <summary>One tensor that a model file must hold.</summary>
/// <param name="Name">The name in the file, as PyTorch's nn.Sequential of nn.RNN, nn.LSTM and nn.Linear would give it.</param>
/// <param name="Shape">The sizes, outermost first.</param>
/// <param name="Parameter">The name of the model's parameter that it belongs to.</param>
/// <param name="IsSecondBias">Whether it is PyTorch's second bias, which the model adds to the first.</param>
internal sealed record ModelTensor(string Name, long[] Shape, string Parameter, bool IsSecondBias = false);
