using System.Numerics.Tensors;
using LstmSharp.Threading;

namespace LstmSharp;

/// <content>What the last runs gave.</content>
public sealed unsafe partial class SequencePass
{
    /// <summary>Every step's output of the last forward run, shape [OutputLength, BatchSize, OutputSize], 0 beyond a row's length;
    /// overwritten by the next one.</summary>
    /// <exception cref="InvalidOperationException">Forward has not run yet, or another thread is using this pass.</exception>
    public ReadOnlyTensorSpan<float> Output
    {
        get
        {
            using OneAtATime.Turn turn = Enter();
            return new ReadOnlyTensorSpan<float>(OutputOfLastRun(), [OutputLength, BatchSize, Model.OutputSize]);
        }
    }

    /// <summary>The states after each row's last step of the last forward run; overwritten by the next one.</summary>
    /// <exception cref="InvalidOperationException">Forward has not run yet, or another thread is using this pass.</exception>
    public ModelState FinalState
    {
        get
        {
            using OneAtATime.Turn turn = Enter();
            ThrowUnless(Progress.Forward, "call Forward first");
            return _finalState!;
        }
    }

    /// <summary>The gradient of the input, of the input's shape, 0 beyond a row's length, after a backward run that computed it; overwritten by
    /// the next one.</summary>
    /// <exception cref="InvalidOperationException">Backward has not run since the last forward run, or left this out, the model takes
    /// tokens, which have no gradient, or another thread is using this pass.</exception>
    public ReadOnlyTensorSpan<float> InputGradient
    {
        get
        {
            using OneAtATime.Turn turn = Enter();
            if (Model.VocabularySize is not null)
            {
                throw new InvalidOperationException(
                    $"SequencePass: the input of {Model} is tokens, which have no gradient; look at that of {Model.Parameters[0]} in its place.");
            }

            ThrowUnless(Progress.BackwardToInput, "call Forward, then Backward with wantInputGradient true");
            int count = SequenceLength * BatchSize * Model.InputSize;
            return new ReadOnlyTensorSpan<float>(_inputGradient.AsSpan(0, count), [SequenceLength, BatchSize, Model.InputSize]);
        }
    }

    /// <summary>The gradients of the initial states after a backward run; overwritten by the next one.</summary>
    /// <exception cref="InvalidOperationException">Backward has not run since the last forward run, or another thread is using this
    /// pass.</exception>
    public ModelState InitialStateGradient
    {
        get
        {
            using OneAtATime.Turn turn = Enter();
            ThrowUnless(Progress.Backward, "call Forward, then Backward");
            return _initialStateGradient!;
        }
    }

    /// <summary>The values of <see cref="Output"/>, row-major, as losses take them; overwritten by the next forward run.</summary>
    /// <exception cref="InvalidOperationException">Forward has not run yet, or another thread is using this pass.</exception>
    public ReadOnlySpan<float> OutputValues
    {
        get
        {
            using OneAtATime.Turn turn = Enter();
            return OutputOfLastRun();
        }
    }

    private ReadOnlySpan<float> OutputOfLastRun()
    {
        ThrowUnless(Progress.Forward, "call Forward first");
        return _output.AsSpan(0, OutputLength * BatchSize * Model.OutputSize);
    }
}
