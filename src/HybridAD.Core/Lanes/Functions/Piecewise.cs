using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HybridAD.Lanes;

/// <summary>
/// A function by a polynomial of its own on each of 16 intervals: the coefficients of one degree are 16 numbers, which two registers of 512 bits hold, so that every lane picks its own.
/// </summary>
/// <remarks>
/// With t = x − centre: f(x) = c₀ + c₁ t + c₂ t² + …, where c₀ and c₁ are sums of two doubles. A table has 16 centres, c₀, what c₀ lacks, c₁, what c₁ lacks, c₂ and so on.
/// The last addition rounds; all before it is the smaller the nearer x is to a centre. Coefficients interpolate at Chebyshev nodes.
/// </remarks>
internal static class Piecewise
{
    private const int Intervals = 16;

    // Where what c₁ lacks begins. From there on there are a multiple of four coefficients, or one more.
    private const int Leading = 4 * Intervals;

    /// <summary>c₀ and the others, whose sum is the function.</summary>
    /// <param name="table">The table.</param>
    /// <param name="x">Where.</param>
    /// <param name="place">In the low four bits, in which interval that is.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (T Lead, T Others) At<T>(ReadOnlySpan<double> table, T x, T place) where T : struct, ILanes<T>
    {
        ref var first = ref MemoryMarshal.GetReference(table);
        var t = x - T.Lookup(in first, place);
        var t2 = t * t;
        var t4 = t2 * t2;
        // Four sums of every fourth power, which do not wait for each other. A loop, as the JIT inlines only so many calls.
        T p0, p1, p2, p3;
        p0 = p1 = p2 = p3 = T.Broadcast(0);
        var row = Leading + (table.Length - Leading) / (4 * Intervals) * (4 * Intervals);
        if (row < table.Length)
            p0 = T.Lookup(in Unsafe.Add(ref first, row), place);
        for (row -= 4 * Intervals; row >= Leading; row -= 4 * Intervals)
        {
            p0 = T.MultiplyAdd(p0, t4, T.Lookup(in Unsafe.Add(ref first, row), place));
            p1 = T.MultiplyAdd(p1, t4, T.Lookup(in Unsafe.Add(ref first, row + Intervals), place));
            p2 = T.MultiplyAdd(p2, t4, T.Lookup(in Unsafe.Add(ref first, row + 2 * Intervals), place));
            p3 = T.MultiplyAdd(p3, t4, T.Lookup(in Unsafe.Add(ref first, row + 3 * Intervals), place));
        }
        var others = T.MultiplyAdd(t2, T.MultiplyAdd(t, p3, p2), T.MultiplyAdd(t, p1, p0));
        others = T.MultiplyAdd(t, others, T.Lookup(in Unsafe.Add(ref first, 2 * Intervals), place));
        return (T.Lookup(in Unsafe.Add(ref first, Intervals), place), T.MultiplyAdd(t, T.Lookup(in Unsafe.Add(ref first, 3 * Intervals), place), others));
    }
}
