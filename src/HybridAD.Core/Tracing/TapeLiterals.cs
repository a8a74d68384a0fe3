using System.Runtime.CompilerServices;

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

    /// <summary>The place of a literal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PlaceOf(double literal)
    {
        var bits = BitConverter.DoubleToInt64Bits(literal);
        ref var recent = ref _recent[(int)((ulong)(bits * HashFactor) >> (64 - RecentBits))];
        if (recent.Bits == bits)
            return recent.Place;
        var (place, numbers) = (_count, _numbers);
        if ((uint)place >= (uint)numbers.Length)
            numbers = Grow(1);
        numbers[place] = literal;
        (recent.Bits, recent.Place) = (bits, place);
        _count = place + 1;
        return place;
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private double[] Grow(int needed)
    {
        Array.Resize(ref _numbers, Math.Max(_count + needed, 2 * _count));
        return _numbers;
    }

    private struct Recent
    {
        public long Bits;
        public int Place;
    }
}
