namespace HybridAD;

/// <content>
/// Functions that are compositions of primitives; what is recorded are the primitives. Conventions at special points follow from theirs.
/// </content>
public readonly partial struct Real
{
    /// <summary>2ˣ.</summary>
    public static Real Exp2(Real x) => Pow(2.0, x);

    /// <summary>10ˣ.</summary>
    public static Real Exp10(Real x) => Pow(10.0, x);

    /// <summary>2ˣ − 1, accurate near 0.</summary>
    public static Real Exp2M1(Real x) => Where(Less(Abs(x), 1.0), ExpM1(x * Math.Log(2)), Exp2(x) - 1.0);

    /// <summary>10ˣ − 1, accurate near 0.</summary>
    public static Real Exp10M1(Real x) => Where(Less(Abs(x), 0.25), ExpM1(x * Math.Log(10)), Exp10(x) - 1.0);

    /// <summary>log₂(1 + x), accurate near 0.</summary>
    public static Real Log2P1(Real x) => LogP1(x) * Primitives.Log2Rule.Log2OfE;

    /// <summary>log₁₀(1 + x), accurate near 0.</summary>
    public static Real Log10P1(Real x) => LogP1(x) * Primitives.Log10Rule.Log10OfE;

    /// <summary>The logarithm of x to a base, ln x / ln base; as that of <see cref="Math.Log(double, double)"/> NaN for base 1, and for the bases 0 and ∞ unless x is 1.</summary>
    public static Real Log(Real x, Real newBase)
    {
        var quotient = Log(x) / Log(newBase);
        if (!newBase.IsActive && newBase.Value is not (0 or 1 or double.PositiveInfinity))
            return quotient;
        var isAtEnd = Or(Equal(newBase, 0.0), Equal(newBase, double.PositiveInfinity));
        return Where(Or(Equal(newBase, 1.0), And(NotEqual(x, 1.0), isAtEnd)), double.NaN, quotient);
    }

    /// <summary>1 / x.</summary>
    public static Real ReciprocalEstimate(Real x) => 1.0 / x;

    /// <summary>1 / √x.</summary>
    public static Real ReciprocalSqrtEstimate(Real x) => 1.0 / Sqrt(x);

    /// <summary>left · right + addend, rounded once.</summary>
    public static Real MultiplyAddEstimate(Real left, Real right, Real addend) => FusedMultiplyAdd(left, right, addend);

    /// <summary>value1·(1 − amount) + value2·amount.</summary>
    public static Real Lerp(Real value1, Real value2, Real amount) => FusedMultiplyAdd(value1, 1.0 - amount, value2 * amount);

    /// <summary>x · 2ⁿ.</summary>
    public static Real ScaleB(Real x, int n)
    {
        // Powers beyond the exponent range are applied in parts; parts of 2^±1000 leave room for the value's own exponent.
        n = Math.Clamp(n, -3000, 3000);
        for (; n > 1000; n -= 1000)
            x *= Math.ScaleB(1, 1000);
        for (; n < -1000; n += 1000)
            x *= Math.ScaleB(1, -1000);
        return x * Math.ScaleB(1, n);
    }

    /// <summary>x · π/180.</summary>
    public static Real DegreesToRadians(Real degrees) => degrees * Math.PI / 180.0;

    /// <summary>x · 180/π.</summary>
    public static Real RadiansToDegrees(Real radians) => radians * 180.0 / Math.PI;

    /// <summary>sin x and cos x.</summary>
    public static (Real Sin, Real Cos) SinCos(Real x) => (Sin(x), Cos(x));

    /// <summary>sin πx and cos πx.</summary>
    public static (Real SinPi, Real CosPi) SinCosPi(Real x) => (SinPi(x), CosPi(x));

    /// <summary>sin πx, exact at multiples of ½ and accurate for large x. NaN at ±∞.</summary>
    public static Real SinPi(Real x)
    {
        var nearest = Round(x);
        return Parity(nearest) * Sin((x - nearest) * Math.PI);
    }

    /// <summary>cos πx, exact at multiples of ½ and accurate for large x. NaN at ±∞.</summary>
    public static Real CosPi(Real x)
    {
        var nearest = Round(x);
        var rest = Abs(x - nearest);
        return Parity(nearest) * Where(Less(rest, 0.25), Cos(rest * Math.PI), Sin((0.5 - rest) * Math.PI));
    }

    /// <summary>tan πx, exact at multiples of ½ and accurate for large x. NaN at ±∞.</summary>
    public static Real TanPi(Real x) => SinPi(x) / CosPi(x);

    /// <summary>arcsin x / π.</summary>
    public static Real AsinPi(Real x) => Asin(x) / Math.PI;

    /// <summary>arccos x / π.</summary>
    public static Real AcosPi(Real x) => Acos(x) / Math.PI;

    /// <summary>arctan x / π.</summary>
    public static Real AtanPi(Real x) => Atan(x) / Math.PI;

    /// <summary>The angle of the point (x, y) divided by π.</summary>
    public static Real Atan2Pi(Real y, Real x) => Atan2(y, x) / Math.PI;

    /// <summary>1 for an even integer, −1 for an odd one; piecewise constant.</summary>
    private static Real Parity(Real integer) => 1.0 - 2.0 * Abs(integer - 2.0 * Round(integer * 0.5));
}
