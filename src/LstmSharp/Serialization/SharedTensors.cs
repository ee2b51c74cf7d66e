using System.Runtime.InteropServices;

namespace LstmSharp;

/// <summary>The two names that PyTorch gives weights that an embedding and a tied layer share.</summary>
internal static class SharedTensors
{
    /// <summary>The tensors that the file must hold: of two names of one parameter, one is enough.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="tensors">The model's tensors.</param>
    public static List<ModelTensor> LeaveOut(SafeTensorsReader reader, List<ModelTensor> tensors) =>
        Pair(tensors) is not (var first, var second) ? tensors
        : reader.Find(second.Name) is null ? tensors.FindAll(tensor => tensor != second)
        : reader.Find(first.Name) is null ? tensors.FindAll(tensor => tensor != first)
        : tensors;

    /// <summary>Throws where a file that was found to hold these tensors has other numbers under one name than under the other.</summary>
    public static void ThrowIfDifferent(SafeTensorsReader reader, List<ModelTensor> tensors)
    {
        if (Pair(tensors) is not (var first, var second))
        {
            return;
        }

        SafeTensorsEntry entry = reader.Find(second.Name)!;
        int count = (int)first.Shape.Aggregate((product, size) => product * size);
        float[] expected = new float[count], actual = new float[count];
        reader.Read(reader.Find(first.Name)!, expected);
        reader.Read(entry, actual);
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(expected), otherBits = MemoryMarshal.Cast<float, int>(actual);
        int wrong = bits.CommonPrefixLength(otherBits);
        if (wrong < count)
        {
            long width = first.Shape[^1];
            throw reader.Fault(
                entry,
                FormattableString.Invariant($"equal to '{first.Name}', whose weights it shares, with {expected[wrong]} at row {wrong / width}, column {wrong % width}"),
                FormattableString.Invariant($"{actual[wrong]} there"),
                "If these weights are not tied in PyTorch, build the model with a Dense layer instead of TiedDense.");
        }
    }

    private static (ModelTensor First, ModelTensor Second)? Pair(List<ModelTensor> tensors) =>
        tensors.Find(tensor => tensor.IsShared) is { } second && tensors.Find(tensor => tensor.Parameter == second.Parameter) is { } first
            && first != second
            ? (first, second)
            : null;
}
