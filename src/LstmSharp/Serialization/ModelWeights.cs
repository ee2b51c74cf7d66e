namespace LstmSharp;

/// <summary>A model's weights, between the model and a file.</summary>
internal static class ModelWeights
{
    /// <summary>Writes a file.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="metadata">The file's free texts.</param>
    /// <param name="tensors">The model's tensors.</param>
    /// <param name="model">The model.</param>
    /// <param name="type">What the weights are written as.</param>
    public static void Write(
        Stream stream, IReadOnlyDictionary<string, string> metadata, List<ModelTensor> tensors, SequenceModel model, WeightType type)
    {
        Dictionary<string, Parameter> parameters = model.Parameters.ToDictionary(parameter => parameter.Name);
        NamedTensor ToWrite(ModelTensor tensor) => new(
            tensor.Name,
            tensor.IsSecondBias ? SecondBias(parameters[tensor.Parameter], LastOf(tensor, parameters)) : parameters[tensor.Parameter]);
        SafeTensorsWriter.Write(stream, metadata, tensors.ConvertAll(ToWrite), type);
    }

    /// <summary>Reads weights from a file that was found to hold these tensors; biases that it does not hold become 0.</summary>
    public static void Read(SafeTensorsReader reader, List<ModelTensor> tensors, SequenceModel model)
    {
        Dictionary<string, Parameter> parameters = model.Parameters.ToDictionary(parameter => parameter.Name);
        foreach (ModelTensor tensor in tensors)
        {
            Parameter? last = LastOf(tensor, parameters);
            parameters[tensor.Parameter].Edit(values =>
            {
                if (reader.Find(tensor.Name) is not { } entry)
                {
                    values.Clear();
                    last?.Edit(static values => values.Clear());
                }
                else if (tensor.IsSecondBias)
                {
                    AddSecondBias(reader, entry, values, last);
                }
                else
                {
                    reader.Read(entry, values);
                }
            });
        }
    }

    /// <summary>Throws where the file has anything but zeros for a padding token, which a model never looks at.</summary>
    public static void ThrowIfPaddingHasWeights(SafeTensorsReader reader, List<ModelTensor> tensors, SequenceModel model)
    {
        if (model.Layers[0] is not EmbeddingLayer { PaddingToken: { } token } embedding)
        {
            return;
        }

        SafeTensorsEntry entry = reader.Find(tensors.Find(tensor => tensor.Parameter == embedding.Weights.Name)!.Name)!;
        float[] weights = new float[embedding.Weights.Count];
        reader.Read(entry, weights);
        ReadOnlySpan<float> row = weights.AsSpan(token * embedding.OutputSize, embedding.OutputSize);
        int wrong = row.IndexOfAnyExcept(0f);
        if (wrong >= 0)
        {
            throw reader.Fault(
                entry,
                FormattableString.Invariant($"0 in row {token}, that of the padding token"),
                FormattableString.Invariant($"{row[wrong]}"),
                "Set this row to 0 before saving, or build the model without a padding token.");
        }
    }

    private static Parameter? LastOf(ModelTensor tensor, Dictionary<string, Parameter> parameters) =>
        tensor.LastParameter is { } name ? parameters[name] : null;

    /// <summary>A second bias of zeros, as they are in the first one already, and at its end what is not.</summary>
    private static Parameter SecondBias(Parameter bias, Parameter? last)
    {
        Parameter second = bias.CreateZeros();
        if (last is not null)
        {
            second.Edit(values => last.Values.CopyTo(values[^last.Count..]));
        }

        return second;
    }

    /// <summary>bias += second bias, but exactly the first where the second is 0, so that −0 stays −0. The end of the second bias
    /// may be a parameter of its own.</summary>
    private static void AddSecondBias(SafeTensorsReader reader, SafeTensorsEntry entry, Span<float> bias, Parameter? last)
    {
        float[] second = new float[bias.Length];
        reader.Read(entry, second);
        last?.CopyFrom(second.AsSpan(^last.Count..));
        for (int n = 0; n < bias.Length - (last?.Count ?? 0); n++)
        {
            if (second[n] != 0)
            {
                bias[n] += second[n];
            }
        }
    }
}
