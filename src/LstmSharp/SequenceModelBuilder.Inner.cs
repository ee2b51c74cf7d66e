namespace LstmSharp;

/// <content>Layers inside others, which a builder of their own stacks.</content>
public sealed partial class SequenceModelBuilder
{
    /// <summary>How deep layers may stand inside others.</summary>
    internal const int MaxDepth = 8;

    private Use _use;

    /// <summary>Starts the layers inside one that another builder is about to add.</summary>
    private SequenceModelBuilder(SequenceModelBuilder outer)
    {
        _inputSize = outer.Width;
        _path = outer.Path;
        _count = outer._count + 1;
    }

    private enum Use
    {
        Open,
        WaitsForInner,
        Done,
    }

    /// <summary>Adds layers with a way round them: y = x + layers(x), step by step.</summary>
    /// <remarks>Such as <c>.Residual(inner => inner.Lstm(32).Dropout(0.1f))</c>. Every layer takes what the one before gives, any number of
    /// them, a Residual too, at most 8 deep. The last one must give as many values as enter, and every step must leave. Their parameters
    /// are named by their places from the outermost layer's inward, such as <c>2.0.InputWeights</c>.</remarks>
    /// <param name="layers">Adds the layers to the builder that it is given.</param>
    /// <exception cref="ArgumentNullException">The function is null.</exception>
    /// <exception cref="ArgumentException">The layers give another number of values or of steps than enter, or there is none.</exception>
    /// <exception cref="InvalidOperationException">The model has 1,000 layers already, or 8 Residuals are around this one.</exception>
    public SequenceModelBuilder Residual(Action<SequenceModelBuilder> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ThrowUnlessOpen();
        if (_path.Length == MaxDepth)
        {
            throw new InvalidOperationException($"SequenceModelBuilder: layers may stand at most {MaxDepth} deep inside others, but this Residual is deeper.");
        }

        SequenceModelBuilder inner = new(this);
        _use = Use.WaitsForInner;
        try
        {
            layers(inner);
        }
        finally
        {
            _use = Use.Open;
        }

        inner.ThrowUnlessOpen();
        inner.ThrowIfNotAddable();
        inner._use = Use.Done;
        return Add(new ResidualLayer([.. inner._layers]), inner._count);
    }

    /// <summary>Throws where what leaves the layers cannot be added to what enters.</summary>
    private void ThrowIfNotAddable()
    {
        if (_layers.Count == 0)
        {
            throw new ArgumentException($"Residual({_inputSize}): layers must add at least one layer to the builder that it is given, but added none.", "layers");
        }

        if (_layers.Find(layer => !layer.IsStepwise) is { } gathering)
        {
            throw new ArgumentException(
                $"Residual({_inputSize}): layers must let every step through, as it is added to the step that entered, but {gathering} "
                + "makes one step of all; put it behind the Residual.",
                "layers");
        }

        if (Width != _inputSize)
        {
            throw new ArgumentException(
                $"Residual({_inputSize}): layers must give as many values as enter, {_inputSize}, to be added to them, but {_layers[^1]} "
                + $"gives {Width}; end with a layer of {_inputSize}, such as Dense({_inputSize}).",
                "layers");
        }
    }

    private void ThrowUnlessOpen()
    {
        switch (_use)
        {
            case Use.WaitsForInner:
                throw new InvalidOperationException(
                    "SequenceModelBuilder: the layers inside a Residual are being added; add them to the builder that the function is given.");
            case Use.Done when _path.Length > 0:
                throw new InvalidOperationException(
                    "SequenceModelBuilder: the layers inside a Residual were added already; go on with the builder that made the Residual.");
            case Use.Done:
                throw new InvalidOperationException(
                    "SequenceModelBuilder: the model was built already, and its layers belong to it; start another with SequenceModel.Create.");
        }
    }
}
