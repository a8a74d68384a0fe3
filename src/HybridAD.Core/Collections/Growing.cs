using System.Runtime.CompilerServices;

namespace HybridAD.Collections;

/// <summary>
/// An array that grows, also used as a stack. Its code, unlike that of <see cref="List{T}"/> and of spans over the library's own structs, can be compiled ahead of time
/// together with the element types, which is worth milliseconds before the first Jacobian of a short-lived process; hence the untyped copies.
/// </summary>
internal sealed class Growing<T>
{
    private readonly FreeArrays<T>? _arrays;
    private T[] _items;
    private int _count;

    /// <summary>An empty one.</summary>
    public Growing(int capacity = 16) => _items = Uncleared(Math.Max(4, capacity));

    /// <summary>An empty one in lent arrays, of which larger ones cost nothing; its own is given back with all that are lent.</summary>
    public Growing(FreeArrays<T> arrays, int capacity = 128)
    {
        _arrays = arrays;
        _items = arrays.Rent(Math.Max(4, capacity));
    }

    /// <summary>The elements; only the first <see cref="Count"/> are meant.</summary>
    public T[] Items => _items;

    public int Count => _count;

    /// <summary>An element.</summary>
    public ref T this[int index] => ref _items[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T item)
    {
        var (items, count) = (_items, _count);
        if ((uint)count >= (uint)items.Length)
            items = Grow();
        items[count] = item;
        _count = count + 1;
    }

    public void AddRange(ReadOnlySpan<T> items) => items.CopyTo(Extend(items.Length));

    /// <summary>Makes room for so many elements in all; if there is not room enough, for twice as many as there are at least, so that it may be asked for often.</summary>
    public void Reserve(int count)
    {
        if (count > _items.Length)
            Move(Math.Max(count, (int)Math.Min(2L * _count, Array.MaxLength)));
    }

    /// <summary>Adds elements that are whatever was there before, for the caller to write.</summary>
    public Span<T> Extend(int count)
    {
        Reserve(checked(_count + count));
        _count += count;
        return _items.AsSpan(_count - count, count);
    }

    public void Push(T item) => Add(item);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPop(out T item)
    {
        var count = _count - 1;
        if (count < 0)
        {
            item = default!;
            return false;
        }
        item = _items[count];
        _count = count;
        return true;
    }

    public void Clear() => _count = 0;

    /// <summary>Keeps the first elements only.</summary>
    public void Truncate(int count) => _count = Math.Min(count, _count);

    public T[] ToArray() => Copy(_count);

    /// <summary>The elements in an array of their own; nothing may be added after. Where there is room for just so many, nothing is copied.</summary>
    public T[] Take() => _count == _items.Length && _arrays is null ? _items : Copy(_count);

    public Enumerator GetEnumerator() => new(_items, _count);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T[] Grow() => Move(checked(2 * _count));

    private T[] Move(int length)
    {
        var before = _items;
        if (_arrays is null)
            return _items = Copy(length);
        _items = _arrays.Rent(length);
        Array.Copy(before, _items, _count);
        _arrays.Return(before);
        return _items;
    }

    private T[] Copy(int length)
    {
        // What follows the elements is written before it is read.
        var copy = Uncleared(length);
        Array.Copy(_items, copy, Math.Min(_count, length));
        return copy;
    }

    /// <summary>An array whose elements are to be written before they are read.</summary>
    // Only for numbers: over a structure of the library the framework's method would be compiled when it is first used.
    public static T[] Uncleared(int length)
    {
        if (typeof(T) == typeof(int))
            return (T[])(object)FreshPages.Uncleared<int>(length);
        if (typeof(T) == typeof(double))
            return (T[])(object)FreshPages.Uncleared<double>(length);
        var array = new T[length];
        FreshPages.Populate(array);
        return array;
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
