using System.Runtime.CompilerServices;
using HybridAD.Forward;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>ln(1 + x).</summary>
        public const byte Log1p = 23;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>ln(1 + x).</summary>
        public static readonly UnaryPrimitive<Log1pRule> Log1p = Primitive.Register(new UnaryPrimitive<Log1pRule>(Op.Log1p, "log1p")
        {
            SourceFunction = "log1p",
            UlpBound = 0.75,
            ValueCost = CostClass.Hyperbolic, PartialCost = CostClass.Division,
        });
    }

    /// <summary>ln(1 + x), accurate near 0: partial 1/(1 + x). −∞ at −1 with infinite partial, NaN for x &lt; −1.</summary>
    public readonly struct Log1pRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Accurate.Log1p(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Log1p(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => 1 / (1 + x);

        /// <inheritdoc/>
        public static double Second(double x, double y) => -1 / (1 + x) / (1 + x);

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Over(1, to.Binary(Op.Add, to.Constant(1), x));

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Log1p(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => T.Broadcast(1) / (T.Broadcast(1) + x);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Log1p(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => 1 / (1 + x);

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => -1 / (1 + x) / (1 + x);
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>ln(1 + x).</summary>
        public static Real LogP1(Real x) => Unary<Log1pRule>(Op.Log1p, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>ln(1 + x).</summary>
        public static Dual<T> LogP1(Dual<T> x) =>
            new(Accurately.LogP1(x.Value), Chain(T.One / (T.One + x.Value), x.Tangent));
    }
}
