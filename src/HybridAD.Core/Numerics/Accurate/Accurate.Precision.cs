using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    /// <summary>x to that many significant decimal digits, AMPL's <c>precision(x, digits)</c>.</summary>
    /// <remarks>
    /// The result is the double nearest to the decimal that is nearest to the exact value of x; a tie of that exact value goes away from zero.
    /// <paramref name="digits"/> loses its fraction; x is unchanged by 17 digits or more, and by fewer than 1, as in AMPL, where 0 means all that
    /// matter. NaN, ±∞ and ±0 give themselves, and NaN digits give NaN. The result overflows to ±∞ when the decimal does, as in
    /// <c>Precision(double.MaxValue, 2)</c>.
    /// </remarks>
    public static double Precision(double x, double digits)
    {
        if (double.IsNaN(digits))
            return double.NaN;
        if (x == 0 || !double.IsFinite(x) || digits is < 1 or >= 17)
            return x;
        // The logarithm can be wrong about an x within 1e-12 of a power of ten, but up to 12 digits such an x becomes that power either way.
        var exponent = digits < 13 ? (int)Floor(Log10(Abs(x))) : ExactDecimal.Exponent(Abs(x));
        return CopySign(ToDecimal(Abs(x), (int)digits - 1 - exponent, towardsZero: false), x);
    }
}
