using System.Numerics.Tensors;

namespace LstmSharp;

/// <summary>Refuses tensors that no array could hold, such as views that repeat one value billions of times.</summary>
internal static class TensorLimit
{
    /// <param name="tensor">The tensor to check, before it is copied or its sizes are taken for ints.</param>
    /// <param name="owner">The type that error messages name.</param>
    /// <param name="name">The parameter's name.</param>
    /// <exception cref="ArgumentException">The tensor holds more values than an array can.</exception>
    public static void ThrowIfTooLarge<T>(Tensor<T> tensor, string owner, string name)
    {
        if (tensor.FlattenedLength > Array.MaxLength)
        {
            throw new ArgumentException(
                $"{owner}: {name} must hold at most {Array.MaxLength} values, but has the shape {TensorValues.Shape(tensor.Lengths)}.", name);
        }
    }
}
