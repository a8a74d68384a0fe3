using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HybridAD.Execution;

/// <summary>
/// The sum of the products of two rows of numbers, in vectors: the terms are not added in order. Optimised from its first call on, which a library's is only when it has been called for a tenth of a second,
/// and until then takes many times as long.
/// </summary>
internal static class InnerProduct
{
    private const int Lanes = 8;

    /// <summary>a · b; 0 of nothing.</summary>
    /// <param name="a">Numbers.</param>
    /// <param name="b">At least as many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Of(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b[..a.Length]);
        var (k, length) = (0, a.Length);
        // Four sums: an addition takes as long as four other instructions.
        var (first, second, third, fourth) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
        for (; k + 4 * Lanes <= length; k += 4 * Lanes)
        {
            first = Plus(first, ref x, ref y, k);
            second = Plus(second, ref x, ref y, k + Lanes);
            third = Plus(third, ref x, ref y, k + 2 * Lanes);
            fourth = Plus(fourth, ref x, ref y, k + 3 * Lanes);
        }
        for (; k + Lanes <= length; k += Lanes)
            (first, second) = (second, Plus(first, ref x, ref y, k));
        var sum = first + second + (third + fourth);
        var half = sum.GetLower() + sum.GetUpper();
        if (k + Lanes / 2 <= length)
        {
            half = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref x, (nuint)k), Vector256.LoadUnsafe(ref y, (nuint)k), half);
            k += Lanes / 2;
        }
        var last = Vector256.Sum(half);
        for (; k < length; k++)
            last += Unsafe.Add(ref x, k) * Unsafe.Add(ref y, k);
        return last;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Plus(Vector512<double> sum, ref double x, ref double y, int k) =>
        Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref x, (nuint)k), Vector512.LoadUnsafe(ref y, (nuint)k), sum);
}
