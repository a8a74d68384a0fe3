using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>eˣ.</summary>
        public const byte Exp = 20;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>eˣ.</summary>
        public static readonly UnaryPrimitive<ExpRule> Exp = Primitive.Register(new UnaryPrimitive<ExpRule>(Op.Exp, "exp")
        {
            SourceFunction = "exp",
            UlpBound = 1,
            Form = PartialForm.Result, ValueCost = CostClass.Exponential, PartialCost = CostClass.Free,
        });
    }

    /// <summary>eˣ: its own derivative. Overflows to +∞ above 709.78; exp(−∞) = 0, and both derivatives are 0 there.</summary>
    public readonly struct ExpRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Exp(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Exp(x);

        /// <inheritdoc/>
        public static double Partial(double x, double y) => y;

        /// <inheritdoc/>
        public static double Second(double x, double y) => y;

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => y;

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Exp(x);

        /// <inheritdoc/>
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => y;

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Exp(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => y;

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => y;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>eˣ.</summary>
        public static Real Exp(Real x) => Unary<ExpRule>(Op.Exp, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>eˣ.</summary>
        public static Dual<T> Exp(Dual<T> x)
        {
            var y = T.Exp(x.Value);
            return new(y, Chain(y, x.Tangent));
        }
    }
}
