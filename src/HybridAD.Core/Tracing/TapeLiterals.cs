using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Collections;

namespace HybridAD.Tracing;

/// <summary>
/// The literals and parameters that a tape records. A literal that equals a recent one has its place: most literals stand in the text of a program, and they are few,
/// however often it runs.
/// </summary>
internal struct TapeLiterals()
{
    private const int RecentBits = 6;
    private const long HashFactor = unchecked((long)0x9E3779B97F4A7C15);

    // The latest literals by a hash of their bits.
    private readonly Recent[] _recent = new Recent[1 << RecentBits];
    private double[] _numbers = new double[64];
    private int _count;

    /// <summary>All of them, in the order in which they were recorded.</summary>
    public readonly ReadOnlySpan<double> Numbers => _numbers.AsSpan(0, _count);

    /// <summary>Forgets all of them, for another recording.</summary>
    public void Clear()
    {
        Array.Clear(_recent);
        // Where 0 is looked for stands something else, which is not looked for there.
        _recent[0].Bits = -1;
        _count = 0;
    }

    /// <summary>The place of a literal that equals a recent one; negative for another one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int RecentPlaceOf(double literal)
    {
        var bits = BitConverter.DoubleToInt64Bits(literal);
        ref var recent = ref RecentOf(bits);
        return recent.Bits == bits ? recent.Place : -1;
    }

    /// <summary>The place of a literal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PlaceOf(double literal)
    {
        var bits = BitConverter.DoubleToInt64Bits(literal);
        ref var recent = ref RecentOf(bits);
        if (recent.Bits == bits)
            return recent.Place;
        if (_count == _numbers.Length)
            Grow(1);
        _numbers[_count] = literal;
        (recent.Bits, recent.Place) = (bits, _count);
        return _count++;
    }

    /// <summary>The place of some parameters, which their number precedes.</summary>
    public int Add(ReadOnlySpan<double> parameters)
    {
        var start = _count;
        if (start + parameters.Length + 1 > _numbers.Length)
            Grow(parameters.Length + 1);
        _numbers[start] = parameters.Length;
        parameters.CopyTo(_numbers.AsSpan(start + 1));
        _count += parameters.Length + 1;
        return start;
    }

    /// <summary>Where a literal stands that equals a recent one. A hash has no more bits than the table has places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ref Recent RecentOf(long bits) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_recent), (nuint)((ulong)(bits * HashFactor) >> (64 - RecentBits)));

    private void Grow(int needed)
    {
        var grown = FreshPages.Uncleared<double>(Math.Max(_count + needed, 2 * _count));
        Numbers.CopyTo(grown);
        _numbers = grown;
    }

    private struct Recent
    {
        public long Bits;
        public int Place;
    }
}
