using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>artanh x.</summary>
        public const byte Atanh = 37;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>artanh x.</summary>
        public static readonly UnaryPrimitive<AtanhRule> Atanh = Primitive.Register(new UnaryPrimitive<AtanhRule>(Op.Atanh, "atanh")
        {
            SourceFunction = "atanh",
            UlpBound = 2.5,
            ValueCost = CostClass.Hyperbolic, PartialCost = CostClass.Division,
        });
    }

    /// <summary>artanh x: partial 1/((1 − x)(1 + x)). ±∞ at ±1 with infinite partial, NaN for |x| &gt; 1.</summary>
    public readonly struct AtanhRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Atanh(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Atanh(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => 1 / ((1 - x) * (1 + x));

        /// <inheritdoc/>
        public static double Second(double x, double y)
        {
            var p = Partial(x, y);
            return 2 * x * p * p;
        }

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Over(1, to.OneMinusSquare(x));

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Atanh(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => T.Broadcast(1) / ((T.Broadcast(1) - x) * (T.Broadcast(1) + x));

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Atanh(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => 1 / Interval.OneMinusSquare(x);

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => 2 * x * Interval.Square(PartialEnclosure(x, y));
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>artanh x.</summary>
        public static Real Atanh(Real x) => Unary<AtanhRule>(Op.Atanh, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>artanh x.</summary>
        public static Dual<T> Atanh(Dual<T> x) =>
            new(T.Atanh(x.Value), Chain(T.One / ((T.One - x.Value) * (T.One + x.Value)), x.Tangent));
    }
}
