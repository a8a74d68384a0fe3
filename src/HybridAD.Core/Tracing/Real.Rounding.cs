using HybridAD.Errors;

namespace HybridAD;

/// <content>Rounding to integers and decimals: piecewise constant, recorded as such and therefore without guards.</content>
public readonly partial struct Real
{
    /// <summary>The nearest number with some decimal places, ties to even.</summary>
    public static Real Round(Real x, int digits) => Round(x, digits, MidpointRounding.ToEven);

    /// <summary>An integer next to x; its derivative is 0.</summary>
    public static Real Round(Real x, MidpointRounding mode) => Round(x, 0, mode);

    /// <summary>
    /// x rounded to decimal places as <see cref="Math.Round(double, int, MidpointRounding)"/> does it; its derivative is 0.
    /// </summary>
    /// <exception cref="HybridAdArgumentException">HAD1004: digits outside 0 … 15, or an unknown mode.</exception>
    public static Real Round(Real x, int digits, MidpointRounding mode)
    {
        if (digits is < 0 or > 15)
            Throw.OutOfRange(nameof(digits), digits, "0 … 15");
        if (digits == 0)
            return Whole(x, mode);
        var scale = Math.Pow(10, digits);
        // Larger numbers have no decimals, and may have no product with the scale.
        return Where(Less(Abs(x), LeastWithoutDecimals), Whole(x * scale, mode) / scale, Round(x));
    }

    private const double LeastWithoutDecimals = 1e16;

    private static Real Whole(Real x, MidpointRounding mode)
    {
        switch (mode)
        {
            case MidpointRounding.ToEven:
                return Round(x);
            case MidpointRounding.AwayFromZero:
                // The number below ½, so that 0.49999999999999994 + ½ does not round up to 1.
                return SignOf(x) * Floor(Abs(x) + 0.49999999999999994);
            case MidpointRounding.ToZero:
                return Truncate(x);
            case MidpointRounding.ToNegativeInfinity:
                return Floor(x);
            case MidpointRounding.ToPositiveInfinity:
                return Ceiling(x);
            default:
                Throw.OutOfRange(nameof(mode), mode, "the members of MidpointRounding");
                return default;
        }
    }

    /// <summary>The exponent n in |x| = m·2ⁿ with 1 ≤ m &lt; 2 as an integer, guarded; as that of <see cref="Math.ILogB(double)"/> at 0, ∞ and NaN.</summary>
    public static int ILogB(Real x)
    {
        var (size, exponent) = (Abs(x), Math.ILogB(x.Value));
        switch (size.Value)
        {
            case 0:
                Guarded(Equal(size, 0.0));
                break;
            case double.PositiveInfinity or double.NaN:
                Guarded(Less(size, double.PositiveInfinity));
                break;
            default:
                // The logarithm would round: just below a power of 2 it is that of the power.
                Guarded(GreaterOrEqual(size, Math.ScaleB(1, exponent)));
                Guarded(Less(size, Math.ScaleB(1, exponent + 1)));
                break;
        }
        return exponent;
    }

    /// <summary>x − n·y with n the integer nearest x/y, ties to even. Exact; derivatives 1 and −n.</summary>
    public static Real Ieee754Remainder(Real left, Real right)
    {
        // The quotient itself may round up to a tie; the truncated remainder and what it lacks are exact.
        var remainder = left % right;
        var (size, divisor) = (Abs(remainder), Abs(right));
        var lack = divisor - size;
        var isOdd = GreaterOrEqual(Abs(left % (2.0 * right)), divisor);
        return Where(Or(Greater(size, lack), And(Equal(size, lack), isOdd)), Where(Less(remainder, 0.0), remainder + divisor, remainder - divisor), remainder);
    }
}
