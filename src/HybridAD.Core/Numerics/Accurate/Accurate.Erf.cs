using System.Runtime.CompilerServices;
using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    /// <summary>The error function, 2/√π times the integral of e^(−t²) from 0 to x.</summary>
    /// <remarks>
    /// All x; the result lies in [−1, 1] and is odd. Error at most 0.9 ulp. NaN gives NaN, ±∞ gives ±1, ±0 gives ±0, and subnormal numbers
    /// keep full accuracy. Method: W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969), with the
    /// intervals and coefficients of Sun's fdlibm (1993).
    /// </remarks>
    public static double Erf(double x)
    {
        var magnitude = Abs(x);
        if (magnitude < ErfCentre)
            return FusedMultiplyAdd(x, ErfExcess(x * x), x);
        if (magnitude < ErfTail)
            return CopySign(ErfOne + ErfAroundOne(magnitude), x);
        if (magnitude < 6)
            return CopySign(1 - ErfcTail(magnitude), x);
        return double.IsNaN(x) ? x : CopySign(1, x);
    }

    // Where the three approximations meet.
    private const double ErfCentre = 0.84375;
    private const double ErfTail = 1.25;

    // erf 1 rounded to 24 bits, so that 1 − erf 1 is exact.
    private const double ErfOne = 8.45062911510467529297e-01;

    /// <summary>erf(x) / x − 1 as a function of x² for |x| &lt; 0.84375.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ErfExcess(double z)
    {
        var p = Horner(z, [
            1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02, -5.77027029648944159157e-03,
            -2.37630166566501626084e-05]);
        var q = Horner(z, [
            1, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03,
            1.32494738004321644526e-04, -3.96022827877536812320e-06]);
        return p / q;
    }

    /// <summary>erf(x) − <see cref="ErfOne"/> for 0.84375 ≤ x &lt; 1.25.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double ErfAroundOne(double x)
    {
        var s = x - 1;
        var p = Horner(s, [
            -2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01, 3.18346619901161753674e-01,
            -1.10894694282396677476e-01, 3.54783043256182359371e-02, -2.16637559486879084300e-03]);
        var q = Horner(s, [
            1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02,
            1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02]);
        return p / q;
    }
}
