using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    /// <summary>The complementary error function 1 − erf x, accurate where it is small.</summary>
    /// <remarks>
    /// All x; the result lies in [0, 2]. It is subnormal above 26.54 and zero above 27.23. Error at most 1.5 ulp on [0.84375, 1.25] and 0.9 ulp
    /// elsewhere. NaN gives NaN, −∞ gives 2, +∞ gives 0. Method: W. J. Cody, "Rational Chebyshev approximations for the error function",
    /// Math. Comp. 23 (1969), with the intervals and coefficients of Sun's fdlibm (1993).
    /// </remarks>
    public static double Erfc(double x)
    {
        var magnitude = Abs(x);
        if (magnitude < ErfCentre)
        {
            var excess = ErfExcess(x * x);
            // Each form subtracts only what it can subtract exactly, or what is small beside the result.
            if (x >= 0.5)
                return FusedMultiplyAdd(-x, excess, 1 - x);
            return x < 0.25 ? 1 - FusedMultiplyAdd(x, excess, x) : 0.5 - FusedMultiplyAdd(x, excess, x - 0.5);
        }

        if (magnitude < ErfTail)
        {
            var difference = ErfAroundOne(magnitude);
            return x > 0 ? 1 - ErfOne - difference : 1 + (ErfOne + difference);
        }

        if (magnitude < 28)
            return x > 0 ? ErfcTail(x) : 2 - ErfcTail(magnitude);
        return double.IsNaN(x) ? x : x > 0 ? 0 : 2;
    }

    /// <summary>erfc(x) for 1.25 ≤ x &lt; 28, as exp(−x² + g(1/x²)) / x with x² kept to 106 bits and the quotient rounded once.</summary>
    private static double ErfcTail(double x)
    {
        var square = Product(x, x, out var squareError);
        var exponent = Sum(-square, -0.5625, out var exponentError);
        var high = ReducedExpm1(exponent, exponentError - squareError + ErfcTailExponent(x, 1 / square), out var low, out var k);
        high = Sum(1, high, out var lost);
        low += lost;
        var quotient = high / x;
        quotient += (FusedMultiplyAdd(-quotient, x, high) + low) / x;
        // In two steps, of which only the second can leave the normal numbers and round.
        var half = k / 2;
        return quotient * PowerOfTwo(half) * PowerOfTwo(k - half);
    }

    /// <summary>ln(x erfc x) + x² + 0.5625 as a function of s = 1/x².</summary>
    private static double ErfcTailExponent(double x, double s)
    {
        if (x < 1 / 0.35)
        {
            var p = FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s,
                -9.81432934416914548592e+00, -8.12874355063065934246e+01), -1.84605092906711035994e+02), -1.62396669462573470355e+02),
                -6.23753324503260060396e+01), -1.05586262253232909814e+01), -6.93858572707181764372e-01), -9.86494403484714822705e-03);
            var q = FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s,
                FusedMultiplyAdd(s, -6.04244152148580987438e-02, 6.57024977031928170135e+00), 1.08635005541779435134e+02), 4.29008140027567833386e+02),
                6.45387271733267880336e+02), 4.34565877475229228821e+02), 1.37657754143519042600e+02), 1.96512716674392571292e+01), 1);
            return p / q;
        }
        else
        {
            var p = FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s,
                -4.83519191608651397019e+02, -1.02509513161107724954e+03), -6.37566443368389627722e+02), -1.60636384855821916062e+02),
                -1.77579549177547519889e+01), -7.99283237680523006574e-01), -9.86494292470009928597e-03);
            var q = FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s, FusedMultiplyAdd(s,
                -2.24409524465858183362e+01, 4.74528541206955367215e+02), 2.55305040643316442583e+03), 3.19985821950859553908e+03),
                1.53672958608443695994e+03), 3.25792512996573918826e+02), 3.03380607434824582924e+01), 1);
            return p / q;
        }
    }
}
