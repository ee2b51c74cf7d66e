using System.Numerics.Tensors;
using LstmSharp.Tests.Models;

namespace LstmSharp.Tests.Diagnostics;

/// <summary>What holds of the trace of any run, to the last bit: rows of any length, values or tokens, masks, given states.</summary>
public sealed class GateTraceLawTests
{
    private const int Cases = 40;

    [Fact]
    public void Record_AnyRun_HasTheBitsOfItsPredictions() => ForEachCase(run =>
    {
        SequenceModel model = run.Model;
        ModelState final = model.CreateState(run.BatchSize);
        model.Predict(run.ToInput(), run.InitialState, final);

        GateTrace trace = GateTrace.Record(model, run.ToInput(), run.InitialState);

        trace.Layers.Should().HaveCount(final.Count);
        for (int n = 0; n < final.Count; n++)
        {
            LayerTrace layer = trace.Layers[n];
            if (!IsInside(layer, run))
            {
                ValuesOf(layer.Hidden).ShouldHaveTheBitsOf(ValuesOf(OutputsOf(run, layer.LayerIndex + 1)), "h of {0} of {1}", layer, run);
            }

            layer.PartNames.Should().Equal(final[n].Parts.Select(part => part.Name));
            for (int part = 0; part < final[n].Parts.Count; part++)
            {
                for (int row = 0; row < run.BatchSize; row++)
                {
                    int length = layer.Lengths[row];
                    float[] expected = [.. final[n].Parts[part].Row(row)];
                    float[] last = length == 0
                        ? [.. run.InitialState[n].Parts[part].Row(row)]
                        : RowOf(layer.Part(layer.PartNames[part]), layer.IsBackward ? 0 : length - 1, row);
                    last.ShouldHaveTheBitsOf(expected, "row {0} of {1} of {2}", row, layer, run);
                }
            }
        }
    });

    [Fact]
    public void Record_ARowOfABatch_HasTheBitsOfTheRowAlone() => ForEachCase(run =>
    {
        GateTrace trace = GateTrace.Record(run.Model, run.ToInput(), run.InitialState);
        for (int row = 0; row < run.Lengths.Length; row++)
        {
            ModelRun rowAlone = run.Row(row);
            GateTrace alone = GateTrace.Record(run.Model, rowAlone.ToInput(), rowAlone.InitialState);
            for (int n = 0; n < trace.Layers.Count; n++)
            {
                LayerTrace layer = trace.Layers[n], expected = alone.Layers[n];
                layer.Lengths[row].Should().Be(expected.SequenceLength);
                Tensor<float>[] actual = [.. ValuesBy(layer)], ofRow = [.. ValuesBy(expected)];
                for (int i = 0; i < actual.Length; i++)
                {
                    for (int t = 0; t < layer.SequenceLength; t++)
                    {
                        float[] zeros = new float[layer.HiddenSize];
                        RowOf(actual[i], t, row).ShouldHaveTheBitsOf(
                            t < layer.Lengths[row] ? RowOf(ofRow[i], t, 0) : zeros, "step {0} of row {1} of {2} of {3}", t, row, layer, run);
                    }
                }
            }
        }
    });

    [Fact]
    public void Record_Lstm_HasTheGatesOfItsCellSteppedFromTheTracesStates() => ForEachCase(run =>
    {
        GateTrace trace = GateTrace.Record(run.Model, run.ToInput(), run.InitialState);
        foreach ((int n, LayerTrace layer) in trace.Layers.Index())
        {
            if (IsInside(layer, run) || layer.Layer.Cell is not LstmCell)
            {
                continue;
            }

            var cell = (LstmCell)layer.Layer.Cell;
            var previous = (LstmState)run.InitialState[n];
            Tensor<float> input = OutputsOf(run, layer.LayerIndex);
            for (int t = 0; t < layer.SequenceLength; t++)
            {
                var activations = new LstmGateActivations(run.BatchSize, layer.HiddenSize);
                cell.Step(TensorValues.Step(input, t), previous, cell.CreateState(run.BatchSize), activations);
                foreach (LstmGate gate in Enum.GetValues<LstmGate>())
                {
                    for (int row = 0; row < run.BatchSize; row++)
                    {
                        float[] expected = [.. activations[gate].Slice(row * layer.HiddenSize, layer.HiddenSize)];
                        RowOf(layer[gate], t, row).ShouldHaveTheBitsOf(
                            t < layer.Lengths[row] ? expected : new float[layer.HiddenSize], "{0} at step {1} of {2}", gate, t, run);
                    }

                    layer[gate.ToString()].Should().BeSameAs(layer[gate]);
                }

                previous = cell.CreateState(run.BatchSize);
                TensorValues.Step(layer.Hidden, t).CopyTo(previous.Hidden);
                TensorValues.Step(layer.Cell, t).CopyTo(previous.Cell);
            }
        }
    });

    private static void ForEachCase(Action<ModelRun> check)
    {
        for (int seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            int length = RandomModels.Length(random), rows = RandomModels.BatchSize(random);
            ModelRun[] runs =
            [
                ModelRun.Draw(RandomModels.Draw(random, length), length, rows, random),
                ModelRun.DrawRagged(RandomModels.DrawForRaggedRows(random), length, rows, random),
                ModelRun.DrawRagged(RandomModels.DrawForTraining(random), length, rows, random),
                ModelRun.DrawRagged(RandomModels.DrawForTokens(random), length, rows, random),
            ];
            foreach (ModelRun run in runs)
            {
                run.Model.MaxDegreeOfParallelism = random.Next(1, 4);
                run.Model.LeastOperationsToShare = 0;
                check(run);
            }
        }
    }

    /// <summary>Whether a layer stands inside another, whose output is not its own.</summary>
    private static bool IsInside(LayerTrace layer, ModelRun run) => run.Model.Layers[layer.LayerIndex] != layer.Layer;

    /// <summary>What the first layers of a model make of a run's input; of none, the input itself.</summary>
    private static Tensor<float> OutputsOf(ModelRun run, int layers)
    {
        if (layers == 0)
        {
            return Tensor.Create(run.Input, [run.Length, run.BatchSize, run.Model.InputSize]);
        }

        var below = new SequenceModel(run.Model.InputSize, [.. run.Model.Layers.Take(layers)]);
        ModelState initial = new([.. run.InitialState.Take(below.CreateState(1).Count)], run.BatchSize);
        return below.Predict(run.ToInput(), initial);
    }

    private static IEnumerable<Tensor<float>> ValuesBy(LayerTrace layer) =>
        layer.PartNames.Select(layer.Part).Concat(layer.GateNames.Select(gate => layer[gate]));

    private static float[] RowOf(Tensor<float> sequence, int t, int row)
    {
        int width = (int)sequence.Lengths[2];
        return [.. TensorValues.Step(sequence, t).Slice(row * width, width)];
    }

    private static float[] ValuesOf(Tensor<float> tensor) => [.. TensorValues.Of(tensor)];
}
