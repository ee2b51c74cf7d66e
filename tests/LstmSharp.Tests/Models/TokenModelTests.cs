using System.Numerics.Tensors;

namespace LstmSharp.Tests.Models;

/// <summary>Models that take tokens: padding, initialization, and what is refused in which words.</summary>
public sealed class TokenModelTests
{
    private const int Vocabulary = 10;
    private const int Padding = 3;

    [Theory]
    [InlineData(WeightInitialization.GlorotOrthogonal)]
    [InlineData(WeightInitialization.PyTorchUniform)]
    public void Build_Embedding_IsDrawnFromTheSeedWithAPaddingRowOfZeros(WeightInitialization initialization)
    {
        SequenceModel Build(int seed) => SequenceModel.CreateForTokens(2_000, 20, Padding).Build(seed, initialization);
        float[] weights = Build(1).Parameters[0].Values.ToArray();
        weights.ShouldHaveTheBitsOf(Build(1).Parameters[0].Values);
        weights.Should().NotEqual(Build(2).Parameters[0].Values.ToArray());
        weights[(Padding * 20)..((Padding + 1) * 20)].Should().OnlyContain(value => value == 0);
        weights.Average().Should().BeApproximately(0, 0.02f);
        double deviation = Math.Sqrt(weights.Average(value => (double)value * value));
        deviation.Should().BeApproximately(initialization == WeightInitialization.PyTorchUniform ? 1 : 0.05 / Math.Sqrt(3), 0.02);
    }

    [Fact]
    public void Predict_PaddingToken_GivesZerosWhateverItsRowHolds()
    {
        SequenceModel model = SequenceModel.CreateForTokens(Vocabulary, 5, Padding).Build();
        model.Parameters[0].Edit(static values => values.Fill(7));
        float[] output = [.. model.Predict(Tensor.Create([Padding, 1], [2, 1]))];
        output.Should().Equal(0, 0, 0, 0, 0, 7, 7, 7, 7, 7);
    }

    public static TheoryData<Func<Optimizer>> Optimizers =>
    [
        () => new Sgd(0.1f, momentum: 0.9f, weightDecay: 0.1f),
        () => new Adam(0.1f, weightDecay: 0.1f, amsgrad: true),
        () => new AdamW(0.1f, weightDecay: 0.1f),
        () => new RmsProp(0.1f, momentum: 0.5f, centered: true, weightDecay: 0.1f),
    ];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Step_PaddingRow_StaysZeroAndUnusedRowsGetNoGradient(Func<Optimizer> create)
    {
        SequenceModel model = SequenceModel.CreateForTokens(Vocabulary, 5, Padding).Lstm(4).Build(seed: 1);
        Optimizer optimizer = create();
        SequencePass pass = model.CreatePass();
        ParameterSet gradients = model.Parameters.CreateZeros();
        float[] upstream = RandomValues.Uniform(new Random(1), 3 * 2 * 4);
        for (int step = 0; step < 5; step++)
        {
            pass.Forward(Tensor.Create([0, 1, Padding, 2, 4, Padding], [3, 2]));
            gradients.Clear();
            pass.Backward(new ReadOnlyTensorSpan<float>(upstream, [3, 2, 4]), gradients);
            int[] touched = [.. Enumerable.Range(0, Vocabulary).Where(token => gradients[0].Values.Slice(token * 5, 5).ContainsAnyExcept(0f))];
            touched.Should().Equal(0, 1, 2, 4);
            optimizer.Step(model.Parameters, gradients);
        }

        model.Parameters[0].Values.Slice(Padding * 5, 5).ToArray().Should().OnlyContain(value => value == 0);
    }

    [Fact]
    public void Predict_TokenOutsideTheVocabulary_IsRefusedWithNumberRangeAndPlace()
    {
        SequenceModel model = SequenceModel.CreateForTokens(Vocabulary, 5).Lstm(4).Build();
        Tensor<int> tokens = Tensor.Create([1, 2, 3, 4, 5, 10], [3, 2]);
        const string expected =
            "SequenceModel: tokens must be from 0 to 9, the vocabulary of Embedding(10 => 5, 50 parameters), " +
            "but that at step 2 of row 1 is 10. (Parameter 'input')";
        foreach (Action act in (Action[])
            [() => model.Predict(tokens), () => model.CreatePass().Forward(tokens), () => model.Predict(new SequenceInput(tokens, [0, 3]))])
        {
            act.Should().Throw<ArgumentException>().WithMessage(expected);
        }

        model.Predict(new SequenceInput(tokens, [3, 2])).Lengths[0].Should().Be(3); // beyond the row's length
        tokens[0, 0] = -1;
        ((Action)(() => model.Predict(tokens))).Should().Throw<ArgumentException>().WithMessage("*step 0 of row 0 is -1*");
        float[] output = new float[4];
        SequenceStream stream = model.OpenStream();
        ((Action)(() => stream.Step([10], output))).Should().Throw<ArgumentException>().WithMessage("*step 0 of row 0 is 10*");
    }

