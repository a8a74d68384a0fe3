using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    /// <summary>ln(1 + x), accurate where 1 + x is near 1.</summary>
    /// <remarks>
    /// For x ≥ −1; the result lies in [−∞, 710]. Error at most 0.65 ulp; .NET's <see cref="double.LogP1"/> adds first and loses every digit
    /// below 1e-16. −1 gives −∞, anything less gives NaN, NaN gives NaN, +∞ gives +∞, ±0 gives ±0, and subnormal numbers are returned unchanged.
    /// Method: P. T. P. Tang, "Table-driven implementation of the logarithm function", ACM TOMS 16 (1990), section 3, without the table.
    /// </remarks>
    public static double Log1p(double x)
    {
        if (Abs(x) < Negligible)
            return x;
        if (!(x > -1 && x < double.PositiveInfinity))
            return LogOutsideItsDomain(x);
        var high = Log1p(x, out var low);
        return high + low;
    }

    /// <summary>Any logarithm of 1 + x where it is not a finite number.</summary>
    private static double LogOutsideItsDomain(double x)
        => x == -1 ? double.NegativeInfinity : x < -1 ? double.NaN : x;
}
