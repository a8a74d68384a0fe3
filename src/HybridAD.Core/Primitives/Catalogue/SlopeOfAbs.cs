using HybridAD.Lanes;
using HybridAD.Numerics;

namespace HybridAD.Primitives;

/// <summary>The derivative of <see cref="AbsRule"/> as a function, so that kernels treat it like other arithmetic.</summary>
internal readonly struct SlopeOfAbs : IUnaryStepRule
{
    public static double Value(double x) => AbsRule.Partial(x, 0);

    public static T Value<T>(T x)
        where T : struct, ILanes<T> => AbsRule.Partial(x, x);

    public static DoubleDouble Refined(DoubleDouble x) => x < 0 ? -1 : 1;

    public static Interval Enclosure(Interval x) => AbsRule.PartialEnclosure(x, x);
}
