using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

/// <summary>Elementary functions of several doubles at once.</summary>
/// <remarks>
/// <para>
/// Errors are in ulps, the spacing of doubles at the exact result, and were measured over random points of the whole range against a reference of 100
/// bits (docs/benchmarks/vector-functions.md); they are not proven. Special values are those of <see cref="Math"/>: NaN outside of a domain,
/// the right infinities, zeros with their signs, full accuracy for subnormal numbers. A lane has the same result whatever its neighbours are.
/// </para>
/// <para>
/// Polynomials interpolate at Chebyshev nodes. Error terms are exact by fused multiply-add; without the instruction the functions are as accurate, and slow.
/// Every function is optimised when it is first compiled and is called, not inlined: a few nanoseconds for a vector, and no cold start. Some have a twin that may be compiled beforehand.
/// </para>
/// </remarks>
public static partial class LaneMath
{
    private const MethodImplOptions Whole = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    // ln 2 in two parts. The first has 33 bits, so that its product with an exponent is exact.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;

    private const double SmallestNormal = 2.2250738585072014e-308;

    /// <summary>a·b as a rounded product and its error, exact unless the error underflows (Dekker 1971).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Product<T>(T a, T b, out T error) where T : struct, ILanes<T>
    {
        var product = a * b;
        error = T.FusedMultiplyAdd(a, b, -product);
        return product;
    }

    /// <summary>a + b as a rounded sum and its error, exact where |a| ≥ |b| or a is 0 (Dekker 1971).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Sum<T>(T a, T b, out T error) where T : struct, ILanes<T>
    {
        var sum = a + b;
        error = b - (sum - a);
        return sum;
    }

    /// <summary>a + b as a rounded sum and its error, whichever is larger (Knuth's TwoSum).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T AnySum<T>(T a, T b, out T error) where T : struct, ILanes<T>
    {
        var sum = a + b;
        var shadow = sum - a;
        error = (a - (sum - shadow)) + (b - shadow);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T IsNormal<T>(T x) where T : struct, ILanes<T>
    {
        var magnitude = T.Abs(x);
        return T.LessOrEqual(T.Broadcast(SmallestNormal), magnitude) & T.Less(magnitude, T.Broadcast(double.PositiveInfinity));
    }

    /// <summary>
    /// The value where a vector formula holds, and elsewhere that of the scalar function, lane by lane: cheaper than to select among special values
    /// in every call, when such operands are rare.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Elsewhere<T, TFunction>(T holds, T x, T value)
        where T : struct, ILanes<T>
        where TFunction : struct, IScalarFunction => T.Any(~holds) ? LaneByLane.MapWhere<T, TFunction>(~holds, x, value) : value;

    /// <summary>The same for functions of two operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Elsewhere<T, TFunction>(T holds, T a, T b, T value)
        where T : struct, ILanes<T>
        where TFunction : struct, IScalarFunction2 => T.Any(~holds) ? LaneByLane.Map2Where<T, TFunction>(~holds, a, b, value) : value;

    /// <summary>(a + aLow) / (b + bLow), by one division, as a quotient and what it lacks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Quotient<T>(T a, T aLow, T b, T bLow, out T low) where T : struct, ILanes<T>
    {
        var reciprocal = T.Broadcast(1) / b;
        var quotient = a * reciprocal;
        low = (T.FusedMultiplyAdd(-quotient, b, a) + T.MultiplyAdd(-quotient, bLow, aLow)) * reciprocal;
        return quotient;
    }
}
