namespace LstmSharp.Tests.Cells;

public sealed class LstmGateWeightsTests
{
    [Fact]
    public void Type_Default_IsNoGateWithoutACell() => typeof(LstmGateWeights).IsClass.Should().BeTrue();
}
