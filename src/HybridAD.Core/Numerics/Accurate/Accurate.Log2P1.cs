using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    private const double Log2E = 1.4426950408889634;
    private const double Log2ERest = 2.0355273740931033e-17;

    /// <summary>log₂(1 + x), accurate where 1 + x is near 1.</summary>
    /// <remarks>
    /// For x ≥ −1; the result lies in [−∞, 1024] and is exact where 1 + x is a power of two. Error at most 0.75 ulp. −1 gives −∞, anything less
    /// gives NaN, NaN gives NaN, +∞ gives +∞, ±0 gives ±0. Method: the two-part <see cref="Log1p(double)"/> times 1 / ln 2 kept to 106 bits.
    /// </remarks>
    public static double Log2P1(double x)
    {
        if (Abs(x) < Negligible)
            return x * Log2E;
        if (!(x > -1 && x < double.PositiveInfinity))
            return LogOutsideItsDomain(x);
        return Scaled(Log1p(x, out var low), low, Log2E, Log2ERest);
    }

    /// <summary>(a + aLow) (b + bLow), rounded nearly once.</summary>
    private static double Scaled(double a, double aLow, double b, double bLow)
    {
        var product = Product(a, b, out var error);
        return product + FusedMultiplyAdd(aLow, b, FusedMultiplyAdd(a, bLow, error));
    }
}
