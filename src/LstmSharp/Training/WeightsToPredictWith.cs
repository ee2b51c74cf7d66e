namespace LstmSharp;

/// <summary>What a run leaves in its model to predict with: the weights of the best epoch, the moving average of all steps, or those of the
/// last step.</summary>
internal sealed class WeightsToPredictWith(ParameterSet weights, TrainingOptions options)
{
    /// <summary>The weights of the best epoch; null where there is no validation to tell it.</summary>
    public BestWeights? Best { get; } = options.Validation is null ? null : new BestWeights(weights);

    /// <summary>The moving average; null where there is none.</summary>
    public AveragedWeights? Average { get; } = options.WeightAveraging is { } rule ? new AveragedWeights(weights, rule) : null;

    /// <summary>Whether an epoch was ever validated.</summary>
    public bool IsBestKnown => Best is { IsKnown: true };

    /// <summary>Begins a new run.</summary>
    public void Begin() => Average?.Begin();

    /// <summary>Takes the weights after a step into the average, which begins anew with those of the first one.</summary>
    public void TakeStep(bool isFirst)
    {
        if (isFirst)
        {
            Average?.Begin();
        }
        else
        {
            Average?.Add();
        }
    }

    /// <summary>Leaves the best weights where they are wanted and known, or else the average of at least one step.</summary>
    public void LeaveInModel(bool wantsBest, bool hasTrained)
    {
        if (wantsBest && IsBestKnown)
        {
            Best!.Restore();
        }
        else if (hasTrained)
        {
            Average?.Exchange();
        }
    }
}
