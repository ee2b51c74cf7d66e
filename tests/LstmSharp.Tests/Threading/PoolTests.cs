using LstmSharp.Threading;

namespace LstmSharp.Tests.Threading;

public sealed class PoolTests
{
    [Fact]
    public void Rent_AfterSeveralReturns_HandsAllOfThemOutAgain()
    {
        int made = 0;
        var pool = new Pool<object>(() =>
        {
            made++;
            return new object();
        });
        object[] first = [pool.Rent(), pool.Rent(), pool.Rent()];
        Array.ForEach(first, pool.Return);

        object[] second = [pool.Rent(), pool.Rent(), pool.Rent()];

        second.All(item => first.Contains(item)).Should().BeTrue();
        second.Should().OnlyHaveUniqueItems();
        made.Should().Be(3);
    }
}
