using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridAD.Collections;

/// <summary>
/// Indices that are read often for a while and hardly ever afterwards. At rest they take two bytes each, if none is above 65,535, and where all are small, or room is scarce, no more bits
/// than the largest has; who reads them then has them made wide again. Any number of threads may read while others let them rest.
/// </summary>
/// <param name="indices">The indices; belong to this from now on.</param>
internal struct RestingIndices(int[] indices)
{
    /// <summary>Two bytes are put together in a fraction of the time that bits take: more of these are worth it only where two bytes do not do.</summary>
    private const int MostPackedBits = 10;

    private int[]? _wide = indices;

    // One of the two, once they have rested.
    private ushort[]? _narrow;
    private byte[]? _packed;

    /// <summary>The indices, which stay wide until they rest again.</summary>
    public int[] Wide => _wide ?? Widened();

    /// <summary>Bytes that are held.</summary>
    public readonly long Bytes => sizeof(int) * (_wide?.LongLength ?? 0) + sizeof(ushort) * (_narrow?.LongLength ?? 0) + (_packed?.LongLength ?? 0);

    /// <summary>Whether they have rested: then they can again at no cost.</summary>
    public readonly bool HasRested => _narrow is not null || _packed is not null;

    /// <summary>Lets the wide form go. Who is reading it keeps it.</summary>
    /// <param name="packsLarge">Whether indices above 65,535, which otherwise stay wide, are packed too.</param>
    public void Rest(bool packsLarge = false)
    {
        if (_wide is not { Length: > 0 } wide)
            return;
        if (!HasRested)
        {
            var bits = BitsOf(wide);
            if (bits <= MostPackedBits)
                _packed = PackedBits.Pack(wide, bits);
            else if (bits <= 8 * sizeof(ushort))
                _narrow = Narrowed(wide);
            else if (packsLarge && bits <= PackedBits.MostBits)
                _packed = PackedBits.Pack(wide, bits);
            else
                return;
        }
        Volatile.Write(ref _wide, null);
    }

    // Rarely needed, and long where it is put into those who read.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int[] Widened()
    {
        // The wide form was seen to be gone, so that from here on the one at rest is seen.
        Interlocked.MemoryBarrier();
        var wide = _narrow is { } narrow ? Widened(narrow) : PackedBits.Unpack(_packed!);
        Volatile.Write(ref _wide, wide);
        return wide;
    }

    private static int[] Widened(ushort[] narrow)
    {
        var wide = GC.AllocateUninitializedArray<int>(narrow.Length);
        var (k, step) = (0, Vector<ushort>.Count);
        for (; k <= narrow.Length - step; k += step)
        {
            Vector.Widen(new Vector<ushort>(narrow, k), out var low, out var high);
            low.As<uint, int>().CopyTo(wide, k);
            high.As<uint, int>().CopyTo(wide, k + step / 2);
        }
        for (; k < narrow.Length; k++)
            wide[k] = narrow[k];
        return wide;
    }

    private static ushort[] Narrowed(int[] wide)
    {
        var narrow = GC.AllocateUninitializedArray<ushort>(wide.Length);
        var (k, half) = (0, Vector<int>.Count);
        for (; k <= wide.Length - 2 * half; k += 2 * half)
            Vector.Narrow(new Vector<int>(wide, k).As<int, uint>(), new Vector<int>(wide, k + half).As<int, uint>()).CopyTo(narrow, k);
        for (; k < wide.Length; k++)
            narrow[k] = (ushort)wide[k];
        return narrow;
    }

    /// <summary>Bits of the largest index, one at least; all where one is negative.</summary>
    private static int BitsOf(int[] wide)
    {
        var (k, step) = (0, Vector<int>.Count);
        var together = Vector<int>.Zero;
        for (; k <= wide.Length - step; k += step)
            together |= new Vector<int>(wide, k);
        var any = 0;
        for (var lane = 0; lane < step; lane++)
            any |= together[lane];
        for (; k < wide.Length; k++)
            any |= wide[k];
        return 8 * sizeof(uint) - BitOperations.LeadingZeroCount((uint)any | 1);
    }
}
