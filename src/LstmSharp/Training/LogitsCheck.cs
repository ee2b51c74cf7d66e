namespace LstmSharp;

/// <summary>Whether a model's outputs can be the logits, or other numbers of any size, that a loss takes.</summary>
internal static class LogitsCheck
{
    /// <summary>Refuses such a loss after a function that bounds its numbers: it would train, and badly.</summary>
    /// <exception cref="ArgumentException">The last layer with weights bounds its outputs.</exception>
    public static void ThrowIfBounded(SequenceModel model, Loss loss)
    {
        Loss ofValues = loss is SummedOutputsLoss summed ? summed.Inner : loss;
        if (NumbersOf(ofValues) is { } numbers && model.Layers.LastOrDefault(layer => layer.Parameters.Count > 0) is { } last)
        {
            string? range = RangeOf(last, ofValues);
            if (range is not null)
            {
                string remedy = last is DenseLayer dense
                    ? $"make it Dense({dense.OutputSize}) without {dense.Activation}, which the loss applies itself where it must"
                    : $"add a Dense({last.OutputSize}) after it";
                throw new ArgumentException(
                    $"Fit: the loss {loss} takes {numbers}, any number from -Infinity to +Infinity, but the last layer with weights, {last}, gives " +
                    $"numbers {range} only; {remedy}.",
                    nameof(loss));
            }
        }
    }

    /// <summary>What a loss takes that has no bounds; null where bounds are as good.</summary>
    private static string? NumbersOf(Loss loss) => loss switch
    {
        CrossEntropyLoss or BinaryCrossEntropyLoss or CtcLoss => "logits",
        PoissonLoss => "logarithms of rates",
        GaussianLoss => "means and scales before their softplus",
        _ => null,
    };

    /// <summary>Softmax takes differences alone, for which numbers from 0 will do.</summary>
    private static string? RangeOf(Layer layer, Loss loss) => layer switch
    {
        RecurrentLayer { Cell: LstmCell or GruCell } => "from -1 to 1",
        RecurrentLayer { Cell: VanillaRnnCell cell } => RangeOf(cell.Activation, loss),
        DenseLayer dense => RangeOf(dense.Activation, loss),
        _ => null,
    };

    private static string? RangeOf(Activation activation, Loss loss) => activation switch
    {
        Activation.Tanh => "from -1 to 1",
        Activation.Sigmoid => "from 0 to 1",
        Activation.Relu when loss is not (CrossEntropyLoss or CtcLoss) => "of 0 and above",
        _ => null,
    };
}
