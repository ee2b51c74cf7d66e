namespace LstmSharp.Tests.Models;

public sealed class SequenceModelBuilderTests
{
    [Fact]
    public void Build_UnknownInitialization_IsRefusedAndTheLayersStay()
    {
        SequenceModelBuilder builder = SequenceModel.Create(3).Lstm(4).Dense(2);

        builder.Invoking(b => b.Build(seed: 1, (WeightInitialization)2)).Should().Throw<ArgumentOutOfRangeException>()
            .WithParameterName("initialization");

        SequenceModel expected = SequenceModel.Create(3).Lstm(4).Dense(2).Build(seed: 1);
        builder.Build(seed: 1).Parameters.SelectMany(p => p.Values.ToArray())
            .Should().Equal(expected.Parameters.SelectMany(p => p.Values.ToArray()));
    }

    [Fact]
    public void Flatten_WhereOnlyOneStepArrives_TakesNoOtherLength()
    {
        new Action(() => SequenceModel.Create(4).Flatten(5).Flatten(7)).Should().Throw<ArgumentException>()
            .WithParameterName("sequenceLength")
            .WithMessage("Flatten(7 × 20): sequenceLength must be 1, as a layer before lets only one step through, but is 7.*");
        new Action(() => SequenceModel.Create(4).TakeLast().Lstm(3).Flatten(5)).Should().Throw<ArgumentException>()
            .WithMessage("Flatten(5 × 3): sequenceLength must be 1*");
    }

    [Fact]
    public void Flatten_OfOneStepWhereOneArrives_IsAllowed()
    {
        SequenceModel model = SequenceModel.Create(4).TakeLast().Flatten(1).Lstm(3).Flatten(1).Build();

        model.OutputLength(9).Should().Be(1);
        model.OutputSize.Should().Be(3);
    }

    [Fact]
    public void TakeLast_OneLayerTooMany_IsRefused()
    {
        SequenceModelBuilder builder = SequenceModel.Create(1);
        for (int n = 0; n < 1000; n++)
        {
            builder.TakeLast();
        }

        builder.Invoking(b => b.TakeLast()).Should().Throw<InvalidOperationException>().WithMessage("*at most 1000 layers*");
        builder.Build().Layers.Should().HaveCount(1000);
    }

    [Fact]
    public void AnyMethod_AfterBuild_IsRefusedWithTheRemedy()
    {
        SequenceModelBuilder builder = SequenceModel.Create(3).Lstm(4);
        SequenceModel model = builder.Build();
        builder.Invoking(b => b.Dense(1)).Should().Throw<InvalidOperationException>().WithMessage("*start another with SequenceModel.Create*");
        builder.Invoking(b => b.Build()).Should().Throw<InvalidOperationException>().WithMessage("*built already*");
        model.Layers.Should().HaveCount(1);
    }
}
