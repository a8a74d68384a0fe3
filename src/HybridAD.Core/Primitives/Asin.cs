using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>arcsin x.</summary>
        public const byte Asin = 29;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>arcsin x.</summary>
        public static readonly UnaryPrimitive<AsinRule> Asin = Primitive.Register(new UnaryPrimitive<AsinRule>(Op.Asin, "asin")
        {
            SourceFunction = "asin",
            UlpBound = 1,
            ValueCost = CostClass.Trigonometric, PartialCost = CostClass.Root,
        });
    }

    /// <summary>arcsin x: partial 1/√((1 − x)(1 + x)), which does not cancel near ±1 and is +∞ there. NaN for |x| &gt; 1.</summary>
    public readonly struct AsinRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Asin(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Asin(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => 1 / Math.Sqrt((1 - x) * (1 + x));

        /// <inheritdoc/>
        public static double Second(double x, double y)
        {
            var d = (1 - x) * (1 + x);
            return x / d / Math.Sqrt(d);
        }

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Over(1, to.Unary(Op.Sqrt, to.OneMinusSquare(x)));

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Asin(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => T.Broadcast(1) / T.Sqrt((T.Broadcast(1) - x) * (T.Broadcast(1) + x));

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Asin(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) =>
            Interval.ReciprocalOfPositive(Interval.Sqrt(Interval.Max(Interval.OneMinusSquare(x), 0)));

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y)
        {
            var d = Interval.OneMinusSquare(x);
            return x / d / Interval.Sqrt(d);
        }
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>arcsin x.</summary>
        public static Real Asin(Real x) => Unary<AsinRule>(Op.Asin, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>arcsin x.</summary>
        public static Dual<T> Asin(Dual<T> x) =>
            new(T.Asin(x.Value), Chain(T.One / T.Sqrt((T.One - x.Value) * (T.One + x.Value)), x.Tangent));
    }
}
