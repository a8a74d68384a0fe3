using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    /// <summary>tanh x to 1 ulp: −e/(2 + e) with e = e^(−2|x|) − 1, kept with its rounding error.</summary>
    [MethodImpl(Whole)]
    public static T Tanh<T>(T x) where T : struct, ILanes<T> => TanhInline(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T TanhInline<T>(T x) where T : struct, ILanes<T>
    {
        var e = Expm1Parts(Clamped(T.Broadcast(-2) * T.Abs(x), -60, 0), out var eLow);
        var denominator = Sum(T.Broadcast(2), e, out var denominatorLow);
        var value = Quotient(-e, -eLow, denominator, denominatorLow + eLow, out var low);
        return Bits.WithSign(value + low, x);
    }

    /// <summary>1/cosh² x, the derivative of tanh, to 5 ulps.</summary>
    [MethodImpl(Whole)]
    internal static T SquaredReciprocalCosh<T>(T x) where T : struct, ILanes<T>
    {
        var e = Exp(-T.Abs(x));
        var reciprocal = (e + e) / T.MultiplyAdd(e, e, T.Broadcast(1));
        return reciprocal * reciprocal;
    }
}
