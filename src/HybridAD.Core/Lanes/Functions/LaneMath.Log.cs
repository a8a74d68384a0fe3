using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    /// <summary>ln x to 1 ulp; −∞ at 0, NaN below.</summary>
    /// <remarks>
    /// x = 2ᵏ(1 + f), √½ ≤ 1 + f &lt; √2; with s = f/(2 + f), ln(1 + f) = f − f²/2 + s(f²/2 + R), R = 2s²/3 + 2s⁴/5 + … : the series of 2 artanh s,
    /// rearranged so that the leading terms need no division (Tang 1990, ACM TOMS 16, section 3).
    /// </remarks>
    [MethodImpl(Whole)]
    public static T Log<T>(T x) where T : struct, ILanes<T> => LogInline(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LogInline<T>(T x) where T : struct, ILanes<T>
    {
        var f = Bits.Mantissa(x, out var k) - T.Broadcast(1);
        var s = f / (T.Broadcast(2) + f);
        var halfSquare = T.Broadcast(0.5) * f * f;
        var tail = T.MultiplyAdd(k, T.Broadcast(Ln2Low), s * (halfSquare + LogTail(s)));
        var log = T.MultiplyAdd(k, T.Broadcast(Ln2High), f - (halfSquare - tail));
        return Elsewhere<T, ScalarLog>(IsOrdinary(x), x, log);
    }

    /// <summary>R above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LogTail<T>(T s) where T : struct, ILanes<T>
    {
        var z = s * s;
        var z2 = z * z;
        return z * Polynomial.Septic(z, z2, z2 * z2, 0.6666666666666666, 0.4000000000000088, 0.285714285708017, 0.22222222392147034,
            0.1818179559386321, 0.15386242218879392, 0.1326870577297007, 0.13087330476603717);
    }

    /// <summary>Positive, normal and finite numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T IsOrdinary<T>(T x) where T : struct, ILanes<T> =>
        T.LessOrEqual(T.Broadcast(SmallestNormal), x) & T.Less(x, T.Broadcast(double.PositiveInfinity));

    /// <summary>ln(1 + f) + c + k ln 2 as an unevaluated sum of two doubles, good to about 2⁻⁵⁷, for 1 + f from √½ to √2 and c a correction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LogParts<T>(T f, T c, T k, out T low) where T : struct, ILanes<T>
    {
        var s = f / (T.Broadcast(2) + f);
        var tail = LogTail(s);
        var halfSquare = Product(T.Broadcast(0.5) * f, f, out var halfSquareError);
        var log = Sum(f, -halfSquare, out var logError);
        var high = Sum(k * T.Broadcast(Ln2High), log, out low);
        low += T.MultiplyAdd(k, T.Broadcast(Ln2Low), c) + (logError - halfSquareError + s * (halfSquare + tail));
        return high;
    }

    private readonly struct ScalarLog : IScalarFunction
    {
        public static double Invoke(double x) => Math.Log(x);
    }
}
