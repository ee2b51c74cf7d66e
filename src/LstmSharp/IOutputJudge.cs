namespace LstmSharp;

/// <summary>Judges a model's outputs row by row where the last layer left them, and leaves their gradients in their place: the outputs of
/// all steps of a large vocabulary need one array then, not one for each of them.</summary>
internal interface IOutputJudge
{
    /// <summary>Judges one row. Rows may come in any order, from several threads at once; with a memory budget twice.</summary>
    /// <param name="row">Its place in the batch's output, t · B + b.</param>
    /// <param name="outputs">What the model said; where the gradient is wanted, it takes their place.</param>
    /// <param name="wantsGradient">Whether it is.</param>
    void Judge(int row, Span<float> outputs, bool wantsGradient);
}
