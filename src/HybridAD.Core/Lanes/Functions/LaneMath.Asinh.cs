using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    /// <summary>arsinh x to 1 ulp, and 2 beyond 2³⁰: ln(1 + |x| + x²/(1 + √(1 + x²))).</summary>
    [MethodImpl(Whole)]
    public static T Asinh<T>(T x) where T : struct, ILanes<T>
    {
        var (one, magnitude) = (T.Broadcast(1), T.Abs(x));
        var square = x * x;
        var sum = AnySum(magnitude, square / (one + T.Sqrt(one + square)), out var sumLow);
        var value = Bits.WithSign(Log1pOfSum(sum, sumLow), x);
        return Elsewhere<T, ScalarAsinh>(T.Less(magnitude, T.Broadcast(1 << 30)), x, value);
    }

    /// <summary>arcosh x to 1 ulp, and 2 beyond 2³⁰: ln(1 + t + √(t(t + 2))) with t = x − 1 and what the root lost; NaN for x &lt; 1.</summary>
    [MethodImpl(Whole)]
    public static T Acosh<T>(T x) where T : struct, ILanes<T>
    {
        var t = x - T.Broadcast(1);
        var next = AnySum(t, T.Broadcast(2), out var nextLow);
        var square = Product(t, next, out var squareLow);
        var root = T.Sqrt(square);
        // The denominator is kept from 0.
        var rootLow = (T.FusedMultiplyAdd(-root, root, square) + T.MultiplyAdd(t, nextLow, squareLow)) / (root + root + T.Broadcast(SmallestNormal));
        var sum = AnySum(t, root, out var sumLow);
        var holds = T.LessOrEqual(T.Broadcast(1), x) & T.Less(x, T.Broadcast(1 << 30));
        return Elsewhere<T, ScalarAcosh>(holds, x, Log1pOfSum(sum, sumLow + rootLow));
    }

    /// <summary>artanh x to 1 ulp: ½ ln(1 + 2|x|/(1 − |x|)); ±∞ at ±1, NaN beyond.</summary>
    [MethodImpl(Whole)]
    public static T Atanh<T>(T x) where T : struct, ILanes<T>
    {
        var (one, magnitude) = (T.Broadcast(1), T.Abs(x));
        var denominator = Sum(one, -magnitude, out var denominatorLow);
        var ratio = Quotient(magnitude + magnitude, T.Broadcast(0), denominator, denominatorLow, out var ratioLow);
        var value = Bits.WithSign(T.Broadcast(0.5) * Log1pOfSum(ratio, ratioLow), x);
        return Elsewhere<T, ScalarAtanh>(T.Less(magnitude, one), x, value);
    }

    private readonly struct ScalarAsinh : IScalarFunction
    {
        public static double Invoke(double x) => Math.Asinh(x);
    }

    private readonly struct ScalarAcosh : IScalarFunction
    {
        public static double Invoke(double x) => Math.Acosh(x);
    }

    private readonly struct ScalarAtanh : IScalarFunction
    {
        public static double Invoke(double x) => Math.Atanh(x);
    }
}
