using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    /// <summary>The angle of the point (x, y), in [−π, π], to 1 ulp, with the quadrants and signed zeros of <see cref="Math.Atan2"/>.</summary>
    /// <remarks>
    /// The arctangent of the smaller over the larger coordinate, reduced as in <see cref="Atan"/>, is turned into the octant. Coordinates whose
    /// quotient could not be checked, the origin and infinities go one by one.
    /// </remarks>
    [MethodImpl(Whole)]
    public static T Atan2<T>(T y, T x) where T : struct, ILanes<T>
    {
        var (height, width) = (T.Abs(y), T.Abs(x));
        var steep = T.Less(width, height);
        var (larger, smaller) = (T.Select(steep, height, width), T.Select(steep, width, height));
        var middle = T.Less(T.Broadcast(TangentOfEighth) * larger, smaller);
        var difference = AnySum(smaller, -larger, out var differenceLow);
        var sum = Sum(larger, smaller, out var sumLow);
        var t = Quotient(T.Select(middle, difference, smaller), differenceLow & middle, T.Select(middle, sum, larger), sumLow & middle, out var tLow);

        // arctan(smaller/larger) = c·π/4 + arctan t with c = 0 or 1; the mirror at π/4 makes it π/2 − it, that at π/2 makes it π − it.
        var left = Bits.IsNegative(x);
        var c = middle & T.Broadcast(1);
        var turned = T.Select(steep, T.Broadcast(2) - c, c);
        turned = T.Select(left, T.Broadcast(4) - turned, turned);
        var start = Product(turned, T.Broadcast(QuarterPi), out var startLow);
        startLow = T.MultiplyAdd(turned, T.Broadcast(QuarterPiLow), startLow);
        var mirrored = (steep ^ left) & T.Broadcast(-0.0);
        var angle = SumOfArcs(start, startLow, t ^ mirrored, tLow ^ mirrored);

        var value = Bits.WithSign(angle, y);
        var checkable = T.LessOrEqual(T.Broadcast(1e-200), larger) & T.LessOrEqual(larger, T.Broadcast(1e300))
            & (T.LessOrEqual(T.Broadcast(1e-280), smaller) | T.Equal(smaller, T.Broadcast(0)));
        return Elsewhere<T, ScalarAtan2>(checkable, y, x, value);
    }

    private readonly struct ScalarAtan2 : IScalarFunction2
    {
        public static double Invoke(double a, double b) => Math.Atan2(a, b);
    }
}
