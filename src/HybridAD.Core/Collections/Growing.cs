namespace HybridAD.Collections;

/// <summary>
/// An array that grows. Unlike <see cref="List{T}"/> its code can be compiled ahead of time together with the library's own element types, which
/// is worth milliseconds before the first Jacobian of a short-lived process.
/// </summary>
internal sealed class Growing<T>(int capacity = 16)
{
    private T[] _items = new T[Math.Max(4, capacity)];

    public int Count { get; private set; }

    public Span<T> Span => _items.AsSpan(0, Count);

    public void Add(T item)
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, checked(2 * Count));
        _items[Count++] = item;
    }

    public T[] ToArray() => Span.ToArray();
}
