using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    /// <summary>eˣ − 1 to 1 ulp, near 0 too.</summary>
    /// <remarks>P. T. P. Tang, "Table-driven implementation of the expm1 function", ACM TOMS 18 (1992), section 2, without the table.</remarks>
    [MethodImpl(Whole)]
    public static T Expm1<T>(T x) where T : struct, ILanes<T>
    {
        var sum = ScaledExpm1(Clamped(x, -60, 711), out var low, out var k);
        return Bits.WithSign(T.Scale(sum + low, k), x);
    }

    /// <summary>2⁻ᵏ(eˣ − 1) as an unevaluated sum: 2⁻ᵏ is subtracted from 1 before the rest is added, so that nothing cancels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ScaledExpm1<T>(T x, out T low, out T k) where T : struct, ILanes<T>
    {
        var high = ReducedExpm1(x, T.Broadcast(0), out low, out k);
        // Beyond 2⁻¹⁰⁰ it is lost, and 2⁻ᵏ would leave the normal numbers.
        var unit = Bits.PowerOfTwo(-T.Select(T.Less(T.Broadcast(100), k), T.Broadcast(100), k));
        var start = AnySum(T.Broadcast(1), -unit, out var startLow);
        var sum = Sum(start, high, out var error);
        low += error + startLow;
        return sum;
    }
}
