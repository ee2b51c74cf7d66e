namespace LstmSharp;

/// <content>Layers inside others, which a builder of their own stacks.</content>
public sealed partial class SequenceModelBuilder
{
    /// <summary>How deep layers may stand inside others.</summary>
    internal const int MaxDepth = 8;

    private Use _use;

    /// <summary>Starts the layers inside one that another builder is about to add.</summary>
    /// <param name="outer">The other builder.</param>
    /// <param name="place">The first one's place there.</param>
    private SequenceModelBuilder(SequenceModelBuilder outer, int place)
    {
        _firstPlace = place;
        _followsOneStep = outer.GivesOneStep;
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
        SequenceModelBuilder inner = Nested("Residual", layers, place: 0);
        inner.ThrowIfNotAddable();
        return Add(new ResidualLayer([.. inner._layers]), inner._count);
    }

    /// <summary>Adds layers that read every sequence in both directions, with weights of their own for each: from its first step to its last,
    /// and from its own last step to its first.</summary>
    /// <remarks>Such as <c>.Bidirectional(layer => layer.Lstm(32))</c>; with <c>layer.Lstm(32).TakeLast()</c> each direction gives the step
    /// that it reached last, which has seen the whole sequence. The function is called twice, once for each direction, and must add the same
    /// layers. Parameters are named by places, those of the forward direction first: <c>2.0.InputWeights</c> and
    /// <c>2.1.InputWeights</c>.</remarks>
    /// <param name="layers">Adds the layers of one direction to the builder that it is given, a recurrent one among them.</param>
    /// <param name="merge">What becomes of both directions' outputs; one behind the other by default.</param>
    /// <exception cref="ArgumentNullException">The function is null.</exception>
    /// <exception cref="ArgumentException">There is no recurrent layer, the directions differ, or the output would be too wide.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The merge is unknown.</exception>
    /// <exception cref="InvalidOperationException">The model has 1,000 layers already, or 8 layers are around this one.</exception>
    public SequenceModelBuilder Bidirectional(
        Action<SequenceModelBuilder> layers, BidirectionalMerge merge = BidirectionalMerge.Concat)
    {
        if (!Enum.IsDefined(merge))
        {
            throw new ArgumentOutOfRangeException(nameof(merge), merge, $"Bidirectional({Width}): there is no such merge.");
        }

        SequenceModelBuilder forward = Nested("Bidirectional", layers, place: 0);
        SequenceModelBuilder backward = Nested("Bidirectional", layers, forward._layers.Count);
        forward.ThrowIfNotTwice(backward, merge);
        return Add(new BidirectionalLayer([.. forward._layers], [.. backward._layers], merge), backward._count + forward._count - _count - 1);
    }

    /// <summary>Lets somebody add the layers inside one.</summary>
    private SequenceModelBuilder Nested(string kind, Action<SequenceModelBuilder> layers, int place)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ThrowUnlessOpen();
        if (_path.Length == MaxDepth)
        {
            throw new InvalidOperationException($"SequenceModelBuilder: layers may stand at most {MaxDepth} deep inside others, but this {kind} is deeper.");
        }

        SequenceModelBuilder inner = new(this, place);
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
        inner._use = Use.Done;
        return inner;
    }

    /// <summary>Throws where layers cannot be the two directions of one.</summary>
    private void ThrowIfNotTwice(SequenceModelBuilder layers, BidirectionalMerge merge)
    {
        string who = $"Bidirectional({_inputSize})";
        if (!_layers.Exists(layer => layer.Cells.Count > 0))
        {
            throw new ArgumentException(
                $"{who}: layers must add a recurrent layer to the builder that it is given, but added {(_layers.Count == 0 ? "none" : _layers[^1])}.",
                nameof(layers));
        }

        string[] first = [.. _layers.Select(layer => layer.ToString()!)], second = [.. layers._layers.Select(layer => layer.ToString()!)];
        if (!first.SequenceEqual(second))
        {
            throw new ArgumentException(
                $"{who}: layers must add the same layers for both directions, but added {string.Join(" => ", first)}, then "
                + $"{string.Join(" => ", second)}.",
                nameof(layers));
        }

        ThrowIfTooLarge(who, Width, merge == BidirectionalMerge.Concat ? 2 : 1);
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
                    "SequenceModelBuilder: the layers inside another one are being added; add them to the builder that the function is given.");
            case Use.Done when _path.Length > 0:
                throw new InvalidOperationException(
                    "SequenceModelBuilder: the layers inside another one were added already; go on with the builder that added that one.");
            case Use.Done:
                throw new InvalidOperationException(
                    "SequenceModelBuilder: the model was built already, and its layers belong to it; start another with SequenceModel.Create.");
        }
    }
}
