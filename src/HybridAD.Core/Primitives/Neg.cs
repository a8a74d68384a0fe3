using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>−x.</summary>
        public const byte Neg = 6;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>−x.</summary>
        public static readonly UnaryPrimitive<NegRule> Neg = Primitive.Register(new UnaryPrimitive<NegRule>(Op.Neg, "neg")
        {
            StaysFinite = true,
            Form = PartialForm.MinusOne, Curved = false, UlpBound = 0,
        });
    }

    /// <summary>−x: linear, partial −1. Changes the sign of zeros, infinities and NaN too.</summary>
    public readonly struct NegRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => -x;

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => -x;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => -1;

        /// <inheritdoc/>
        public static double Second(double x, double y) => 0;

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => -x;

        /// <inheritdoc/>
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => T.Broadcast(-1);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => -x;

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => -1;

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => 0;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>−x.</summary>
        public static Real operator -(Real value) => Unary<NegRule>(Op.Neg, value);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>−x.</summary>
        public static Dual<T> operator -(Dual<T> value) => new(-value.Value, -value.Tangent);
    }
}
