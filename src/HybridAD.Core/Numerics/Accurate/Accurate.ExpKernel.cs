using System.Runtime.CompilerServices;
using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    private const double InverseLn2 = 1.4426950408889634;

    /// <summary>
    /// Reduces x + xLow = r + k ln 2 with |r| ≤ ln(2)/2 and returns e^r − 1 as an unevaluated sum of two doubles, good to about 2^-60.
    /// </summary>
    /// <remarks>
    /// Muller, Elementary Functions (3rd ed.), 5.2 (Cody and Waite's reduction) and 4.4. The polynomial interpolates (e^r − 1 − r − r²/2) / r³
    /// at the Chebyshev nodes; r²/2 is kept with its rounding error, and the rest is too small for its own to matter.
    /// </remarks>
    /// <param name="x">The argument, |x| ≤ 1100.</param>
    /// <param name="xLow">What the argument lost when it was rounded to <paramref name="x"/>.</param>
    /// <param name="low">The smaller term of the result.</param>
    /// <param name="k">The binary exponent taken out.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ReducedExpm1(double x, double xLow, out double low, out int k)
    {
        var n = Round(x * InverseLn2);
        k = (int)n;
        var r = Sum(x - n * Ln2High, xLow - n * Ln2Low, out var rLow);

        var r2 = r * r;
        var r4 = r2 * r2;
        var a = FusedMultiplyAdd(r, 0.04166666666666667, 0.16666666666666666);
        var b = FusedMultiplyAdd(r, 0.001388888888888373, 0.008333333333333333);
        var c = FusedMultiplyAdd(r, 2.4801587325605324e-05, 0.00019841269841266404);
        var d = FusedMultiplyAdd(r, 2.755727357010214e-07, 2.755731923999548e-06);
        var e = FusedMultiplyAdd(r2, 1.6084348128864596e-10, FusedMultiplyAdd(r, 2.0914717341716378e-09, 2.5052077953667298e-08));
        var cubic = FusedMultiplyAdd(r4, FusedMultiplyAdd(r4, e, FusedMultiplyAdd(r2, d, c)), FusedMultiplyAdd(r2, b, a));

        var halfSquare = Product(0.5 * r, r, out var halfSquareError);
        var high = Sum(r, halfSquare, out low);
        low += halfSquareError + FusedMultiplyAdd(r2 * r, cubic, FusedMultiplyAdd(rLow, r, rLow));
        return high;
    }

    /// <summary>e^(x + xLow) − 1 for −60 ≤ x ≤ 710, rounded nearly once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Expm1(double x, double xLow)
    {
        var high = ReducedExpm1(x, xLow, out var low, out var k);
        if (k == 0)
            return high + low;
        if (k < -5)
            return (1 + (high + low)) * PowerOfTwo(k) - 1;
        if (k < 50)
        {
            // 2^k (e^r − 1) + 2^k − 1 with the last two together, an exact double, so that k = ±1 does not cancel.
            var sum = Sum(1 - PowerOfTwo(-k), high, out var error);
            return (sum + (error + low)) * PowerOfTwo(k);
        }

        var whole = Sum(1, high, out var lost);
        return (whole + (lost + low - PowerOfTwo(-Min(k, 1000)))) * PowerOfTwo(k - 1) * 2;
    }
}
