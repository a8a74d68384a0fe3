using System.Numerics;

namespace HybridAD.Tests.Numerics;

/// <summary>
/// The elementary functions to more than 40 digits, by textbook series after argument reduction: written to be read, not to be fast.
/// Each formula keeps small results relatively accurate, so no caller need worry about cancellation.
/// </summary>
internal static class Reference
{
    private const int NegligibleBelow = 250;

    public static readonly BigFloat Pi = 16 * AtanSeries((BigFloat)1 / 5) - 4 * AtanSeries((BigFloat)1 / 239);
    public static readonly BigFloat Ln2 = Log1p(1);
    public static readonly BigFloat Ln10 = Log(10);

    public static BigFloat Sqrt(BigFloat a)
    {
        if (a.Sign == 0)
            return a;
        var half = a.Magnitude >> 1;
        var scaled = a.Scale(-2 * half);
        BigFloat root = Math.Sqrt(scaled.ToDouble());
        for (var i = 0; i < 3; i++)
            root = (root + scaled / root).Scale(-1);
        return root.Scale(half);
    }

    public static BigFloat Root(BigFloat a, int n) => a.Sign == 0 ? a : a.Sign < 0 ? -Root(-a, n) : Exp(Log(a) / n);

    public static BigFloat Hypot(BigFloat a, BigFloat b) => Sqrt(a * a + b * b);

    public static BigFloat Exp(BigFloat a)
    {
        var n = (a / Ln2).Round();
        // Eight halvings leave |r| < 0.0014, and eight squarings undo them.
        var r = (a - n * Ln2).Scale(-8);
        var result = 1 + Expm1Series(r);
        for (var i = 0; i < 8; i++)
            result *= result;
        return result.Scale(n);
    }

    public static BigFloat Expm1(BigFloat a) => a.Magnitude < -1 ? Expm1Series(a) : Exp(a) - 1;

    public static BigFloat Log(BigFloat a)
    {
        var n = a.Magnitude;
        var m = a.Scale(-n);
        if (m > 1.5)
            (m, n) = (m.Scale(-1), n + 1);
        return n == 0 ? Log1p(m - 1) : Log1p(m - 1) + n * Ln2;
    }

    /// <summary>By 2 artanh(a / (2 + a)), whose series needs no reduction for a in [−1/2, 1].</summary>
    public static BigFloat Log1p(BigFloat a)
    {
        if (a > 1 || a < -0.5)
            return Log(1 + a);
        var s = a / (2 + a);
        var (sum, power, square) = (s, s, s * s);
        for (var k = 3; power.Magnitude > sum.Magnitude - NegligibleBelow && power.Sign != 0; k += 2)
        {
            power *= square;
            sum += power / k;
        }

        return 2 * sum;
    }

    public static BigFloat Sinh(BigFloat a)
    {
        var t = Expm1(BigFloat.Abs(a));
        return a.Sign * (t + t / (t + 1)).Scale(-1);
    }

    public static BigFloat Cosh(BigFloat a) => (Exp(a) + Exp(-a)).Scale(-1);

    public static BigFloat Tanh(BigFloat a)
    {
        var t = Expm1(2 * BigFloat.Abs(a));
        return a.Sign * (t / (t + 2));
    }

    public static BigFloat Asinh(BigFloat a)
    {
        var x = BigFloat.Abs(a);
        return a.Sign * Log1p(x + x * x / (1 + Sqrt(1 + x * x)));
    }

    public static BigFloat Acosh(BigFloat a) => Log1p(a - 1 + Sqrt((a - 1) * (a + 1)));

    public static BigFloat Atanh(BigFloat a) => Log1p(2 * a / (1 - a)).Scale(-1);

    public static BigFloat Atan(BigFloat a)
    {
        if (a.Sign < 0)
            return -Atan(-a);
        if (a > 1)
            return Pi / 2 - Atan(1 / a);
        // Halving the angle three times leaves an argument below 0.1.
        for (var i = 0; i < 3; i++)
            a /= 1 + Sqrt(1 + a * a);
        return 8 * AtanSeries(a);
    }

    public static BigFloat Asin(BigFloat a)
        => BigFloat.Abs(a).Magnitude >= 0 ? a.Sign * Pi / 2 : Atan(a / Sqrt((1 - a) * (1 + a)));

    public static BigFloat Acos(BigFloat a) => (1 + a).Sign == 0 ? Pi : 2 * Atan(Sqrt((1 - a) / (1 + a)));

    public static BigFloat Atan2(BigFloat y, BigFloat x)
        => x.Sign > 0 ? Atan(y / x)
            : x.Sign < 0 ? Atan(y / x) + (y.Sign < 0 ? -Pi : Pi)
            : y.Sign * Pi / 2;

    public static BigFloat Sin(BigFloat a) => Circular(a, 0);

    public static BigFloat Cos(BigFloat a) => Circular(a, 1);

    public static BigFloat Tan(BigFloat a) => Sin(a) / Cos(a);

