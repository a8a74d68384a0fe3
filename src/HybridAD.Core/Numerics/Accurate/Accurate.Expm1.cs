using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    /// <summary>e^x − 1, accurate where e^x is near 1.</summary>
    /// <remarks>
    /// All x; the result lies in [−1, +∞] and is infinite above 709.78. Error at most 0.65 ulp; .NET's <see cref="double.ExpM1"/> subtracts
    /// and loses every digit below 1e-16. NaN gives NaN, −∞ gives −1, +∞ gives +∞, ±0 gives ±0, and subnormal numbers are returned unchanged.
    /// Method: P. T. P. Tang, "Table-driven implementation of the expm1 function", ACM TOMS 18 (1992), section 2, without the table.
    /// </remarks>
    public static double Expm1(double x)
    {
        if (Abs(x) < Negligible)
            return x;
        return x > 709.79 ? double.PositiveInfinity : x < -40 ? -1 : Expm1(x, 0);
    }
}
