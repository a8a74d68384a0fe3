using System.Runtime.CompilerServices;
using HybridAD.Numerics;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    /// <summary>The real cube root to 1 ulp.</summary>
    /// <remarks>
    /// |x| = m·2^j·8^q with m from √½ to √2 and j = 0, 1 or 2: a polynomial for m^(−1/3), one step of third order for that, and one for the root itself
    /// with an error-free residual (Muller, Elementary Functions, 3rd ed., 5.3).
    /// </remarks>
    [MethodImpl(Whole)]
    public static T Cbrt<T>(T x) where T : struct, ILanes<T>
    {
        var one = T.Broadcast(1);
        var magnitude = T.Abs(x);
        var m = Bits.Mantissa(magnitude, out var k);
        var q = T.Floor(T.MultiplyAdd(k, T.Broadcast(1.0 / 3), T.Broadcast(0.125)));
        var j = T.MultiplyAdd(q, T.Broadcast(-3), k);
        var (isOne, isTwo) = (T.Equal(j, one), T.Equal(j, T.Broadcast(2)));
        var m2 = m * m;
        var start = T.MultiplyAdd(m2 * m2, T.Broadcast(0.12473026410836184),
            Polynomial.Cubic(m, m2, 1.8703334336264674, -1.8451749844556589, 1.5369546231175093, -0.6868716763945578));
        start *= T.Select(isTwo, T.Broadcast(0.6299605249474366), T.Select(isOne, T.Broadcast(0.7937005259840998), one));
        m *= T.Select(isTwo, T.Broadcast(4), T.Select(isOne, T.Broadcast(2), one));

        var h = T.MultiplyAdd(-m * start, start * start, one);
        var reciprocal = T.MultiplyAdd(start * h, T.MultiplyAdd(h, T.Broadcast(2.0 / 9), T.Broadcast(1.0 / 3)), start);
        var slope = reciprocal * reciprocal;
        var root = m * slope;
        var square = Product(root, root, out var squareError);
        var cube = Product(square, root, out var cubeError);
        var residual = m - cube - T.MultiplyAdd(squareError, root, cubeError);
        root = T.MultiplyAdd(residual, slope * T.Broadcast(1.0 / 3), root) * Bits.PowerOfTwo(q);
        return Elsewhere<T, ScalarCbrt>(IsOrdinary(magnitude), x, Bits.WithSign(root, x));
    }

    private readonly struct ScalarCbrt : IScalarFunction
    {
        public static double Invoke(double x) => Accurate.Cbrt(x);
    }
}
