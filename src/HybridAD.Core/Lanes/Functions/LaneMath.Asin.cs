using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    private const double Pi = 3.141592653589793;
    private const double PiLow = 1.2246467991473532e-16;

    /// <summary>arcsin x to 1 ulp; NaN for |x| &gt; 1.</summary>
    [MethodImpl(Whole)]
    public static T Asin<T>(T x) where T : struct, ILanes<T>
    {
        var root = ArcsineParts(T.Abs(x), out var rest, out var outer);
        var high = Sum(T.Broadcast(HalfPi), T.Broadcast(-2) * root, out var low);
        var mirrored = high + (low + T.MultiplyAdd(T.Broadcast(-2), rest, T.Broadcast(HalfPiLow)));
        return Bits.WithSign(T.Select(outer, mirrored, root + rest), x);
    }

    /// <summary>arccos x to 1 ulp; NaN for |x| &gt; 1.</summary>
    [MethodImpl(Whole)]
    public static T Acos<T>(T x) where T : struct, ILanes<T>
    {
        var root = ArcsineParts(T.Abs(x), out var rest, out var outer);
        // π/2 − arcsin x inside; 2 arcsin √((1 − x)/2) outside, and π minus that of |x| for a negative x.
        var negative = Bits.SignOf(x);
        var right = T.Less(T.Broadcast(0), x) & outer;
        var scale = T.Select(outer, T.Broadcast(2), T.Broadcast(-1) ^ negative) ^ (negative & outer);
        var start = T.Select(outer, T.Broadcast(Pi), T.Broadcast(HalfPi)) & ~right;
        var startLow = T.Select(outer, T.Broadcast(PiLow), T.Broadcast(HalfPiLow)) & ~right;
        var high = Sum(start, scale * root, out var low);
        return high + (low + T.MultiplyAdd(scale, rest, startLow));
    }

    /// <summary>
    /// arcsin x for 0 ≤ x ≤ ½, or arcsin √((1 − x)/2) and the mask set for ½ &lt; x ≤ 1 (Muller, Elementary Functions, 11.4), as an unevaluated
    /// sum.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ArcsineParts<T>(T x, out T rest, out T outer) where T : struct, ILanes<T>
    {
        var half = T.Broadcast(0.5);
        outer = T.Less(half, x);
        var z = T.Select(outer, T.MultiplyAdd(-half, x, half), x * x);
        var root = T.Select(outer, T.Sqrt(z), x);
        // The denominator is kept from 0.
        var rootLow = T.FusedMultiplyAdd(-root, root, z) / (root + root + T.Broadcast(SmallestNormal)) & outer;
        var z2 = z * z;
        var z4 = z2 * z2;
        var lower = Polynomial.Septic(z, z2, z4, 0.16666666666666666, 0.07500000000000119, 0.04464285714255019, 0.030381944475693704,
            0.022372157435623815, 0.017352816768546477, 0.013963775787848059, 0.01156651182189177);
        var upper = T.MultiplyAdd(z4, Polynomial.Linear(z, -0.019277545928924788, 0.029635026263750575),
            Polynomial.Cubic(z, z2, 0.00962140274733868, 0.00932210150111452, 0.003035007172615201, 0.019579201619999292));
        rest = T.MultiplyAdd(root * z, T.MultiplyAdd(z4 * z4, upper, lower), rootLow);
        return root;
    }
}
