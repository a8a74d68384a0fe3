using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    /// <summary>aᵇ to 1 ulp, with the special values of <see cref="Math.Pow"/>.</summary>
    /// <remarks>
    /// e^(b ln a) with the logarithm as a sum of two doubles good to 2⁻⁶⁵, of which the exponential amplifies the error by up to 2¹⁰. Bases that are not
    /// positive normal numbers and results that overflow or vanish go one by one.
    /// </remarks>
    [MethodImpl(Whole)]
    public static T Pow<T>(T a, T b) where T : struct, ILanes<T>
    {
        var log = LongLog(a, out var logLow);
        var exponent = Product(log, b, out var exponentLow);
        exponentLow = T.MultiplyAdd(logLow, b, exponentLow);
        var regular = IsOrdinary(a) & T.Less(T.Abs(exponent), T.Broadcast(745));
        var tail = ReducedExpm1(exponent, exponentLow, out var tailLow, out var n);
        var sum = Sum(T.Broadcast(1), tail, out var low);
        var value = T.Scale(sum + (low + tailLow), n);
        return Elsewhere<T, ScalarPow>(regular, a, b, value);
    }

    /// <summary>ln x as an unevaluated sum of two doubles, good to 2⁻⁶⁵ of it, for positive normal x.</summary>
    /// <remarks>
    /// x = m·2ᵏ, ln m = 2 artanh s with s = (m − 1)/(m + 1): 2s + s³(2/3 + s² t), all but t in double-double arithmetic (Dekker 1971).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LongLog<T>(T x, out T low) where T : struct, ILanes<T>
    {
        var f = Bits.Mantissa(x, out var k) - T.Broadcast(1);
        var denominator = Sum(T.Broadcast(2), f, out var denominatorLow);
        var s = Quotient(f, T.Broadcast(0), denominator, denominatorLow, out var sLow);
        var z = Product(s, s, out var zLow);
        zLow = T.MultiplyAdd(s + s, sLow, zLow);
        var z2 = z * z;
        var t = Polynomial.Septic(z, z2, z2 * z2, 0.4, 0.28571428571429375, 0.22222222221649282, 0.18181818336888536,
            0.1538459480285628, 0.13334813369112056, 0.11706004250295383, 0.11725603260235445);
        var factor = Sum(T.Broadcast(0.6666666666666666), z * t, out var factorLow);
        factorLow += T.Broadcast(3.700743415417188e-17);
        var cube = Product(s, z, out var cubeLow);
        cubeLow += T.MultiplyAdd(s, zLow, sLow * z);
        var rest = Product(cube, factor, out var restLow);
        restLow += T.MultiplyAdd(cube, factorLow, cubeLow * factor);
        var log = Sum(s + s, rest, out var logLow);
        logLow += sLow + sLow + restLow;
        var high = Sum(k * T.Broadcast(Ln2High), log, out low);
        return Sum(high, low + T.MultiplyAdd(k, T.Broadcast(Ln2Low), logLow), out low);
    }

    private readonly struct ScalarPow : IScalarFunction2
    {
        public static double Invoke(double a, double b) => Math.Pow(a, b);
    }
}
