using System.Runtime.CompilerServices;
using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.Stability.Box;

/// <summary>Pieces of outward rounding that sweeps share.</summary>
internal static class Outward
{
    /// <summary>[lower − radius, upper + radius], rounded outward.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Interval Widened(this Interval x, double radius) =>
        radius == 0 ? x : new(Math.BitDecrement(x.Lower - radius), Math.BitIncrement(x.Upper + radius));

    /// <summary>What two enclosures of the same numbers have in common.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Interval Common(this Interval x, Interval y) => new(Math.Max(x.Lower, y.Lower), Math.Min(x.Upper, y.Upper));

    /// <summary>The exponent of a positive number: 2^e ≤ x &lt; 2^(e+1); that of the smallest normal number for 0 and subnormal ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Exponent(double x) => Math.Max((int)(BitConverter.DoubleToInt64Bits(x) >> 52 & 0x7FF), 1) - 1023;

    /// <summary>
    /// The largest error of rounding a real number of magnitude up to m to nearest: half an ulp of the binade below m. At a power of two itself nothing is
    /// rounded, so that it belongs to the binade below.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double HalfUlp(double m, NumberFormat format)
    {
        var bits = BitConverter.DoubleToInt64Bits(m);
        var exponent = (int)(bits >> 52 & 0x7FF) - 1023;
        if (exponent > 1023)
            return double.PositiveInfinity;
        if ((bits & 0xF_FFFF_FFFF_FFFF) == 0)
            exponent--;
        return PowerOfTwo(Math.Max(exponent, format.MinExponent) - format.Precision);
    }

    /// <summary>2^e, and the smallest number where that is below every double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double PowerOfTwo(int e) =>
        e >= -1022 ? BitConverter.Int64BitsToDouble((long)(e + 1023) << 52) : e < -1074 ? double.Epsilon : Math.ScaleB(1, e);

    /// <summary>Whether a number is ±2^k.</summary>
    public static bool IsPowerOfTwo(double x) => double.IsNormal(x) && (BitConverter.DoubleToInt64Bits(x) & 0xF_FFFF_FFFF_FFFF) == 0;

    /// <summary>The largest g such that x is a multiple of 2^g; large for 0.</summary>
    public static int Grid(double x)
    {
        if (x == 0)
            return 1 << 20;
        var bits = BitConverter.DoubleToInt64Bits(x);
        var fraction = bits & 0xF_FFFF_FFFF_FFFF;
        return fraction == 0 && double.IsNormal(x) ? Exponent(Math.Abs(x)) : Exponent(Math.Abs(x)) - 52 + System.Numerics.BitOperations.TrailingZeroCount(fraction);
    }
}
