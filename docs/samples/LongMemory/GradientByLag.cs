using System.Numerics.Tensors;

namespace LstmSharp.Samples.LongMemory;

/// <summary>How large the gradient of the last step's loss is with respect to a state n steps before it, for n = 1, 2, …</summary>
public sealed class GradientByLag
{
    private GradientByLag(double[] hidden, double[] cell)
    {
        Hidden = hidden;
        Cell = cell;
    }

    /// <summary>‖∂L/∂h_(T−n)‖ at index n − 1, as a share of that at n = 1.</summary>
    public IReadOnlyList<double> Hidden { get; }

    /// <summary>‖∂L/∂c_(T−n)‖ at index n − 1, as a share of that at n = 1; empty without a memory cell.</summary>
    public IReadOnlyList<double> Cell { get; }

    /// <summary>Goes backward through time one step at a time and measures what comes out of every step.</summary>
    /// <remarks>A step's gradient of its initial state is the next one's gradient of its final state: r_(t−1) of docs/math/rnn.md, ∂(1);
    /// dh₋₁ and dc₋₁ of docs/math/lstm.md, ∂(1) to ∂(5). One pass over all steps would give the same bits, but only at the start.</remarks>
    public static GradientByLag Measure(SequenceModel model, FirstSymbolBatch batch)
    {
        ModelState[] states = StatesBeforeEachStep(model, batch);
        ModelState gradient = model.CreateState(batch.BatchSize);
        SequencePass pass = model.CreatePass();
        ParameterSet unused = model.Parameters.CreateZeros();
        double[] hidden = new double[batch.SequenceLength - 1];
        double[] cell = new double[gradient[0] is LstmState ? hidden.Length : 0];
        for (int lag = 1; lag <= hidden.Length; lag++)
        {
            int t = batch.SequenceLength - lag;
            pass.Forward(batch.Step(t), states[t]);
            pass.Backward(LogitGradient(pass, lag == 1 ? batch : null), unused, gradient, wantInputGradient: false);
            gradient.CopyFrom(pass.InitialStateGradient);
            hidden[lag - 1] = Norm(gradient[0].Hidden);
            if (gradient[0] is LstmState lstm)
            {
                cell[lag - 1] = Norm(lstm.Cell);
            }
        }

        return new GradientByLag(ShareOfFirst(hidden), ShareOfFirst(cell));
    }

    private static ModelState[] StatesBeforeEachStep(SequenceModel model, FirstSymbolBatch batch)
    {
        var states = new ModelState[batch.SequenceLength + 1];
        states[0] = model.CreateState(batch.BatchSize);
        for (int t = 0; t < batch.SequenceLength; t++)
        {
            states[t + 1] = model.CreateState(batch.BatchSize);
            model.Predict(batch.Step(t), states[t], states[t + 1]);
        }

        return states;
    }

    /// <summary>The loss's gradient after the last step; zeros after the others, which the loss does not look at.</summary>
    private static ReadOnlyTensorSpan<float> LogitGradient(SequencePass pass, FirstSymbolBatch? batch)
    {
        float[] gradient = new float[pass.OutputValues.Length];
        if (batch is not null)
        {
            Loss.CrossEntropy.Evaluate(pass.OutputValues, batch.Classes, gradient);
        }

        return new ReadOnlyTensorSpan<float>(gradient, pass.Output.Lengths);
    }

    /// <summary>The norm in double, in which the squares of tiny gradients do not vanish.</summary>
    private static double Norm(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += (double)value * value;
        }

        return Math.Sqrt(sum);
    }

    private static double[] ShareOfFirst(double[] norms) => Array.ConvertAll(norms, norm => norm / norms[0]);
}
