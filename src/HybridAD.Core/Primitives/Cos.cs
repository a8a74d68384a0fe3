using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>cos x.</summary>
        public const byte Cos = 27;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>cos x.</summary>
        public static readonly UnaryPrimitive<CosRule> Cos = Primitive.Register(new UnaryPrimitive<CosRule>(Op.Cos, "cos")
        {
            StaysFinite = true, SourceFunction = "cos",
            UlpBound = 1,
            ValueCost = CostClass.Trigonometric, PartialCost = CostClass.Trigonometric,
        });
    }

    /// <summary>cos x: partial −sin x. NaN at ±∞.</summary>
    public readonly struct CosRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Cos(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Cos(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => -Math.Sin(x);

        /// <inheritdoc/>
        public static double Second(double x, double y) => -y;

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Unary(Op.Neg, to.Unary(Op.Sin, x));

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Cos(x);

        /// <inheritdoc/>
        public static Func<Lanes256, Lanes256>? ValueAhead => LaneMath.CosAhead;

        /// <inheritdoc/>
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => -LaneMath.Sin(x);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Cos(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => -Interval.Sin(x);

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => -y;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>cos x.</summary>
        public static Real Cos(Real x) => Unary<CosRule>(Op.Cos, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>cos x.</summary>
        public static Dual<T> Cos(Dual<T> x) =>
            new(T.Cos(x.Value), Chain(-T.Sin(x.Value), x.Tangent));
    }
}
