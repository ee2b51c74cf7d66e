namespace LstmSharp.Kernels;

/// <summary>Hands out reusable objects to any number of threads; warm, it allocates nothing.</summary>
/// <param name="create">Makes one where none is at rest.</param>
internal sealed class Pool<T>(Func<T> create)
    where T : class
{
    private readonly Stack<T> _resting = new();

    public T Rent()
    {
        lock (_resting)
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
        lock (_resting)
        {
            _resting.Push(item);
        }
    }
}
