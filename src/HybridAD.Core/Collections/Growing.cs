namespace HybridAD.Collections;

/// <summary>
/// An array that grows, also used as a stack. Its code, unlike that of <see cref="List{T}"/> and of spans over the library's own structs, can be compiled ahead of time
/// together with the element types, which is worth milliseconds before the first Jacobian of a short-lived process; hence the untyped copies.
/// </summary>
internal sealed class Growing<T>(int capacity = 16)
{
    /// <summary>The elements; only the first <see cref="Count"/> are meant.</summary>
    public T[] Items { get; private set; } = new T[Math.Max(4, capacity)];

    public int Count { get; private set; }

    /// <summary>An element.</summary>
    public ref T this[int index] => ref Items[index];

    public void Add(T item)
    {
        if (Count == Items.Length)
            Items = Copy(checked(2 * Count));
        Items[Count++] = item;
    }

    public void AddRange(ReadOnlySpan<T> items)
    {
        if (Count + items.Length > Items.Length)
            Items = Copy(Math.Max(checked(Count + items.Length), (int)Math.Min(2L * Count, Array.MaxLength)));
        items.CopyTo(Items.AsSpan(Count));
        Count += items.Length;
    }

    public void Push(T item) => Add(item);

    public bool TryPop(out T item)
    {
        if (Count == 0)
        {
            item = default!;
            return false;
        }
        item = Items[--Count];
        return true;
    }

    public void Clear() => Count = 0;

    /// <summary>Keeps the first elements only.</summary>
    public void Truncate(int count) => Count = Math.Min(count, Count);

    public T[] ToArray() => Copy(Count);

    public Enumerator GetEnumerator() => new(Items, Count);

    private T[] Copy(int length)
    {
        var copy = new T[length];
        Array.Copy(Items, copy, Math.Min(Count, length));
        return copy;
    }

    /// <summary>Goes through the elements that were there when it was asked for.</summary>
    public struct Enumerator(T[] items, int count)
    {
        private int _index = -1;

        /// <summary>The element.</summary>
        public readonly T Current => items[_index];

        public bool MoveNext() => ++_index < count;
    }
}
