using System.Runtime.CompilerServices;
using static System.Math;

namespace HybridAD.Numerics;

public static partial class Accurate
{
    /// <summary>ln(1 + x) for finite x &gt; −1 as an unevaluated sum of two doubles, good to about 2^-57.</summary>
    /// <remarks>
    /// 1 + x = 2^k (1 + f) (1 + c) with √½ ≤ 1 + f &lt; √2 and c the rounding error of 1 + x (Kahan's correction; Goldberg 1991, theorem 4).
    /// With s = f / (2 + f), ln(1 + f) = f − f²/2 + s (f²/2 + R), R = 2 s²/3 + 2 s⁴/5 + …: the series of 2 artanh s, rearranged so that the
    /// leading terms need no division (Tang 1990, ACM TOMS 16, section 3). The polynomial interpolates R/s² at the Chebyshev nodes.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Log1p(double x, out double low)
    {
        var (f, c, k) = (x, 0.0, 0.0);
        if (x is <= -0.29 or >= 0.41)
        {
            var u = 1 + x;
            c = (x >= 1 ? 1 - (u - x) : x - (u - 1)) / u;
            var bits = BitConverter.DoubleToInt64Bits(u);
            // An exponent counted from √½ instead of 1 leaves 1 + f between √½ and √2.
            var exponent = (bits - BitConverter.DoubleToInt64Bits(0.7071067811865476)) >> 52;
            k = exponent;
            f = BitConverter.Int64BitsToDouble(bits - (exponent << 52)) - 1;
        }

        var s = f / (2 + f);
        var z = s * s;
        var z2 = z * z;
        var p = FusedMultiplyAdd(z, 0.4000000000000088, 0.6666666666666666);
        var q = FusedMultiplyAdd(z, 0.22222222392147034, 0.285714285708017);
        var t = FusedMultiplyAdd(z, 0.15386242218879392, 0.1818179559386321);
        var v = FusedMultiplyAdd(z, 0.13087330476603717, 0.1326870577297007);
        var r = z * FusedMultiplyAdd(z2, FusedMultiplyAdd(z2, FusedMultiplyAdd(z2, v, t), q), p);

        var halfSquare = Product(0.5 * f, f, out var halfSquareError);
        var log = Sum(f, -halfSquare, out var logError);
        var high = Sum(k * Ln2High, log, out low);
        low += FusedMultiplyAdd(k, Ln2Low, c) + (logError - halfSquareError + s * (halfSquare + r));
        return high;
    }
}
