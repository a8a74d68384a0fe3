using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    private const double Ln2 = 0.6931471805599453;
    private const double Ln2Rest = 2.3190468138462996e-17;

    /// <summary>2^x − 1, accurate where 2^x is near 1.</summary>
    /// <remarks>
    /// All x; the result lies in [−1, +∞], is infinite from 1024 on, and is exact for whole x in [−53, 53]. Error at most 0.65 ulp, and 1 ulp
    /// where the result is subnormal or nearly. NaN gives NaN, −∞ gives −1, +∞ gives +∞, ±0 gives ±0. Method: <see cref="Expm1(double)"/> of the
    /// product x ln 2 kept to 106 bits.
    /// </remarks>
    public static double Exp2M1(double x)
    {
        if (x is >= 1024 or < -60)
            return x > 0 ? double.PositiveInfinity : -1;
        var y = Product(x, Ln2, out var low);
        low = FusedMultiplyAdd(x, Ln2Rest, low);
        // The sum would turn −0 into +0.
        return Abs(x) < Negligible ? y == 0 ? y : y + low : Expm1(y, low);
    }
}
