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

    /// <summary>Adds elements.</summary>
    /// <param name="items">The elements.</param>
    /// <param name="expected">How many there will probably be in all: if there is no room for these, room is made for so many.</param>
    public void AddRange(ReadOnlySpan<T> items, int expected = 0)
    {
        if (Count + items.Length > Items.Length)
            Reserve(Math.Max(checked(Count + items.Length), expected));
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

    /// <summary>The elements in an array of their own; nothing may be added after. Where room was made for just so many, nothing is copied.</summary>
    public T[] Take() => Count == Items.Length ? Items : Copy(Count);

    /// <summary>Makes room for so many elements in all; at least twice as many as there are, if there is not room enough, so that it may be asked for often.</summary>
    public void Reserve(int count)
    {
        if (count > Items.Length)
            Items = Copy(Math.Max(count, (int)Math.Min(2L * Count, Array.MaxLength)));
    }

    public Enumerator GetEnumerator() => new(Items, Count);

    private T[] Copy(int length)
    {
        // What follows the elements is written before it is read.
        var copy = GC.AllocateUninitializedArray<T>(length);
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
