using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    private const double InverseLn2 = 1.4426950408889634;

    /// <summary>eˣ to 1 ulp: infinite above 709.78, subnormal below −708.4, 0 below −745.13.</summary>
    /// <remarks>
    /// Muller, Elementary Functions (3rd ed.), 5.2 (Cody and Waite's reduction): x = r + n ln 2 with |r| ≤ ln(2)/2.
    /// </remarks>
    [MethodImpl(Whole)]
    public static T Exp<T>(T x) where T : struct, ILanes<T>
    {
        x = Clamped(x, -746, 711);
        var n = T.RoundToEven(x * T.Broadcast(InverseLn2));
        var high = T.MultiplyAdd(-n, T.Broadcast(Ln2High), x);
        var low = n * T.Broadcast(Ln2Low);
        var r = high - low;
        var r2 = r * r;
        var r4 = r2 * r2;
        var lower = Polynomial.Septic(r, r2, r4, 0.5, 0.1666666666666667, 0.04166666666666667, 0.00833333333332613,
            0.001388888888888325, 0.0001984126987483816, 2.48015873268773e-05, 2.7557255377968165e-06);
        var upper = Polynomial.Quadratic(r, r2, 2.7557272217974007e-07, 2.5105226258665024e-08, 2.091521483678038e-09);
        var q = T.MultiplyAdd(r4 * r4, upper, lower);
        // The rounding of r must not reach the result.
        return T.Scale(T.Broadcast(1) + (high - T.MultiplyAdd(-r2, q, low)), n);
    }

    /// <summary>x between two bounds; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Clamped<T>(T x, double lower, double upper) where T : struct, ILanes<T>
    {
        x = T.Select(T.Less(x, T.Broadcast(lower)), T.Broadcast(lower), x);
        return AtMost(x, upper);
    }

    /// <summary>x, but not above a bound; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T AtMost<T>(T x, double upper) where T : struct, ILanes<T> => T.Select(T.Less(T.Broadcast(upper), x), T.Broadcast(upper), x);

    /// <summary>
    /// Reduces x + xLow = r + n ln 2 with |r| ≤ ln(2)/2 and returns eʳ − 1 as an unevaluated sum of two doubles, good to about 2⁻⁶⁰, for |x| ≤ 1100.
    /// </summary>
    /// <remarks>As Accurate.ReducedExpm1 does it: r²/2 is kept with its rounding error, and the rest is too small for its own to matter.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ReducedExpm1<T>(T x, T xLow, out T low, out T n) where T : struct, ILanes<T>
    {
        n = T.RoundToEven(x * T.Broadcast(InverseLn2));
        var r = Sum(T.MultiplyAdd(-n, T.Broadcast(Ln2High), x), T.MultiplyAdd(-n, T.Broadcast(Ln2Low), xLow), out var rLow);
        var r2 = r * r;
        var r4 = r2 * r2;
        var lower = Polynomial.Septic(r, r2, r4, 0.16666666666666666, 0.04166666666666667, 0.008333333333333333, 0.001388888888888373,
            0.00019841269841266404, 2.4801587325605324e-05, 2.755731923999548e-06, 2.755727357010214e-07);
        var upper = Polynomial.Quadratic(r, r2, 2.5052077953667298e-08, 2.0914717341716378e-09, 1.6084348128864596e-10);
        var cubic = T.MultiplyAdd(r4 * r4, upper, lower);
        var halfSquare = Product(T.Broadcast(0.5) * r, r, out var halfSquareError);
        var high = Sum(r, halfSquare, out low);
        low += halfSquareError + T.MultiplyAdd(r2 * r, cubic, T.MultiplyAdd(rLow, r, rLow));
        return high;
    }
}
