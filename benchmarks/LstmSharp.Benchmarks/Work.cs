namespace LstmSharp.Benchmarks;

/// <summary>What one operation of a measurement does.</summary>
public enum Work
{
    /// <summary>The whole sequence forward, nothing kept for a way back.</summary>
    Inference,

    /// <summary>Gradients cleared, forward, mean squared error, backward to the parameters.</summary>
    TrainingStep,

    /// <summary>A training step, then Adam with a learning rate of 1e-3.</summary>
    TrainingStepWithAdam,

    /// <summary>One time step that hands its state to the next.</summary>
    StreamingStep,

    /// <summary>The logistic function of every value.</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent of every value.</summary>
    Tanh,
}