    /// <summary>aᵇ for a &gt; 0 with 53-bit b: the logarithm has bits enough to lose those of the exponent.</summary>
    public static BigFloat Pow(BigFloat a, BigFloat b) => Exp(b * Log(a));

    // π/2 in units of 2^-1800: Machin's formula in integers, with 64 bits to lose.
    private const int AngleBits = 1800;

    private static readonly BigInteger HalfPiInUnits = (8 * ArcTangentOfInverse(5) - 2 * ArcTangentOfInverse(239)) >> 64;

    private static BigInteger ArcTangentOfInverse(int n)
    {
        var (sum, power) = (BigInteger.Zero, (BigInteger.One << (AngleBits + 64)) / n);
        for (var k = 1; !power.IsZero; k += 2, power /= -n * n)
            sum += power / k;
        return sum;
    }

    /// <summary>sin(a + quadrant·π/2), a being reduced by exact integer arithmetic.</summary>
    private static BigFloat Circular(BigFloat a, int quadrant)
    {
        var r = a;
        if (a.Magnitude >= -1)
        {
            var units = a.Exponent + AngleBits >= 0 ? a.Mantissa << (a.Exponent + AngleBits) : a.Mantissa >> -(a.Exponent + AngleBits);
            var turns = (2 * units + HalfPiInUnits) / (2 * HalfPiInUnits) - (units.Sign < 0 ? 1 : 0);
            quadrant += (int)((turns % 4 + 4) % 4);
            r = BigFloat.Of(units - turns * HalfPiInUnits, -AngleBits);
        }
        var sine = (quadrant & 1) == 0;
        var (sum, term, square) = sine ? (r, r, r * r) : (1, 1, r * r);
        for (var k = sine ? 2 : 1; term.Magnitude > sum.Magnitude - NegligibleBelow && term.Sign != 0; k += 2)
        {
            term = -term * square / (k * (k + 1));
            sum += term;
        }
        return (quadrant & 2) == 0 ? sum : -sum;
    }

    /// <summary>sin(π a), the whole half-turns removed exactly.</summary>
    public static BigFloat SinPi(double a) => HalfTurns(Math.IEEERemainder(a, 2), sine: true);

    /// <summary>cos(π a), the whole half-turns removed exactly.</summary>
    public static BigFloat CosPi(double a) => HalfTurns(Math.IEEERemainder(a, 2), sine: false);

    /// <summary>e^(−a²) (2/√π) Σ 2ⁿ a^(2n+1) / (2n+1)!!, a sum of terms of one sign (Abramowitz and Stegun 7.1.6).</summary>
    public static BigFloat Erf(BigFloat a)
    {
        if (BigFloat.Abs(a) > 7)
            return a.Sign * (1 - Erfc(BigFloat.Abs(a)));
        var (sum, term, twiceSquare) = (a, a, 2 * a * a);
        for (var k = 3; term.Magnitude > sum.Magnitude - NegligibleBelow && term.Sign != 0; k += 2)
        {
            term = term * twiceSquare / k;
            sum += term;
        }

        return 2 * sum * Exp(-(a * a)) / Sqrt(Pi);
    }

    /// <summary>By 1 − erf below 2, where nine bits cancel at most, above by Laplace's continued fraction (Abramowitz and Stegun 7.1.14).</summary>
    public static BigFloat Erfc(BigFloat a)
    {
        if (a < 2)
            return 1 - Erf(a);
        // The depth for 45 digits and more at this argument: the k-th convergent's error falls like exp(−2 a √(2k)).
        var x = a.ToDouble();
        var depth = 30 + (int)Math.Pow(52 / x, 2);
        var tail = a;
        for (var k = depth; k >= 1; k--)
            tail = a + (BigFloat)k / 2 / tail;
        return Exp(-(a * a)) / (tail * Sqrt(Pi));
    }

    private static BigFloat HalfTurns(double a, bool sine)
    {
        // cos(π a) = sin(π (1/2 − |a|)), which is exact in the digits kept and relatively accurate at the zeros.
        var turns = sine ? a : (BigFloat)0.5 - Math.Abs(a);
        if (turns > 0.5)
            turns = 1 - turns;
        if (turns < -0.5)
            turns = -1 - turns;
        var r = Pi * turns;
        var (sum, term, square) = (r, r, r * r);
        for (var k = 2; term.Magnitude > sum.Magnitude - NegligibleBelow && term.Sign != 0; k += 2)
        {
            term = -term * square / (k * (k + 1));
            sum += term;
        }

        return sum;
    }

    private static BigFloat Expm1Series(BigFloat a)
    {
        var (sum, term) = (a, a);
        for (var k = 2; term.Magnitude > sum.Magnitude - NegligibleBelow && term.Sign != 0; k++)
        {
            term = term * a / k;
            sum += term;
        }

        return sum;
    }

    private static BigFloat AtanSeries(BigFloat a)
    {
        var (sum, power, square) = (a, a, a * a);
        for (var k = 3; power.Magnitude > sum.Magnitude - NegligibleBelow && power.Sign != 0; k += 2)
        {
            power = -power * square;
            sum += power / k;
        }

        return sum;
    }
}
