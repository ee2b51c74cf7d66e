using System.Globalization;
using System.Numerics.Tensors;
using LstmSharp.Tests.Golden;
using Xunit.Abstractions;

namespace LstmSharp.Tests.Models;

/// <summary>The recurrent layers against libtorch's numbers: outputs, final states and every gradient.</summary>
public sealed class RecurrentGoldenTests(ITestOutputHelper output)
{
    private const double WorstAllowed = 1e-5;

    [Theory]
    [InlineData("rnn_tanh")]
    [InlineData("rnn_tanh_wide")]
    [InlineData("rnn_tanh_single_step")]
    [InlineData("rnn_relu")]
    [InlineData("rnn_relu_wide")]
    [InlineData("rnn_relu_single_step")]
    [InlineData("lstm")]
    [InlineData("lstm_wide")]
    [InlineData("lstm_single_step")]
    [InlineData("lstm_3layer_long")]
    [InlineData("rnn_tanh_bidirectional_2layer")]
    [InlineData("rnn_relu_bidirectional_2layer")]
    [InlineData("lstm_bidirectional_2layer")]
    [InlineData("gru")]
    [InlineData("gru_wide")]
    [InlineData("gru_single_step")]
    [InlineData("gru_bidirectional_2layer")]
    public void ForwardAndBackward_Libtorch_Agrees(string name)
    {
        GoldenFile golden = GoldenFile.Read(name);
        SequenceModel model = Load(golden);
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        pass.Forward(Tensor3(golden, "x"), States(model, golden, "h0", "c0"));
        pass.Backward(Tensor3(golden, "dy"), gradients, States(model, golden, "dhn", "dcn"));

        double forward = Math.Max(
            Tolerance.WorstError(pass.OutputValues, golden.Floats("y")), WorstOfStates(pass.FinalState, golden, "hn", "cn"));
        double backward = WorstOfStates(pass.InitialStateGradient, golden, "grad.h0", "grad.c0");
        float[] inputGradient = new float[golden.Floats("x").Length];
        pass.InputGradient.FlattenTo(inputGradient);
        backward = Math.Max(backward, Tolerance.WorstError(inputGradient, golden.Floats("grad.x")));
        foreach (Parameter gradient in gradients)
        {
            float[] expected = golden.Floats($"grad.{TorchName(gradient.Name)}");
            backward = Math.Max(backward, Tolerance.WorstError(gradient.Values, expected.AsSpan(expected.Length - gradient.Count)));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: worst error forward {forward:e2}, backward {backward:e2}"));
        forward.Should().BeLessThanOrEqualTo(WorstAllowed);
        backward.Should().BeLessThanOrEqualTo(WorstAllowed);
    }

    private static SequenceModel Load(GoldenFile golden)
    {
        string kind = golden.Text("kind")!;
        int hiddenSize = (int)golden.Number("H", 0), layers = (int)golden.Number("layers", 1);
        SequenceModelBuilder builder = SequenceModel.Create((int)golden.Number("I", 0));
        SequenceModelBuilder Add(SequenceModelBuilder layers) => kind switch
        {
            "lstm" => layers.Lstm(hiddenSize),
            "gru" => layers.Gru(hiddenSize),
            "rnn_tanh" => layers.VanillaRnn(hiddenSize),
            "rnn_relu" => layers.VanillaRnn(hiddenSize, Activation.Relu),
            _ => throw new ArgumentException($"There is no layer for {kind}."),
        };
        bool isBidirectional = golden.Text("bidirectional") == "true";
        for (int layer = 0; layer < layers; layer++)
        {
            builder = isBidirectional ? builder.Bidirectional(direction => Add(direction)) : Add(builder);
        }

        return Load(golden, builder.Build());
    }

    private static SequenceModel Load(GoldenFile golden, SequenceModel model)
    {
        foreach (Parameter parameter in model.Parameters)
        {
            string torch = TorchName(parameter.Name);
            float[] values = golden.Floats(torch);
            parameter.CopyFrom(values.AsSpan(values.Length - parameter.Count));
            if (torch.StartsWith("bias_ih", StringComparison.Ordinal))
            {
                float[] second = golden.Floats(torch.Replace("_ih_", "_hh_", StringComparison.Ordinal));
                int added = golden.Text("kind") == "gru" ? 2 * second.Length / 3 : second.Length;
                parameter.Edit(bias => TensorPrimitives.Add(bias[..added], second.AsSpan(0, added), bias));
            }
        }

        return model;
    }

    /// <summary>A packed sequence: rows of different length, each read backward from its own last step.</summary>
    [Fact]
    public void ForwardAndBackward_LibtorchWithLengths_Agrees()
    {
        GoldenFile golden = GoldenFile.Read("lstm_bidirectional_lengths");
        int hiddenSize = (int)golden.Number("H", 0);
        SequenceModel model = Load(
            golden, SequenceModel.Create((int)golden.Number("I", 0)).Bidirectional(direction => direction.Lstm(hiddenSize)).Build());
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        int[] lengths = Array.ConvertAll(golden.Integers("lengths"), length => (int)length);
        pass.Forward(new SequenceInput(Tensor3(golden, "x"), lengths));
        pass.Backward(Tensor3(golden, "dy"), gradients);

        float[] inputGradient = new float[golden.Floats("x").Length];
        pass.InputGradient.FlattenTo(inputGradient);
        double worst = Math.Max(
            Math.Max(Tolerance.WorstError(pass.OutputValues, golden.Floats("y")), WorstOfStates(pass.FinalState, golden, "hn", "cn")),
            Tolerance.WorstError(inputGradient, golden.Floats("grad.x")));
        foreach (Parameter gradient in gradients)
        {
            worst = Math.Max(worst, Tolerance.WorstError(gradient.Values, golden.Floats($"grad.{TorchName(gradient.Name)}")));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"lstm_bidirectional_lengths: worst error {worst:e2}"));
        worst.Should().BeLessThanOrEqualTo(WorstAllowed);
    }

