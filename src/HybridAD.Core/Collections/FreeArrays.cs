using System.Numerics;

namespace HybridAD.Collections;

/// <summary>
/// Arrays for numbers that are needed for a while and then again: lent one by one, given back all at once. An array of the size of a function is otherwise cleared by the
/// runtime, faulted in page by page and collected with everything else that is large, which takes long beside the work done in it.
/// </summary>
/// <remarks>What an array has in it when it is lent is whatever was there. It may be longer than asked for. Not thread-safe.</remarks>
internal sealed class FreeArrays<T>
{
    /// <summary>Shorter arrays are as well made anew.</summary>
    private const int Shortest = 32;

    /// <summary>Lengths have this many leading digits other than zero, so that an array fits others of nearly its length.</summary>
    private const int Digits = 3;

    private readonly Growing<T[]> _lent = new(4);
    private Stack?[] _free = [];

    /// <summary>An array of at least some length. What is in it is for the caller to write.</summary>
    public T[] Rent(int length)
    {
        if (length < Shortest)
            return new T[length];
        var shift = 32 - Digits - BitOperations.LeadingZeroCount((uint)(length - 1));
        var leading = ((length - 1) >> shift) + 1;
        if (PlaceOf(shift, leading) is var place && (place >= _free.Length || _free[place] is not { } free || !free.Arrays.TryPop(out var array)))
            array = Growing<T>.Uncleared((int)Math.Min((long)leading << shift, Array.MaxLength));
        _lent.Add(array);
        return array;
    }

    /// <summary>An array of at least some length that starts with so many zeros.</summary>
    public T[] RentCleared(int length)
    {
        var array = Rent(length);
        if (length >= Shortest)
            Array.Clear(array, 0, length);
        return array;
    }

    /// <summary>Gives back one array, which nobody may use any more.</summary>
    public void Return(T[] array)
    {
        if (array.Length < Shortest)
            return;
        for (var k = _lent.Count - 1; k >= 0; k--)
            if (ReferenceEquals(_lent.Items[k], array))
            {
                _lent.Items[k] = _lent.Items[_lent.Count - 1];
                _lent.Truncate(_lent.Count - 1);
                Keep(array);
                return;
            }
    }

    /// <summary>Gives back all arrays, which nobody may use any more.</summary>
    public void ReturnAll()
    {
        foreach (var array in _lent)
            Keep(array);
        _lent.Clear();
    }

    private void Keep(T[] array)
    {
        var shift = 32 - Digits - BitOperations.LeadingZeroCount((uint)(array.Length - 1));
        var place = PlaceOf(shift, ((array.Length - 1) >> shift) + 1);
        if (place >= _free.Length)
            Array.Resize(ref _free, place + 16);
        (_free[place] ??= new Stack()).Arrays.Push(array);
    }

    // The leading digits are 2^(Digits − 1) + 1 … 2^Digits.
    private static int PlaceOf(int shift, int leading) => (shift << (Digits - 1)) + leading - (1 << (Digits - 1)) - 1;

    private sealed class Stack
    {
        public readonly Growing<T[]> Arrays = new(4);
    }
}
