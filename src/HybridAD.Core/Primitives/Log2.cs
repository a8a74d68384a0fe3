using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>log₂ x.</summary>
        public const byte Log2 = 24;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>log₂ x.</summary>
        public static readonly UnaryPrimitive<Log2Rule> Log2 = Primitive.Register(new UnaryPrimitive<Log2Rule>(Op.Log2, "log2")
        {
            SourceFunction = "log2",
            UlpBound = 1,
            ValueCost = CostClass.Exponential, PartialCost = CostClass.Division,
        });
    }

    /// <summary>log₂ x: partial log₂e/x. −∞ at 0 with infinite partial, NaN for x &lt; 0.</summary>
    public readonly struct Log2Rule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Log2(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Log2(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => Log2OfE / x;

        /// <inheritdoc/>
        public static double Second(double x, double y) => -Log2OfE / x / x;

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Over(1 / Math.Log(2), x);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Log2(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => T.Broadcast(Log2OfE) / x;

        internal const double Log2OfE = 1.4426950408889634;

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Log2(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => Interval.Around(Log2OfE) / x;

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => -Interval.Around(Log2OfE) / x / x;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>log₂ x.</summary>
        public static Real Log2(Real x) => Unary<Log2Rule>(Op.Log2, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>log₂ x.</summary>
        public static Dual<T> Log2(Dual<T> x) =>
            new(T.Log2(x.Value), Chain(Literal(Log2Rule.Log2OfE) / x.Value, x.Tangent));
    }
}
