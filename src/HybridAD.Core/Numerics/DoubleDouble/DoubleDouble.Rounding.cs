namespace HybridAD.Numerics;

public readonly partial struct DoubleDouble
{
    /// <summary>The largest integer not above x, exactly.</summary>
    public static DoubleDouble Floor(DoubleDouble x)
    {
        var high = Math.Floor(x.High);
        return high == x.High ? Renormalized(high, Math.Floor(x.Low)) : high;
    }

    /// <summary>The smallest integer not below x, exactly.</summary>
    public static DoubleDouble Ceiling(DoubleDouble x) => -Floor(-x);

    /// <summary>The integer next to x on the side of zero, exactly.</summary>
    public static DoubleDouble Truncate(DoubleDouble x) => x.High < 0 ? Ceiling(x) : Floor(x);

    /// <summary>The nearest integer, the even one of two equally near, exactly.</summary>
    public static DoubleDouble RoundToEven(DoubleDouble x)
    {
        var high = Math.Round(x.High);
        if (high == x.High)
        {
            var low = Math.Round(x.Low);
            // Ties of Low go to what is even in the sum.
            if (Math.Abs(x.Low - low) == 0.5 && IsOdd(low) != IsOdd(high))
                low += x.Low > low ? 1 : -1;
            return Renormalized(high, low);
        }
        // High at a tie: Low decides.
        var rest = x.High - high;
        if (Math.Abs(rest) == 0.5 && x.Low != 0 && rest > 0 == x.Low > 0)
            return high + Math.Sign(rest);
        return high;
    }

    /// <summary>
    /// The remainder of a/b with the sign of a. Exact for doubles; else right to 2⁻¹⁰⁵ of a. NaN for b = 0 or infinite a.
    /// </summary>
    public static DoubleDouble Remainder(DoubleDouble a, DoubleDouble b)
    {
        if (a.Low == 0 && b.Low == 0 || !double.IsFinite(a.High) || !double.IsFinite(b.High) || b.High == 0)
            return a.High % b.High;
        var (rest, divisor) = (Abs(a), Abs(b));
        while (rest >= divisor)
        {
            // Up to 51 binary digits of the quotient at a time, from the top.
            var shift = Math.Max(0, Math.ILogB(rest.High) - Math.ILogB(divisor.High) - 50);
            var multiple = Scale(divisor, shift);
            rest -= multiple * Math.Floor(rest.High / multiple.High);
            if (rest < 0)
                rest += multiple;
        }
        return double.IsNegative(a.High) ? -rest : rest;
    }
}
