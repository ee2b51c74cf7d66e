namespace LstmSharp;

/// <summary>A moving average of the weights, to predict with: it smooths out what single steps add by chance.</summary>
/// <remarks>a = w after the first step, then a = d·a + (1 − d)·w after every step (PyTorch's <c>get_ema_avg_fn</c>). The optimizer goes on
/// with the weights w; the validation is measured with the average a, and the model has it when <c>Fit</c> ends: that of the best epoch
/// where the best epoch's weights are brought back, else that after the last step. Source: Polyak and Juditsky 1992.</remarks>
public sealed class ExponentialMovingAverage
{
    /// <summary>Makes the rule.</summary>
    /// <param name="decay">d, at least 0 and below 1: how much of the average is kept in every step. It then reaches back over about
    /// 1/(1 − d) steps. By default 0.999.</param>
    /// <exception cref="ArgumentOutOfRangeException">The decay is outside its range.</exception>
    public ExponentialMovingAverage(float decay = 0.999f) => Decay = Require.BelowOne(decay);

    /// <summary>How much of the average is kept in every step.</summary>
    public float Decay { get; }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"ExponentialMovingAverage(decay {Decay})");
}
