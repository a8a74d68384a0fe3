using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>arctan x.</summary>
        public const byte Atan = 31;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>arctan x.</summary>
        public static readonly UnaryPrimitive<AtanRule> Atan = Primitive.Register(new UnaryPrimitive<AtanRule>(Op.Atan, "atan")
        {
            StaysFinite = true, SourceFunction = "atan",
            UlpBound = 1,
            ValueCost = CostClass.Trigonometric, PartialCost = CostClass.Division,
        });
    }

    /// <summary>arctan x: partial 1/(1 + x²). ±π/2 at ±∞.</summary>
    public readonly struct AtanRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Atan(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Atan(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => 1 / (1 + x * x);

        /// <inheritdoc/>
        public static double Second(double x, double y)
        {
            var p = 1 / (1 + x * x);
            return p == 0 ? 0 : -2 * (x * p) * p;
        }

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Over(1, to.Binary(Op.Add, to.Constant(1), to.Binary(Op.Mul, x, x)));

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Atan(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => T.Broadcast(1) / T.MultiplyAdd(x, x, T.Broadcast(1));

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Atan(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => 1 / (1 + Interval.Square(x));

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y)
        {
            var p = PartialEnclosure(x, y);
            return -2 * (x * p) * p;
        }
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>arctan x.</summary>
        public static Real Atan(Real x) => Unary<AtanRule>(Op.Atan, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>arctan x.</summary>
        public static Dual<T> Atan(Dual<T> x) =>
            new(T.Atan(x.Value), Chain(T.One / (T.One + x.Value * x.Value), x.Tangent));
    }
}
