using LstmSharp.Threading;

namespace LstmSharp.Tests.Threading;

public sealed class WorkerPoolTests
{
    [Fact]
    public void Rent_ForManyCrewsAtOnce_MakesNoMoreThreadsThanProcessorsOrOneCrewNeed()
    {
        int most = Math.Max(Environment.ProcessorCount, Crew.Most) - 1; // other tests may ask for a whole crew
        Crew[] crews = [.. Enumerable.Range(0, (most / 3) + 2).Select(_ => new Crew())];
        Array.ForEach(crews, crew => crew.Gather(4));
        int count = WorkerPool.Count;
        Array.ForEach(crews, crew => crew.Dismiss());

        count.Should().BeInRange(1, most);
    }
}
