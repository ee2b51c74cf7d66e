namespace LstmSharp.Tests;

/// <summary>The activations in double, and their derivatives told from the output y = act(a).</summary>
internal static class ReferenceActivation
{
    public static double Sigmoid(double a) => 1 / (1 + Math.Exp(-a));

    public static double Apply(Activation activation, double a) => activation switch
    {
        Activation.Identity => a,
        Activation.Tanh => Math.Tanh(a),
        Activation.Sigmoid => Sigmoid(a),
        Activation.Relu => Math.Max(a, 0),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };

    /// <summary>∂y/∂a at the point whose output is <paramref name="y"/>.</summary>
    public static double Derivative(Activation activation, double y) => activation switch
    {
        Activation.Identity => 1,
        Activation.Tanh => 1 - y * y,
        Activation.Sigmoid => y * (1 - y),
        Activation.Relu => y > 0 ? 1 : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };

    /// <summary>How far a row of pre-activations stays from a point where the activation has no derivative.</summary>
    public static double DistanceToKink(Activation activation, double[] a) =>
        activation == Activation.Relu ? a.Min(value => Math.Abs(value)) : double.PositiveInfinity;
}
