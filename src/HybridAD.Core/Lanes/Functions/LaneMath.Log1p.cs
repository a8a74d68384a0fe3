using System.Runtime.CompilerServices;
using HybridAD.Numerics;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    /// <summary>ln(1 + x) to 1 ulp, near 0 too; −∞ at −1, NaN below.</summary>
    [MethodImpl(Whole)]
    public static T Log1p<T>(T x) where T : struct, ILanes<T>
    {
        var holds = T.Less(T.Broadcast(-1), x) & T.Less(x, T.Broadcast(double.PositiveInfinity));
        return Elsewhere<T, ScalarLog1p>(holds, x, Bits.WithSign(Log1pOfSum(x, T.Broadcast(0)), x));
    }

    /// <summary>ln(1 + x + xLow) for finite x &gt; −1.</summary>
    /// <remarks>
    /// 1 + x = 2ᵏ(1 + f)(1 + c) with √½ ≤ 1 + f &lt; √2 and c the rounding error of 1 + x (Kahan's correction; Goldberg 1991, theorem 4). Near 0, f = x.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Log1pOfSum<T>(T x, T xLow) where T : struct, ILanes<T>
    {
        var one = T.Broadcast(1);
        var u = AnySum(one, x, out var error);
        var m = Bits.Mantissa(u, out var k);
        var near = T.Less(T.Broadcast(-0.29), x) & T.Less(x, T.Broadcast(0.41));
        var f = T.Select(near, x, m - one);
        k &= ~near;
        var high = LogParts(f, ((error & ~near) + xLow) / u, k, out var low);
        return high + low;
    }

    private readonly struct ScalarLog1p : IScalarFunction
    {
        public static double Invoke(double x) => Accurate.Log1p(x);
    }
}
