using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    /// <summary>log₂ x to 1 ulp, exact at powers of 2; −∞ at 0, NaN below.</summary>
    [MethodImpl(Whole)]
    public static T Log2<T>(T x) where T : struct, ILanes<T>
    {
        var f = Bits.Mantissa(x, out var k) - T.Broadcast(1);
        var log = LogParts(f, T.Broadcast(0), T.Broadcast(0), out var low);
        log = Sum(log, low, out low);
        log = Product(log, T.Broadcast(1.4426950408889634), T.Broadcast(2.0355273740931033e-17), ref low);
        var high = Sum(k, log, out var error);
        return Elsewhere<T, ScalarLog2>(IsOrdinary(x), x, high + (error + low));
    }

    /// <summary>log₁₀ x to 1 ulp, and 2 for subnormal x; −∞ at 0, NaN below.</summary>
    [MethodImpl(Whole)]
    public static T Log10<T>(T x) where T : struct, ILanes<T>
    {
        var f = Bits.Mantissa(x, out var k) - T.Broadcast(1);
        var log = LogParts(f, T.Broadcast(0), k, out var low);
        log = Sum(log, low, out low);
        log = Product(log, T.Broadcast(0.4342944819032518), T.Broadcast(1.098319650216765e-17), ref low);
        return Elsewhere<T, ScalarLog10>(IsOrdinary(x), x, log + low);
    }

    /// <summary>(a + low)(b + bLow) as a rounded product of a and b and, in low, the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Product<T>(T a, T b, T bLow, ref T low) where T : struct, ILanes<T>
    {
        var product = Product(a, b, out var error);
        low = T.MultiplyAdd(a, bLow, T.MultiplyAdd(low, b, error));
        return product;
    }

    private readonly struct ScalarLog2 : IScalarFunction
    {
        public static double Invoke(double x) => Math.Log2(x);
    }

    private readonly struct ScalarLog10 : IScalarFunction
    {
        public static double Invoke(double x) => Math.Log10(x);
    }
}
