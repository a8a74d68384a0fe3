using HybridAD.Lanes;
using HybridAD.Numerics;

namespace HybridAD.Primitives;

/// <summary>The derivative of <see cref="AbsRule"/> as a function, so that kernels treat it like other arithmetic.</summary>
internal readonly struct SlopeOfAbs : IUnaryRule
{
    public static double Value(double x) => AbsRule.Partial(x, 0);

    public static double Partial(double x, double y) => 0;

    public static double Second(double x, double y) => 0;

    public static T Value<T>(T x)
        where T : struct, ILanes<T> => AbsRule.Partial(x, x);

    public static T Partial<T>(T x, T y)
        where T : struct, ILanes<T> => T.Broadcast(0);

    public static DoubleDouble Refined(DoubleDouble x) => x < 0 ? -1 : 1;

    public static Interval Enclosure(Interval x) => AbsRule.PartialEnclosure(x, x);

    public static Interval PartialEnclosure(Interval x, Interval y) => Interval.StepPartial(y);

    public static Interval SecondEnclosure(Interval x, Interval y) => Interval.StepPartial(y);
}
