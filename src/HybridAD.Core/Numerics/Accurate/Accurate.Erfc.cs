using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    /// <summary>The complementary error function 1 − erf x, accurate where it is small.</summary>
    /// <remarks>
    /// All x; the result lies in [0, 2]. It is subnormal above 26.54 and zero above 27.23. Error at most 1.3 ulp for 1.25 ≤ x &lt; 3 and 1 ulp
    /// elsewhere. NaN gives NaN, −∞ gives 2, +∞ gives 0. Method: W. J. Cody, "Rational Chebyshev approximations for the error function", Math.
    /// Comp. 23 (1969), with the intervals and coefficients of Sun's fdlibm (1993), but for 0.75 ≤ x &lt; 1.25, where a difference would lose a
    /// bit.
    /// </remarks>
    public static double Erfc(double x)
    {
        var magnitude = Abs(x);
        if (x is > -ErfCentre and < 0.75)
        {
            var excess = ErfExcess(x * x);
            // Each form subtracts only what it can subtract exactly, or what is small beside the result.
            if (x >= 0.5)
                return FusedMultiplyAdd(-x, excess, 1 - x);
            return x < 0.25 ? 1 - FusedMultiplyAdd(x, excess, x) : 0.5 - FusedMultiplyAdd(x, excess, x - 0.5);
        }

        if (magnitude < ErfTail)
            return x > 0 ? ErfcAroundOne(x) : 1 + (ErfOne + ErfAroundOne(magnitude));
        if (magnitude < 28)
            return x > 0 ? ErfcTail(x) : 2 - ErfcTail(magnitude);
        return double.IsNaN(x) ? x : x > 0 ? 0 : 2;
    }

    /// <summary>erfc(x) for 0.75 ≤ x &lt; 1.25.</summary>
    private static double ErfcAroundOne(double x)
    {
        // ln erfc(x) + x² − c at the Chebyshev nodes, c = −0.849609375 being its value at 1 to ten bits.
        var t = x - 1;
        var t2 = t * t;
        var t4 = t2 * t2;
        var a = FusedMultiplyAdd(t, -0.6389675142347913, 3.865066751751424e-06);
        var b = FusedMultiplyAdd(t, -0.04156109804652965, 0.15689274364151465);
        var c = FusedMultiplyAdd(t, -0.0019779030203461827, 0.010033825434295868);
        var d = FusedMultiplyAdd(t, 2.627032997065572e-05, 0.00023732470755350382);
        var e = FusedMultiplyAdd(t, 9.57838838988307e-06, -2.714108213739638e-05);
        var f = FusedMultiplyAdd(t2, 1.292698548077543e-07, FusedMultiplyAdd(t, 8.999382070757342e-08, -2.0191437313913184e-06));
        var upper = FusedMultiplyAdd(t4, FusedMultiplyAdd(t2, f, e), FusedMultiplyAdd(t2, d, c));
        var high = GaussianTimesExp(x, -0.849609375, FusedMultiplyAdd(t4, upper, FusedMultiplyAdd(t2, b, a)), out var low, out var k);
        return (high + low) * PowerOfTwo(k);
    }

    /// <summary>erfc(x) for 1.25 ≤ x &lt; 28.</summary>
    private static double ErfcTail(double x)
    {
        var high = GaussianTimesExp(x, -0.5625, ErfcTailExponent(x, 1 / (x * x)), out var low, out var k);
        var quotient = high / x;
        quotient += (FusedMultiplyAdd(-quotient, x, high) + low) / x;
        // In two steps, of which only the second can leave the normal numbers and round.
        var half = k / 2;
        return quotient * PowerOfTwo(half) * PowerOfTwo(k - half);
    }

    /// <summary>
    /// exp(−x² + c + g) 2^−k as an unevaluated sum, with x² kept to 106 bits; |g| &lt; |x² − c|.
    /// </summary>
    private static double GaussianTimesExp(double x, double c, double g, out double low, out int k)
    {
        var square = Product(x, x, out var squareError);
        var exponent = square >= -c ? Sum(-square, c, out var exponentError) : Sum(c, -square, out exponentError);
        exponent = Sum(exponent, g, out var error);
        var high = Sum(1, ReducedExpm1(exponent, exponentError + error - squareError, out low, out k), out var lost);
        low += lost;
        return high;
    }

    /// <summary>ln(x erfc x) + x² + 0.5625 as a function of s = 1/x².</summary>
    private static double ErfcTailExponent(double x, double s)
    {
        if (x < 1 / 0.35)
        {
            var p = Horner(s, [
                -9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01, -6.23753324503260060396e+01,
                -1.62396669462573470355e+02, -1.84605092906711035994e+02, -8.12874355063065934246e+01, -9.81432934416914548592e+00]);
            var q = Horner(s, [
                1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02,
                6.45387271733267880336e+02, 4.29008140027567833386e+02, 1.08635005541779435134e+02, 6.57024977031928170135e+00,
                -6.04244152148580987438e-02]);
            return p / q;
        }
        else
        {
            var p = Horner(s, [
                -9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01, -1.60636384855821916062e+02,
                -6.37566443368389627722e+02, -1.02509513161107724954e+03, -4.83519191608651397019e+02]);
            var q = Horner(s, [
                1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03,
                3.19985821950859553908e+03, 2.55305040643316442583e+03, 4.74528541206955367215e+02, -2.24409524465858183362e+01]);
            return p / q;
        }
    }
}
