using HybridAD.Forward;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>x rounded to a number of decimal places.</summary>
        public const byte RoundTo = 65;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>x rounded to a number of decimal places.</summary>
        public static readonly BinaryPrimitive<RoundToRule> RoundTo = Primitive.Register(new BinaryPrimitive<RoundToRule>(Op.RoundTo, "round")
        {
            StaysFinite = true,
            FormA = PartialForm.Zero, FormB = PartialForm.Zero, Curvature = Curvature.None, Smoothness = Smoothness.Step, ValueCost = CostClass.Power,
        });
    }

    /// <summary>
    /// a rounded to b decimal places (left of the point where b is negative), as the round function of the .nl format. Piecewise constant: all
    /// derivatives 0.
    /// </summary>
    public readonly struct RoundToRule : IBinaryStepRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => Accurate.RoundTo(a, b);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => DoubleDouble.RoundTo(a, b);

        /// <summary>Whole numbers near a are doubles.</summary>
        public static double? RoundingBound(double a, double b, double y) => b == 0 && double.IsFinite(y) ? 0 : null;

        /// <inheritdoc/>
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => LaneByLane.Map2<T, BinaryValueOf<RoundToRule>>(a, b);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b) => DecimalSteps.Enclosure<RoundToRule>(a, b, -310, 324);

        /// <inheritdoc/>
        public static Interval PartialAEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<RoundToRule>(a, b, y);

        /// <inheritdoc/>
        public static Interval PartialBEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<RoundToRule>(a, b, y);

        /// <inheritdoc/>
        public static Interval SecondAAEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<RoundToRule>(a, b, y);

        /// <inheritdoc/>
        public static Interval SecondABEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<RoundToRule>(a, b, y);

        /// <inheritdoc/>
        public static Interval SecondBBEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<RoundToRule>(a, b, y);
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>x rounded to a number of decimal places; its derivatives are 0.</summary>
        public static Real RoundTo(Real x, Real places) => Binary<RoundToRule>(Op.RoundTo, x, places);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>x rounded to a number of decimal places; its derivatives are 0.</summary>
        public static Dual<T> RoundTo(Dual<T> x, Dual<T> places) => new(Accurately.RoundTo(x.Value, places.Value));
    }
}
