namespace HybridAD.Numerics;

/// <summary>Powers and roots.</summary>
public readonly partial struct Interval
{
    /// <summary>aⁿ, a function of a single operand: even powers do not fall below 0. <see cref="Undefined"/> where n &lt; 0 and a contains 0.</summary>
    public static Interval Pow(Interval a, int n) => n switch
    {
        0 => a.IsUndefined ? Undefined : 1,
        1 => a,
        2 => Square(a),
        4 => Square(Square(a)),
        < 0 when !(a.Lower > 0 || a.Upper < 0) => Undefined,
        -1 => 1 / a,
        _ when int.IsOddInteger(n) => a.Lower >= 0 ? PositivePower(a, n)
            : a.Upper <= 0 ? -PositivePower(-a, n)
            : new(-PositivePower(-a.Lower, n).Upper, PositivePower(a.Upper, n).Upper),
        _ => PositivePower(Abs(a), n),
    };

    /// <summary>
    /// aᵇ. For a single integer b it is <see cref="Pow(Interval, int)"/>; otherwise <see cref="Undefined"/> where a reaches below 0, or contains 0 while
    /// b reaches below 0. 0⁰ is 1.
    /// </summary>
    public static Interval Pow(Interval a, Interval b)
    {
        if (b.IsPoint && b.Lower == (int)b.Lower)
            return Pow(a, (int)b.Lower);
        // Integers beyond 32 bits: the power of a negative number is known by that of its magnitude.
        if (b.IsPoint && a.Lower < 0 && double.IsInteger(b.Lower))
            return LargePower(a, b);
        if (b.IsUndefined || !(a.Lower > 0 || (a.Lower == 0 && b.Lower >= 0)))
            return Undefined;
        // b·ln a is bilinear, so the extremes are at corners; which ones depends on the side of 1 and of 0.
        if (b.Lower >= 0)
            return new(PowerDown(a.Lower, a.Lower >= 1 ? b.Lower : b.Upper), PowerUp(a.Upper, a.Upper >= 1 ? b.Upper : b.Lower));
        if (b.Upper <= 0)
            return new(PowerDown(a.Upper, a.Upper >= 1 ? b.Lower : b.Upper), PowerUp(a.Lower, a.Lower >= 1 ? b.Upper : b.Lower));
        return new(Math.Min(PowerDown(a.Lower, b.Upper), PowerDown(a.Upper, b.Lower)),
            Math.Max(PowerUp(a.Lower, b.Lower), PowerUp(a.Upper, b.Upper)));
    }

    /// <summary>
    /// The n-th root, n ≠ 0; <see cref="Undefined"/> for even n where a reaches below 0, and for negative n where a contains 0.
    /// </summary>
    public static Interval RootN(Interval a, int n)
    {
        if (n == 0 || a.IsUndefined || (int.IsEvenInteger(n) && a.Lower < 0) || (n < 0 && a.Contains(0)))
            return Undefined;
        if (n == 1)
            return a;
        var (lower, upper) = (Accurate.RootN(n > 0 ? a.Lower : a.Upper, n), Accurate.RootN(n > 0 ? a.Upper : a.Lower, n));
        return Odd(a, lower, upper, Steps);
    }

    private static Interval LargePower(Interval a, Interval b)
    {
        if (b.Lower < 0 && a.Upper >= 0)
            return Undefined;
        var power = Pow(Abs(a), b);
        // All doubles of 2⁵³ and more in magnitude are even.
        return double.IsEvenInteger(b.Lower) ? power : a.Upper <= 0 ? -power : new(-PowerUp(-a.Lower, b.Lower), PowerUp(a.Upper, b.Lower));
    }

    private static Interval PositivePower(Interval a, int n) =>
        n == 3 ? Square(a) * a
        : n > 0 ? new(PowerDown(a.Lower, n), PowerUp(a.Upper, n))
        : new(PowerDown(a.Upper, n), PowerUp(a.Lower, n));

    private static double PowerDown(double a, double b)
    {
        var power = Math.Pow(a, b);
        return IsExactPower(a, b) ? power : Math.Max(0, Below(power, Steps));
    }

    private static double PowerUp(double a, double b)
    {
        var power = Math.Pow(a, b);
        return IsExactPower(a, b) ? power : Above(power, Steps);
    }

    private static bool IsExactPower(double a, double b) => a is 0 or 1 || b is 0 or 1;
}
