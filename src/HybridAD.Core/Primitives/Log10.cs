using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>log₁₀ x.</summary>
        public const byte Log10 = 25;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>log₁₀ x.</summary>
        public static readonly UnaryPrimitive<Log10Rule> Log10 = Primitive.Register(new UnaryPrimitive<Log10Rule>(Op.Log10, "log10")
        {
            SourceFunction = "log10",
            UlpBound = 2,
            ValueCost = CostClass.Exponential, PartialCost = CostClass.Division,
        });
    }

    /// <summary>log₁₀ x: partial log₁₀e/x. −∞ at 0 with infinite partial, NaN for x &lt; 0.</summary>
    public readonly struct Log10Rule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Log10(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Log10(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => Log10OfE / x;

        /// <inheritdoc/>
        public static double Second(double x, double y) => -Log10OfE / x / x;

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Over(1 / Math.Log(10), x);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Log10(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => T.Broadcast(Log10OfE) / x;

        internal const double Log10OfE = 0.43429448190325183;

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Log10(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => Interval.Around(Log10OfE) / x;

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => -Interval.Around(Log10OfE) / x / x;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>log₁₀ x.</summary>
        public static Real Log10(Real x) => Unary<Log10Rule>(Op.Log10, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>log₁₀ x.</summary>
        public static Dual<T> Log10(Dual<T> x) =>
            new(T.Log10(x.Value), Chain(Literal(Log10Rule.Log10OfE) / x.Value, x.Tangent));
    }
}
