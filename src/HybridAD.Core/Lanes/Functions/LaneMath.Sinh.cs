using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    /// <summary>sinh x to 1 ulp; overflows beyond ±710.47.</summary>
    [MethodImpl(Whole)]
    public static T Sinh<T>(T x) where T : struct, ILanes<T>
    {
        var magnitude = T.Abs(x);
        var half = HalfExp(magnitude, out var halfLow);
        var reciprocal = T.Broadcast(0.25) / half;
        // Where it matters what the difference loses, the exponential is small.
        var far = half - reciprocal;
        far += T.Select(T.Less(magnitude, T.Broadcast(30)), half - far - reciprocal, T.Broadcast(0)) + halfLow;
        // The series, where the difference would cancel.
        var z = x * x;
        var z2 = z * z;
        var p = T.MultiplyAdd(z2 * z2, Polynomial.Linear(z, 2.505193336631361e-08, 1.6118821766390823e-10),
            Polynomial.Cubic(z, z2, 0.16666666666666666, 0.008333333333333366, 0.0001984126984112589, 2.755731946009247e-06));
        var near = T.MultiplyAdd(magnitude * z, p, magnitude);
        return Bits.WithSign(T.Select(T.Less(magnitude, T.Broadcast(0.5)), near, far), x);
    }

    /// <summary>cosh x to 1 ulp; overflows beyond ±710.47.</summary>
    [MethodImpl(Whole)]
    public static T Cosh<T>(T x) where T : struct, ILanes<T>
    {
        var half = HalfExp(T.Abs(x), out var halfLow);
        return half + (T.Broadcast(0.25) / half + halfLow);
    }

    /// <summary>eˣ/2 as an unevaluated sum for x ≥ 0; the first term is infinite where it overflows, and the second finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T HalfExp<T>(T x, out T low) where T : struct, ILanes<T>
    {
        var tail = ReducedExpm1(Clamped(x, 0, 711), T.Broadcast(0), out var tailLow, out var n);
        var one = Sum(T.Broadcast(1), tail, out low);
        one = Sum(one, low + tailLow, out low);
        var power = n - T.Broadcast(1);
        low = T.Scale(low, power);
        return T.Scale(one, power);
    }
}
