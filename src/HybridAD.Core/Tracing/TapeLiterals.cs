using System.Runtime.CompilerServices;

namespace HybridAD.Tracing;

/// <summary>
/// The literals and parameters that a tape records. A literal that equals a recent one of the same code of a loop has its place: most literals stand in the text of a
/// program, which are few however often they are run.
/// </summary>
internal struct TapeLiterals()
{
    private const int RecentBits = 6;

    // The place of a literal by its bits; what stands there is compared, so that any number will do.
    private readonly int[] _recent = new int[1 << RecentBits];
    private double[] _numbers = new double[64];
    private int _count;

    /// <summary>All of them, in the order in which they were recorded.</summary>
    public readonly ReadOnlySpan<double> Numbers => _numbers.AsSpan(0, _count);

    /// <summary>Forgets all of them, for another recording.</summary>
    public void Clear()
    {
        Array.Clear(_recent);
        _count = 0;
    }

    /// <summary>The place of a literal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PlaceOf(double literal)
    {
        var (bits, numbers) = (BitConverter.DoubleToInt64Bits(literal), _numbers);
        ref var recent = ref _recent[(int)((ulong)(bits * unchecked((long)0x9E3779B97F4A7C15)) >> (64 - RecentBits))];
        var place = recent;
        if ((uint)place < (uint)_count && (uint)place < (uint)numbers.Length && BitConverter.DoubleToInt64Bits(numbers[place]) == bits)
            return place;
        place = _count;
        if ((uint)place >= (uint)numbers.Length)
            numbers = Grow(1);
        numbers[place] = literal;
        recent = place;
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
}
