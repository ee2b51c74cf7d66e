namespace LstmSharp;

/// <summary>Whether a model's outputs can be the logits that a loss takes.</summary>
internal static class LogitsCheck
{
    /// <summary>Refuses a loss of logits after a function that bounds them: it would train, and badly.</summary>
    /// <exception cref="ArgumentException">The last layer with weights bounds its outputs.</exception>
    public static void ThrowIfBounded(SequenceModel model, Loss loss)
    {
        Loss ofValues = loss is SummedOutputsLoss summed ? summed.Inner : loss;
        if (ofValues is (CrossEntropyLoss or BinaryCrossEntropyLoss) && model.Layers.LastOrDefault(layer => layer.Parameters.Count > 0) is { } last)
        {
            string? range = RangeOf(last, ofValues);
            if (range is not null)
            {
                string remedy = last is DenseLayer dense
                    ? $"make it Dense({dense.OutputSize}) without {dense.Activation}, which the loss applies itself where it must"
                    : $"add a Dense({last.OutputSize}) after it";
                throw new ArgumentException(
                    $"Fit: the loss {loss} takes logits, any number from -Infinity to +Infinity, but the last layer with weights, {last}, gives " +
                    $"numbers {range} only; {remedy}.",
                    nameof(loss));
            }
        }
    }

    /// <summary>Softmax takes differences alone, for which numbers from 0 will do.</summary>
    private static string? RangeOf(Layer layer, Loss loss) => layer switch
    {
        RecurrentLayer { Cell: LstmCell } => "from -1 to 1",
        RecurrentLayer { Cell: VanillaRnnCell cell } => RangeOf(cell.Activation, loss),
        DenseLayer dense => RangeOf(dense.Activation, loss),
        _ => null,
    };

    private static string? RangeOf(Activation activation, Loss loss) => activation switch
    {
        Activation.Tanh => "from -1 to 1",
        Activation.Sigmoid => "from 0 to 1",
        Activation.Relu when loss is BinaryCrossEntropyLoss => "of 0 and above",
        _ => null,
    };
}
