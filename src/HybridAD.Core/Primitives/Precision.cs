using HybridAD.Forward;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>x rounded to a number of significant decimal digits.</summary>
        public const byte Precision = 64;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>x rounded to a number of significant decimal digits.</summary>
        public static readonly BinaryPrimitive<PrecisionRule> Precision =
            Primitive.Register(new BinaryPrimitive<PrecisionRule>(Op.Precision, "precision")
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
    /// a rounded to b significant decimal digits, as the precision function of the .nl format. Piecewise constant: all derivatives 0.
    /// </summary>
    public readonly struct PrecisionRule : IBinaryStepRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => Accurate.Precision(a, b);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => DoubleDouble.Precision(a, b);

        /// <inheritdoc/>
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => LaneByLane.Map2<T, BinaryValueOf<PrecisionRule>>(a, b);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b) => DecimalSteps.Enclosure<PrecisionRule>(a, b, 0, 17);

        /// <inheritdoc/>
        public static Interval PartialAEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<PrecisionRule>(a, b, y);

        /// <inheritdoc/>
        public static Interval PartialBEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<PrecisionRule>(a, b, y);

        /// <inheritdoc/>
        public static Interval SecondAAEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<PrecisionRule>(a, b, y);

        /// <inheritdoc/>
        public static Interval SecondABEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<PrecisionRule>(a, b, y);

        /// <inheritdoc/>
        public static Interval SecondBBEnclosure(Interval a, Interval b, Interval y) => DecimalSteps.PartialEnclosure<PrecisionRule>(a, b, y);
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>x rounded to a number of significant decimal digits; its derivatives are 0.</summary>
        public static Real Precision(Real x, Real digits) => Binary<PrecisionRule>(Op.Precision, x, digits);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>x rounded to a number of significant decimal digits; its derivatives are 0.</summary>
        public static Dual<T> Precision(Dual<T> x, Dual<T> digits) => new(Accurately.Precision(x.Value, digits.Value));
    }
}
