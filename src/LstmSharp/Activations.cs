namespace LstmSharp;

internal static class Activations
{
    public static void ThrowIfUnknown(Activation activation)
    {
        if (activation is < Activation.Identity or > Activation.Relu)
        {
            throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation.");
        }
    }
}