    /// <summary>1.Bias is bias_ih_l1 there, whose gradient is also that of our one bias; 1.RecurrentBias is the end of bias_hh_l1.</summary>
    private static string TorchName(string name)
    {
        string[] parts = name.Split('.');
        string torch = parts[^1] switch
        {
            "InputWeights" => "weight_ih",
            "RecurrentWeights" => "weight_hh",
            "RecurrentBias" => "bias_hh",
            _ => "bias_ih",
        };
        return $"{torch}_l{parts[0]}{(parts is [_, "1", _] ? "_reverse" : string.Empty)}";
    }

    private static ReadOnlyTensorSpan<float> Tensor3(GoldenFile golden, string name) =>
        new(golden.Floats(name), Array.ConvertAll(golden.Shape(name), size => (nint)size));

    private static ModelState States(SequenceModel model, GoldenFile golden, string hidden, string cell)
    {
        ModelState states = model.CreateState((int)golden.Number("B", 0));
        for (int layer = 0; layer < states.Count; layer++)
        {
            Layer(golden, hidden, layer, states[layer]).CopyTo(states[layer].Hidden);
            if (states[layer] is LstmState lstm)
            {
                Layer(golden, cell, layer, lstm).CopyTo(lstm.Cell);
            }
        }

        return states;
    }

    private static ReadOnlySpan<float> Layer(GoldenFile golden, string name, int layer, CellState state) =>
        golden.Floats(name).AsSpan(layer * state.Hidden.Length, state.Hidden.Length);

    private static double WorstOfStates(ModelState states, GoldenFile golden, string hidden, string cell)
    {
        double worst = 0;
        for (int layer = 0; layer < states.Count; layer++)
        {
            worst = Math.Max(worst, Tolerance.WorstError(states[layer].Hidden, Layer(golden, hidden, layer, states[layer])));
            if (states[layer] is LstmState lstm)
            {
                worst = Math.Max(worst, Tolerance.WorstError(lstm.Cell, Layer(golden, cell, layer, lstm)));
            }
        }

        return worst;
    }
}
