using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    /// <summary>The multiple of 10^−places nearest to x, AMPL's <c>round(x, places)</c>.</summary>
    /// <remarks>
    /// The result is the double nearest to the decimal that is nearest to the exact value of x. A tie of that exact value goes away from
    /// zero, so 2.5 rounds to 3; but 2.675, being a little less, rounds to 2.67 at two places. (AMPL's solver library sends exact ties to the
    /// even digit, as its decimal conversion does.) <paramref name="places"/> loses its fraction; negative ones round to tens, hundreds, …. From
    /// 324 places on, x is unchanged. Zeros keep the sign of x; NaN, ±∞ and ±0 give themselves, and NaN places give NaN. The result overflows
    /// to ±∞ when the multiple does, as in <c>RoundTo(double.MaxValue, -308)</c>.
    /// </remarks>
    public static double RoundTo(double x, double places) => ToDecimal(x, places, towardsZero: false);

    private static double ToDecimal(double x, double places, bool towardsZero)
    {
        if (double.IsNaN(places))
            return double.NaN;
        // 10^−324 is less than half the smallest double, and 10^309 more than twice the largest.
        if (x == 0 || !double.IsFinite(x) || places >= 324)
            return x;
        if (places <= -310)
            return CopySign(0, x);
        return CopySign(ToDecimal(Abs(x), (int)places, towardsZero), x);
    }

    private static double ToDecimal(double x, int places, bool towardsZero)
    {
        // Powers of ten are exact doubles up to 10^22, and a quotient or product of two exact doubles is rounded once.
        if (places is >= 0 and <= 22)
        {
            var scale = PowersOfTen[places];
            var scaled = Product(x, scale, out var error);
            if (scaled < MaxInteger)
            {
                var whole = Floor(scaled);
                var fraction = scaled - whole;
                if (towardsZero)
                    return (fraction == 0 && error < 0 ? whole - 1 : whole) / scale;
                return (fraction - 0.5 >= -error ? whole + 1 : whole) / scale;
            }

            // The decimals are no farther apart than the doubles here, so the nearest one rounds back to x.
            if (!towardsZero)
                return x;
        }
        else if (places is < 0 and >= -22)
        {
            var scale = PowersOfTen[-places];
            var whole = Floor(x / scale);
            if (whole < MaxInteger)
            {
                var remainder = FusedMultiplyAdd(-whole, scale, x);
                // The quotient may have been rounded up to a whole number.
                if (remainder < 0)
                    (whole, remainder) = (whole - 1, remainder + scale);
                return (!towardsZero && 2 * remainder >= scale ? whole + 1 : whole) * scale;
            }
        }

        return ExactDecimal.Shorten(x, places, towardsZero);
    }

    // From here on not every integer is a double.
    private const double MaxInteger = 1L << 53;

    private static ReadOnlySpan<double> PowersOfTen =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];
}
