namespace HybridAD.Numerics;

public readonly partial struct DoubleDouble
{
    /// <summary>
    /// aᵇ with the special values of <see cref="Math.Pow"/>: 1 for b = 0, NaN for a &lt; 0 and fractional b. Integer exponents up to 32 multiply; others go
    /// by e^(b ln |a|), whose relative error grows with |b ln a| to 2⁻⁹³ at the ends of the range.
    /// </summary>
    public static DoubleDouble Pow(DoubleDouble a, DoubleDouble b)
    {
        if (a.High == 0 || b == 0 || !double.IsFinite(a.High) || !double.IsFinite(b.High))
            return Math.Pow(a.High, b.High);
        var integer = Truncate(b) == b;
        if (a.High < 0 && !integer)
            return double.NaN;
        if (integer && Math.Abs(b.High) <= 32)
        {
            // The reciprocal of a small power would inherit the bits that underflow takes from it.
            var n = Math.Abs((int)b.High);
            var power = b.High > 0 ? IntegerPower(a, n) : Math.Abs(a.High) < 1 ? IntegerPower(1 / a, n) : 1 / IntegerPower(a, n);
            if (double.IsNormal(power.High))
                return power;
        }
        var value = Exp(b * Log(Abs(a)));
        return a.High < 0 && IsOdd(b.High) != IsOdd(b.Low) ? -value : value;
    }

    /// <summary>The real cube root.</summary>
    public static DoubleDouble Cbrt(DoubleDouble x) => RootN(x, 3);

    /// <summary>The real n-th root x^(1/n), with the special values of <see cref="Accurate.RootN"/>.</summary>
    public static DoubleDouble RootN(DoubleDouble x, int n)
    {
        var root = Accurate.RootN(x.High, n);
        if (n == 1 || x.High == 0 || !double.IsFinite(x.High) || !double.IsFinite(root))
            return n == 1 ? x : root;
        if (n == -1)
            return 1 / x;
        var magnitude = Abs(x);
        // A 32-bit n of −2³¹ has no positive counterpart.
        var degree = Math.Abs((double)n);
        DoubleDouble value;
        if (degree > 8)
            value = Exp(Log(magnitude) / n);
        else
        {
            // x = m·2^(shift·degree) with m near 1, so that no power leaves the range.
            var shift = Math.ILogB(magnitude.High) / (int)degree;
            var m = Scale(magnitude, -shift * (int)degree);
            DoubleDouble start = Accurate.RootN(m.High, (int)degree);
            // One Newton step, whose error is (degree − 1)/2 times the square of the start's; the power is right to 2^-100.
            var power = IntegerPower(start, (int)degree);
            value = Scale(start - start * ((power - m) / (power * degree)), shift);
            if (n < 0)
                value = 1 / value;
        }
        return x.High < 0 ? -value : value;
    }

    /// <summary>√(a² + b²), without overflow on the way.</summary>
    public static DoubleDouble Hypot(DoubleDouble a, DoubleDouble b)
    {
        var larger = Math.Max(Math.Abs(a.High), Math.Abs(b.High));
        if (double.IsInfinity(a.High) || double.IsInfinity(b.High))
            return double.PositiveInfinity;
        if (larger == 0 || double.IsNaN(larger))
            return larger;
        var exponent = Math.ILogB(larger);
        (a, b) = (Scale(a, -exponent), Scale(b, -exponent));
        return Scale(Sqrt(a * a + b * b), exponent);
    }

    /// <summary>aⁿ for n ≥ 1, from the leading bit of n down.</summary>
    private static DoubleDouble IntegerPower(DoubleDouble a, int n)
    {
        var power = a;
        for (var bit = (1 << int.Log2(n)) >> 1; bit > 0; bit >>= 1)
        {
            power *= power;
            if ((n & bit) != 0)
                power *= a;
        }
        return power;
    }

    private static bool IsOdd(double integer) => Math.Abs(integer % 2) == 1;
}
