using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>x².</summary>
        public const byte Square = 7;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>x².</summary>
        public static readonly UnaryPrimitive<SquareRule> Square = Primitive.Register(new UnaryPrimitive<SquareRule>(Op.Square, "square")
        {
            StaysFinite = true,
            ValueCost = CostClass.Arithmetic,
        });
    }

    /// <summary>x²: partial 2x.</summary>
    public readonly struct SquareRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => x * x;

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => x * x;

        /// <inheritdoc/>
        public static double? LocalError(double x, double y) => RoundingError.OfProduct(x, x, y);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => x + x;

        /// <inheritdoc/>
        public static double Second(double x, double y) => 2;

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Binary(Op.Add, x, x);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => x * x;

        /// <inheritdoc/>
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => x + x;

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Square(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => 2 * x;

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => 2;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>x².</summary>
        public static Real Square(Real x) => Unary<SquareRule>(Op.Square, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>x².</summary>
        public static Dual<T> Square(Dual<T> x) =>
            new(x.Value * x.Value, Chain(x.Value + x.Value, x.Tangent));
    }
}
