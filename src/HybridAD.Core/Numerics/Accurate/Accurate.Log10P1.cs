using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    private const double Log10E = 0.4342944819032518;
    private const double Log10ERest = 1.098319650216765e-17;

    /// <summary>log₁₀(1 + x), accurate where 1 + x is near 1.</summary>
    /// <remarks>
    /// For x ≥ −1; the result lies in [−∞, 308.26]. Error at most 0.85 ulp. −1 gives −∞, anything less gives NaN, NaN gives NaN, +∞ gives +∞,
    /// ±0 gives ±0. Method: the two-part <see cref="Log1p(double)"/> times 1 / ln 10 kept to 106 bits.
    /// </remarks>
    public static double Log10P1(double x)
    {
        if (Abs(x) < Negligible)
            return x * Log10E;
        if (!(x > -1 && x < double.PositiveInfinity))
            return LogOutsideItsDomain(x);
        return Scaled(Log1p(x, out var low), low, Log10E, Log10ERest);
    }
}
