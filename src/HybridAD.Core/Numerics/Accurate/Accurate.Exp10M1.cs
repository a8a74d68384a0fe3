using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    private const double Ln10 = 2.302585092994046;
    private const double Ln10Rest = -2.1707562233822494e-16;

    /// <summary>10^x − 1, accurate where 10^x is near 1.</summary>
    /// <remarks>
    /// All x; the result lies in [−1, +∞] and is infinite above 308.25. Error at most 0.65 ulp, and 1 ulp where the result is subnormal or
    /// nearly. NaN gives NaN, −∞ gives −1, +∞ gives +∞, ±0 gives ±0. Method: <see cref="Expm1(double)"/> of the product x ln 10 kept to 106 bits.
    /// </remarks>
    public static double Exp10M1(double x)
    {
        if (x is > 308.26 or < -20)
            return x > 0 ? double.PositiveInfinity : -1;
        var y = Product(x, Ln10, out var low);
        low = FusedMultiplyAdd(x, Ln10Rest, low);
        return Abs(x) < Negligible ? y == 0 ? y : y + low : Expm1(y, low);
    }
}
