namespace LstmSharp.Threading;

/// <summary>Hands out reusable objects to any number of threads; warm, it allocates nothing.</summary>
/// <param name="create">Makes one where none is at rest.</param>
internal sealed class Pool<T>(Func<T> create)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Stack<T> _resting = new();

    /// <summary>One at rest beside the others, for which nobody needs the lock.</summary>
    private T? _first;

    public T Rent()
    {
        if (Interlocked.Exchange(ref _first, null) is { } first)
        {
            return first;
        }

        using (Uninterrupted.Enter(_lock))
        {
            if (_resting.TryPop(out T? item))
            {
                return item;
            }
        }

        return create();
    }

    public void Return(T item)
    {
        if (Interlocked.CompareExchange(ref _first, item, null) is not null)
        {
            using (Uninterrupted.Enter(_lock))
            {
                _resting.Push(item);
            }
        }
    }
}
