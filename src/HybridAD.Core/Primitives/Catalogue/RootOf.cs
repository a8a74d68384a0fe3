using System.Runtime.CompilerServices;
using HybridAD.Lanes;
using HybridAD.Numerics;

namespace HybridAD.Primitives;

/// <summary>What <see cref="RootNRule"/> does, with n as an operand, so that kernels with different roots are the same code.</summary>
internal readonly struct RootOf : IBinaryRule
{
    public static double Value(double a, double b) => RootNRule.Value(a, [b]);

    public static double PartialA(double a, double b, double y) => RootNRule.Partial(a, [b], y);

    public static double PartialB(double a, double b, double y) => 0;

    public static double SecondAA(double a, double b, double y) => RootNRule.Second(a, [b], y);

    public static double SecondAB(double a, double b, double y) => 0;

    public static double SecondBB(double a, double b, double y) => 0;

    public static T Value<T>(T a, T b)
        where T : struct, ILanes<T> => LaneByLane.Map2<T, BinaryValueOf<RootOf>>(a, b);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T PartialA<T>(T a, T b, T y)
        where T : struct, ILanes<T>
    {
        var (zero, one, infinity) = (T.Broadcast(0), T.Broadcast(1), T.Broadcast(double.PositiveInfinity));
        var atZero = T.Select(T.Less(zero, b), infinity, -infinity);
        return T.Select(T.Equal(b, one), one, T.Select(T.Equal(a, zero), atZero, y / a / b));
    }

    public static T PartialB<T>(T a, T b, T y)
        where T : struct, ILanes<T> => T.Broadcast(0);

    public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => RootNRule.Refined(a, [b.High]);

    public static Interval Enclosure(Interval a, Interval b) => RootNRule.Enclosure(a, [b.Lower]);

    public static Interval PartialAEnclosure(Interval a, Interval b, Interval y) => RootNRule.PartialEnclosure(a, [b.Lower], y);

    public static Interval PartialBEnclosure(Interval a, Interval b, Interval y) => 0;

    public static Interval SecondAAEnclosure(Interval a, Interval b, Interval y) => RootNRule.SecondEnclosure(a, [b.Lower], y);

    public static Interval SecondABEnclosure(Interval a, Interval b, Interval y) => 0;

    public static Interval SecondBBEnclosure(Interval a, Interval b, Interval y) => 0;
}
