using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>cosh x.</summary>
        public const byte Cosh = 33;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>cosh x.</summary>
        public static readonly UnaryPrimitive<CoshRule> Cosh = Primitive.Register(new UnaryPrimitive<CoshRule>(Op.Cosh, "cosh")
        {
            SourceFunction = "cosh",
            UlpBound = 2.5,
            ValueCost = CostClass.Hyperbolic, PartialCost = CostClass.Hyperbolic,
        });
    }

    /// <summary>cosh x: partial sinh x. Overflows beyond ±710.47.</summary>
    public readonly struct CoshRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Cosh(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Cosh(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => Math.Sinh(x);

        /// <inheritdoc/>
        public static double Second(double x, double y) => y;

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Unary(Op.Sinh, x);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Cosh(x);

        /// <inheritdoc/>
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => LaneMath.Sinh(x);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Cosh(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => Interval.Sinh(x);

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => y;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>cosh x.</summary>
        public static Real Cosh(Real x) => Unary<CoshRule>(Op.Cosh, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>cosh x.</summary>
        public static Dual<T> Cosh(Dual<T> x) =>
            new(T.Cosh(x.Value), Chain(T.Sinh(x.Value), x.Tangent));
    }
}
