namespace HybridAD.Numerics;

/// <summary>How far a computed double is from the exact result, operation by operation.</summary>
public static class RoundingError
{
    // Below this a residual could underflow; 2^600 brings every number below it to where none does, and none beyond the largest double.
    private const double SafelyLarge = 1e-250;
    private const int Shift = 600;

    /// <summary>The distance from 1 to the next double, 2⁻⁵².</summary>
    public const double Epsilon = 1.0 / (1L << 52);

    /// <summary>The distance of x from the next double away from zero, 2⁻¹⁰⁷⁴ for 0 and subnormals; NaN for NaN and ±∞.</summary>
    public static double Ulp(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(Math.Abs(x));
        var field = (int)(bits >> 52);
        return field == 0x7FF ? double.NaN
            : field > 52 ? BitConverter.Int64BitsToDouble((long)(field - 52) << 52)
            : BitConverter.Int64BitsToDouble(1L << Math.Max(field - 1, 0));
    }

    /// <summary>
    /// A bound of |value − exact| where value is within <paramref name="ulps"/> ulps of the exact result. Those are ulps of the exact result, which may lie in
    /// the next binade unless it was rounded correctly. +∞ for a value that is not finite, 0 for 0 ulps.
    /// </summary>
    public static double Bound(double value, double ulps)
    {
        if (ulps == 0)
            return 0;
        var ulp = Ulp(value);
        if (double.IsNaN(ulp))
            return double.PositiveInfinity;
        var bound = ulps <= 0.5 ? ulps * ulp : ulps * Ulp(Math.Min(Math.Abs(value) + 2 * ulps * ulp, double.MaxValue));
        // Half of the smallest double is no double, nor are other fractions of it: a product this small may have been rounded down.
        return bound < 1e-300 ? Math.BitIncrement(bound) : bound;
    }

    /// <summary>value − exact; NaN where one of them is not finite.</summary>
    public static double Of(double value, DoubleDouble exact)
    {
        var error = value - exact.High - exact.Low;
        return double.IsFinite(error) ? error : double.NaN;
    }

    /// <summary>value − (a + b), exact but for one rounding.</summary>
    public static double OfSum(double a, double b, double value) => Of(value, DoubleDouble.ExactSum(a, b));

    /// <summary>value − a·b; exact but for one rounding, which below 2⁻⁹⁶⁹ is to a multiple of 2⁻¹⁰⁷⁴.</summary>
    public static double OfProduct(double a, double b, double value) => Of(value, DoubleDouble.ExactProduct(a, b));

    /// <summary>value − a/b by the residual a − value·b, which a fused multiply-add gives exactly; scaled where it would underflow.</summary>
    public static double OfQuotient(double a, double b, double value)
    {
        if (!double.IsFinite(value) || !double.IsFinite(b))
            return double.NaN;
        if (Math.Abs(a) < SafelyLarge)
            return Math.ScaleB(-Math.FusedMultiplyAdd(-Math.ScaleB(value, Shift), b, Math.ScaleB(a, Shift)) / b, -Shift);
        return -Math.FusedMultiplyAdd(-value, b, a) / b;
    }

    /// <summary>value − √a by the residual a − value², scaled where it would underflow.</summary>
    public static double OfRoot(double a, double value)
    {
        if (!double.IsFinite(value))
            return double.NaN;
        if (value == 0)
            return 0;
        if (a < SafelyLarge)
            return Math.ScaleB(OfRoot(Math.ScaleB(a, Shift), Math.ScaleB(value, Shift / 2)), -Shift / 2);
        return -Math.FusedMultiplyAdd(-value, value, a) / (2 * value);
    }
}