    [Fact]
    public void Predict_ValuesForTokensOrTheOtherWayRound_IsRefused()
    {
        SequenceModel ofTokens = SequenceModel.CreateForTokens(Vocabulary, 5).Build(), ofValues = SequenceModel.Create(2).Lstm(3).Build();
        Tensor<float> values = Tensor.CreateFromShape<float>([4, 1, 1]);
        Tensor<int> tokens = Tensor.CreateFromShape<int>([4, 1]);
        float[] output = new float[5];
        SequenceStream streamOfTokens = ofTokens.OpenStream(), streamOfValues = ofValues.OpenStream();
        foreach (Action act in (Action[])[() => ofTokens.Predict(values), () => streamOfTokens.Step([0.5f], output)])
        {
            act.Should().Throw<ArgumentException>().WithMessage(
                "SequenceModel: input must hold tokens from 0 to 9, as Embedding(10 => 5, 50 parameters) takes, but holds values;*Tensor<int>*");
        }

        foreach (Action act in (Action[])[() => ofValues.Predict(tokens), () => streamOfValues.Step([1, 2], output)])
        {
            act.Should().Throw<ArgumentException>().WithMessage(
                "SequenceModel: input must hold values, 2 a step, but holds tokens;*SequenceModel.CreateForTokens*");
        }

        ((Action)(() => ofTokens.Predict(Tensor.CreateFromShape<int>([4, 1, 1])))).Should().Throw<ArgumentException>().WithMessage(
            "SequenceModel: input must have shape [SequenceLength, BatchSize], but has [4, 1, 1]*");
        ((Action)(() => GateTrace.Record(ofTokens, values))).Should().Throw<ArgumentException>().WithMessage("*must hold tokens*");
    }

    [Fact]
    public void InputGradient_OfTokens_DoesNotExist()
    {
        SequenceModel model = SequenceModel.CreateForTokens(Vocabulary, 5).Build();
        SequencePass pass = model.CreatePass();
        pass.Forward(Tensor.CreateFromShape<int>([1, 1]));
        pass.Backward(Tensor.CreateFromShape<float>([1, 1, 5]), model.Parameters.CreateZeros(), wantInputGradient: true);
        Action read = () => _ = pass.InputGradient;
        read.Should().Throw<InvalidOperationException>().WithMessage("*tokens, which have no gradient*0.Weights*");
    }

    [Theory]
    [InlineData(0, 1, null, "*vocabularySize*")]
    [InlineData(1, 0, null, "*embeddingSize*")]
    [InlineData(4, 1, 4, "Embedding(4 => 1): paddingToken must be from 0 to 3.*")]
    [InlineData(4, 1, -1, "Embedding(4 => 1): paddingToken must be from 0 to 3.*")]
    [InlineData(2_000_000_000, 2, null, "Embedding(2000000000 => 2): must hold at most*")]
    public void CreateForTokens_SizesThatDoNotFit_AreRefused(int vocabularySize, int embeddingSize, int? paddingToken, string message)
    {
        Action create = () => SequenceModel.CreateForTokens(vocabularySize, embeddingSize, paddingToken);
        create.Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void ToString_OfAModelOfTokens_SaysSo()
    {
        SequenceModel model = SequenceModel.CreateForTokens(Vocabulary, 5, Padding).TakeLast().Build();
        model.ToString().Should().Be("SequenceModel(token => Embedding(10 => 5, padding 3, 50 parameters) => TakeLast(5), 50 parameters)");
        model.VocabularySize.Should().Be(Vocabulary);
        SequenceModel.Create(1).Lstm(1).Build().VocabularySize.Should().BeNull();
        new SequenceInput(Tensor.CreateFromShape<int>([4, 1]), [3]).ToString().Should().Be("SequenceInput(tokens [4, 1], with lengths)");
    }
}
