using System.Runtime.CompilerServices;

namespace HybridAD.Lanes;

/// <summary>Polynomials with the constant first, in Estrin's order, whose halves do not wait for each other.</summary>
internal static class Polynomial
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Linear<T>(T x, double c0, double c1) where T : struct, ILanes<T> => T.MultiplyAdd(x, T.Broadcast(c1), T.Broadcast(c0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Quadratic<T>(T x, T x2, double c0, double c1, double c2) where T : struct, ILanes<T> =>
        T.MultiplyAdd(x2, T.Broadcast(c2), Linear(x, c0, c1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Cubic<T>(T x, T x2, double c0, double c1, double c2, double c3) where T : struct, ILanes<T> =>
        T.MultiplyAdd(x2, Linear(x, c2, c3), Linear(x, c0, c1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Septic<T>(T x, T x2, T x4, double c0, double c1, double c2, double c3, double c4, double c5, double c6, double c7)
        where T : struct, ILanes<T> => T.MultiplyAdd(x4, Cubic(x, x2, c4, c5, c6, c7), Cubic(x, x2, c0, c1, c2, c3));
}
