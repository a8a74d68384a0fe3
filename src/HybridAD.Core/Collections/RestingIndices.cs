using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridAD.Collections;

/// <summary>
/// Indices that are read often for a while and hardly ever afterwards. At rest they take two bytes each, if none is above 65,535; who reads them then has them made
/// wide again. Any number of threads may read while others let them rest.
/// </summary>
/// <param name="indices">The indices; belong to this from now on.</param>
internal struct RestingIndices(int[] indices)
{
    private int[]? _wide = indices;
    private ushort[]? _narrow;

    /// <summary>The indices, which stay wide until they rest again.</summary>
    public int[] Wide => _wide ?? Widened();

    /// <summary>Bytes that are held.</summary>
    public readonly long Bytes => sizeof(int) * (_wide?.LongLength ?? 0) + sizeof(ushort) * (_narrow?.LongLength ?? 0);

    /// <summary>Lets the wide form go. Who is reading it keeps it.</summary>
    public void Rest()
    {
        if (_wide is not { } wide)
            return;
        _narrow ??= Narrowed(wide);
        if (_narrow is not null)
            Volatile.Write(ref _wide, null);
    }

    // Rarely needed, and long where it is put into those who read.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int[] Widened()
    {
        // The wide form was seen to be gone, so that from here on the narrow one is seen.
        Interlocked.MemoryBarrier();
        var narrow = _narrow!;
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
        Volatile.Write(ref _wide, wide);
        return wide;
    }

    private static ushort[]? Narrowed(int[] wide)
    {
        if (wide.Length == 0)
            return [];
        var narrow = GC.AllocateUninitializedArray<ushort>(wide.Length);
        var (k, half) = (0, Vector<int>.Count);
        var bits = Vector<uint>.Zero;
        for (; k <= wide.Length - 2 * half; k += 2 * half)
        {
            var (low, high) = (new Vector<int>(wide, k).As<int, uint>(), new Vector<int>(wide, k + half).As<int, uint>());
            bits |= low | high;
            Vector.Narrow(low, high).CopyTo(narrow, k);
        }
        var isNarrow = Vector.LessThanOrEqualAll(bits, new Vector<uint>(ushort.MaxValue));
        for (; k < wide.Length; k++)
        {
            isNarrow &= (uint)wide[k] <= ushort.MaxValue;
            narrow[k] = (ushort)wide[k];
        }
        return isNarrow ? narrow : null;
    }
}
