using HybridAD.Forward;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>x truncated to a number of decimal places.</summary>
        public const byte TruncateTo = 66;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>x truncated to a number of decimal places.</summary>
        public static readonly BinaryPrimitive<TruncateToRule> TruncateTo =
            Primitive.Register(new BinaryPrimitive<TruncateToRule>(Op.TruncateTo, "trunc")
            {
                StaysFinite = true,
                FormA = PartialForm.Zero,
                FormB = PartialForm.Zero,
                Curvature = Curvature.None,
                Smoothness = Smoothness.Step,
                ValueCost = CostClass.Power,
            });
    }

    /// <summary>
    /// a truncated toward zero to b decimal places, as the trunc function of the .nl format. Piecewise constant: all derivatives 0.
    /// </summary>
    public readonly struct TruncateToRule : IBinaryStepRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => Accurate.TruncTo(a, b);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => DoubleDouble.TruncateTo(a, b);

        /// <summary>Whole numbers near a are doubles.</summary>
        public static double? RoundingBound(double a, double b, double y) => b == 0 && double.IsFinite(y) ? 0 : null;

        /// <inheritdoc/>
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => LaneByLane.Map2<T, BinaryValueOf<TruncateToRule>>(a, b);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b) => DecimalSteps.Enclosure<TruncateToRule>(a, b, -310, 324);

        /// <inheritdoc/>
        public static Interval PartialAEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<TruncateToRule>(a, b, y);

        /// <inheritdoc/>
        public static Interval PartialBEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<TruncateToRule>(a, b, y);

        /// <inheritdoc/>
        public static Interval SecondAAEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<TruncateToRule>(a, b, y);

        /// <inheritdoc/>
        public static Interval SecondABEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<TruncateToRule>(a, b, y);

        /// <inheritdoc/>
        public static Interval SecondBBEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<TruncateToRule>(a, b, y);
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>x truncated to a number of decimal places; its derivatives are 0.</summary>
        public static Real TruncateTo(Real x, Real places) => Binary<TruncateToRule>(Op.TruncateTo, x, places);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>x truncated to a number of decimal places; its derivatives are 0.</summary>
        public static Dual<T> TruncateTo(Dual<T> x, Dual<T> places) => new(Accurately.TruncateTo(x.Value, places.Value));
    }
}
