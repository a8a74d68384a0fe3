using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>a / b truncated toward zero.</summary>
        public const byte IntegerDivide = 16;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>a / b truncated toward zero.</summary>
        public static readonly BinaryPrimitive<IntegerDivideRule> IntegerDivide =
            Primitive.Register(new BinaryPrimitive<IntegerDivideRule>(Op.IntegerDivide, "intdiv")
            {
                UlpBound = 1L << 52,
                FormA = PartialForm.Zero,
                FormB = PartialForm.Zero,
                Curvature = Curvature.None,
                Smoothness = Smoothness.Step,
                ValueCost = CostClass.Division,
            });
    }

    /// <summary>a / b truncated toward zero; ±∞ or NaN for b = 0. Piecewise constant: all derivatives 0.</summary>
    public readonly struct IntegerDivideRule : IBinaryStepRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => Math.Truncate(a / b);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => DoubleDouble.RoundToEven((a - DoubleDouble.Remainder(a, b)) / b);

        /// <summary>
        /// 1 where the quotient was rounded up in magnitude to the next integer and so not cut; an ulp where not every integer is a double.
        /// </summary>
        public static double? RoundingBound(double a, double b, double y)
        {
            var quotient = a / b;
            if (!double.IsFinite(quotient))
                return double.PositiveInfinity;
            if (Math.Abs(quotient) >= 1L << 53)
                return RoundingError.Ulp(y);
            return quotient == y && RoundingError.OfQuotient(a, b, quotient) * quotient > 0 ? 1 : 0;
        }

        /// <inheritdoc/>
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => T.Truncate(a / b);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b)
        {
            var quotient = a / b;
            return new(Math.Truncate(quotient.Lower), Math.Truncate(quotient.Upper));
        }
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>a / b truncated toward zero; its derivatives are 0.</summary>
        public static Real IntegerDivide(Real left, Real right) => Binary<IntegerDivideRule>(Op.IntegerDivide, left, right);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>a / b truncated toward zero; its derivatives are 0.</summary>
        public static Dual<T> IntegerDivide(Dual<T> left, Dual<T> right) => new(T.Truncate(left.Value / right.Value));
    }
}
