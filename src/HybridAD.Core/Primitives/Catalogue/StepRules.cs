using HybridAD.Numerics;

namespace HybridAD.Primitives;

/// <summary>A piecewise constant operation with one operand: all derivatives are 0, at the jumps too, and enclosures of them <see cref="Interval.StepPartial"/> unless the rule knows better.</summary>
public interface IUnaryStepRule : IUnaryRule
{
    /// <inheritdoc/>
    static double IUnaryRule.Partial(double x, double y) => 0;

    /// <inheritdoc/>
    static double IUnaryRule.Second(double x, double y) => 0;

    /// <inheritdoc/>
    static T IUnaryRule.Partial<T>(T x, T y) => T.Broadcast(0);

    /// <inheritdoc/>
    static Interval IUnaryRule.PartialEnclosure(Interval x, Interval y) => Interval.StepPartial(y);

    /// <inheritdoc/>
    static Interval IUnaryRule.SecondEnclosure(Interval x, Interval y) => Interval.StepPartial(y);
}

/// <summary>A piecewise constant operation with two operands, see <see cref="IUnaryStepRule"/>.</summary>
public interface IBinaryStepRule : IBinaryRule
{
    /// <inheritdoc/>
    static double IBinaryRule.PartialA(double a, double b, double y) => 0;

    /// <inheritdoc/>
    static double IBinaryRule.PartialB(double a, double b, double y) => 0;

    /// <inheritdoc/>
    static double IBinaryRule.SecondAA(double a, double b, double y) => 0;

    /// <inheritdoc/>
    static double IBinaryRule.SecondAB(double a, double b, double y) => 0;

    /// <inheritdoc/>
    static double IBinaryRule.SecondBB(double a, double b, double y) => 0;

    /// <inheritdoc/>
    static T IBinaryRule.PartialA<T>(T a, T b, T y) => T.Broadcast(0);

    /// <inheritdoc/>
    static T IBinaryRule.PartialB<T>(T a, T b, T y) => T.Broadcast(0);

    /// <inheritdoc/>
    static Interval IBinaryRule.PartialAEnclosure(Interval a, Interval b, Interval y) => Interval.StepPartial(y);

    /// <inheritdoc/>
    static Interval IBinaryRule.PartialBEnclosure(Interval a, Interval b, Interval y) => Interval.StepPartial(y);

    /// <inheritdoc/>
    static Interval IBinaryRule.SecondAAEnclosure(Interval a, Interval b, Interval y) => Interval.StepPartial(y);

    /// <inheritdoc/>
    static Interval IBinaryRule.SecondABEnclosure(Interval a, Interval b, Interval y) => Interval.StepPartial(y);

    /// <inheritdoc/>
    static Interval IBinaryRule.SecondBBEnclosure(Interval a, Interval b, Interval y) => Interval.StepPartial(y);
}
