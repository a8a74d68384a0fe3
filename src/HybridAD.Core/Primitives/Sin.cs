using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>sin x.</summary>
        public const byte Sin = 26;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>sin x.</summary>
        public static readonly UnaryPrimitive<SinRule> Sin = Primitive.Register(new UnaryPrimitive<SinRule>(Op.Sin, "sin")
        {
            StaysFinite = true, SourceFunction = "sin",
            UlpBound = 1,
            ValueCost = CostClass.Trigonometric, PartialCost = CostClass.Trigonometric,
        });
    }

    /// <summary>sin x: partial cos x. NaN at ±∞.</summary>
    public readonly struct SinRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Sin(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Sin(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => Math.Cos(x);

        /// <inheritdoc/>
        public static double Second(double x, double y) => -y;

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Unary(Op.Cos, x);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Sin(x);

        /// <inheritdoc/>
        public static Func<Lanes256, Lanes256>? ValueAhead => LaneMath.SinAhead;

        /// <inheritdoc/>
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => LaneMath.Cos(x);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Sin(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => Interval.Cos(x);

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => -y;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>sin x.</summary>
        public static Real Sin(Real x) => Unary<SinRule>(Op.Sin, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>sin x.</summary>
        public static Dual<T> Sin(Dual<T> x) =>
            new(T.Sin(x.Value), Chain(T.Cos(x.Value), x.Tangent));
    }
}
