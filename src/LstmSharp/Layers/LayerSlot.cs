namespace LstmSharp;

/// <summary>A layer's place in a stack: its pass, and which of the stack's states and parameters are its own.</summary>
/// <param name="Pass">The layer's pass.</param>
/// <param name="States">Its cells among those of the stack.</param>
/// <param name="Parameters">Its parameters among those of the stack.</param>
/// <param name="Borrowed">Where among those of the stack its <see cref="Layer.BorrowedParameter"/> stands; below 0 for none.</param>
/// <param name="FollowsLearner">Whether a layer before it has weights or states, whose gradients go through this one.</param>
internal sealed record LayerSlot(LayerPass Pass, Range States, Range Parameters, int Borrowed, bool FollowsLearner);
