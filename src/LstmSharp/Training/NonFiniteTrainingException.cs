namespace LstmSharp;

/// <summary>A loss, a gradient or a weight was NaN or infinite in training.</summary>
/// <remarks>The model then has the weights of the best epoch. Without a finished validation: where it was a
/// loss or gradient, the weights are as they were before the batch it names; where an update made a weight overflow, still the overflowed
/// ones. <see cref="Tensor"/> names that weight then, and <see cref="Batch"/> the batch that noticed. Frequent causes: NaN in the
/// data, a learning rate too high, or exploding gradients, against which <see cref="TrainingOptions.ClipGradientNorm"/> helps.</remarks>
public sealed class NonFiniteTrainingException : ArithmeticException
{
    internal NonFiniteTrainingException(string message, int epoch, int batch, int? layer, string tensor)
        : base(message)
    {
        Epoch = epoch;
        Batch = batch;
        Layer = layer;
        Tensor = tensor;
    }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The batch within the epoch, from 1; within the validation data where the message says so.</summary>
    public int Batch { get; }

    /// <summary>The position in <see cref="SequenceModel.Layers"/> of the layer whose tensor it is; null for data and the loss.</summary>
    public int? Layer { get; }

    /// <summary>The first tensor that is not finite: <c>input</c>, <c>target</c>, <c>loss</c>, <c>output of layer 1</c>, or a
    /// parameter such as <c>0.RecurrentWeights</c> or its gradient, <c>gradient of 0.RecurrentWeights</c>; of gradients, which flow
    /// back, one of the last such layer.</summary>
    public string Tensor { get; }
}
