using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    private const double TangentOfEighth = 0.41421356237309503;
    private const double QuarterPi = 0.7853981633974483;
    private const double QuarterPiLow = 3.061616997868383e-17;

    /// <summary>arctan x to 1 ulp; ±π/2 at ±∞.</summary>
    /// <remarks>
    /// arctan x = arctan x₀ + arctan((x − x₀)/(1 + x x₀)) with x₀ = 0, 1 or ∞ leaves |t| ≤ tan(π/8) (Muller, Elementary Functions, 11.4); the quotient
    /// is kept with its rounding error.
    /// </remarks>
    [MethodImpl(Whole)]
    public static T Atan<T>(T x) where T : struct, ILanes<T>
    {
        var (one, magnitude) = (T.Broadcast(1), T.Abs(x));
        var middle = T.Less(T.Broadcast(TangentOfEighth), magnitude);
        var far = T.Less(T.Broadcast(1 / TangentOfEighth), magnitude);
        // Beyond 2¹⁰⁰ the quotient is lost beside π/2, and its check product would overflow.
        magnitude = T.Select(T.Less(T.Broadcast(1e30), magnitude), T.Broadcast(1e30), magnitude);
        var difference = AnySum(magnitude, -one, out var differenceLow);
        var sum = AnySum(magnitude, one, out var sumLow);
        var numerator = T.Select(far, -one, T.Select(middle, difference, magnitude));
        var denominator = T.Select(far, magnitude, T.Select(middle, sum, one));
        middle &= ~far;
        var t = Quotient(numerator, differenceLow & middle, denominator, sumLow & middle, out var tLow);
        var (start, startLow) = (T.Select(far, T.Broadcast(HalfPi), T.Broadcast(QuarterPi)), T.Select(far, T.Broadcast(HalfPiLow), T.Broadcast(QuarterPiLow)));
        var beyond = middle | far;
        return Bits.WithSign(SumOfArcs(start & beyond, startLow & beyond, t, tLow), x);
    }

    /// <summary>a + arctan t, each with a correction, for |t| ≤ tan(π/8) and an a that is 0 or exceeds the arc.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SumOfArcs<T>(T a, T aLow, T t, T tLow) where T : struct, ILanes<T>
    {
        var z = t * t;
        var z2 = z * z;
        var z4 = z2 * z2;
        var p = T.MultiplyAdd(z4 * z4, Polynomial.Cubic(z, z2, -0.05230134424005233, 0.04550136417126695, -0.03453315206350093, 0.016244360157965456),
            Polynomial.Septic(z, z2, z4, -0.3333333333333333, 0.19999999999999798, -0.14285714285658316, 0.11111111105008185,
                -0.09090908746183932, 0.07692296163793665, -0.06666421097411566, 0.05878885505142517));
        var high = Sum(a, t, out var low);
        return high + T.MultiplyAdd(t * z, p, T.MultiplyAdd(-z, tLow, tLow) + (aLow + low));
    }
}
