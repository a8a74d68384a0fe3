using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

public static partial class LaneMath
{
    /// <summary>√(a² + b²) to 1 ulp without overflow on the way; ∞ if an operand is infinite, even where the other is NaN.</summary>
    /// <remarks>C. F. Borges, "Algorithm 1014: An improved algorithm for hypot(x, y)", ACM TOMS 47 (2020): one step of Newton on the fused root.</remarks>
    [MethodImpl(Whole)]
    public static T Hypot<T>(T a, T b) where T : struct, ILanes<T>
    {
        var (x, y) = (T.Abs(a), T.Abs(b));
        var infinity = T.Broadcast(double.PositiveInfinity);
        var infinite = T.Equal(x, infinity) | T.Equal(y, infinity);
        var swapped = T.Less(x, y);
        (x, y) = (T.Select(swapped, y, x), T.Select(swapped, x, y));
        // Squares and their errors stay between 2⁻¹⁰⁰⁰ and 2¹⁰⁰⁰.
        var shift = T.Select(T.Less(T.Broadcast(1e140), x), T.Broadcast(-600), T.Less(x, T.Broadcast(1e-130)) & T.Broadcast(600));
        x *= Bits.PowerOfTwo(shift);
        y *= Bits.PowerOfTwo(shift);
        var root = T.Sqrt(T.MultiplyAdd(x, x, y * y));
        var (rootSquare, square) = (root * root, x * x);
        var excess = T.FusedMultiplyAdd(-y, y, rootSquare - square)
            + (T.FusedMultiplyAdd(root, root, -rootSquare) - T.FusedMultiplyAdd(x, x, -square));
        root = T.Select(T.Equal(root, T.Broadcast(0)), root, root - excess / (root + root)) * Bits.PowerOfTwo(-shift);
        return T.Select(infinite, infinity, root);
    }
}
