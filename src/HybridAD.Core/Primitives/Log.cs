using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>ln x.</summary>
        public const byte Log = 22;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>ln x.</summary>
        public static readonly UnaryPrimitive<LogRule> Log = Primitive.Register(new UnaryPrimitive<LogRule>(Op.Log, "log")
        {
            SourceFunction = "log",
            UlpBound = 1,
            ValueCost = CostClass.Exponential, PartialCost = CostClass.Division,
        });
    }

    /// <summary>ln x: partial 1/x. −∞ at 0 with infinite partial, NaN for x &lt; 0.</summary>
    public readonly struct LogRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Log(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Log(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => 1 / x;

        /// <inheritdoc/>
        public static double Second(double x, double y) => -1 / x / x;

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Over(1, x);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Log(x);

        /// <inheritdoc/>
        public static Func<Lanes256, Lanes256>? ValueAhead => LaneMath.LogAhead;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => T.Broadcast(1) / x;

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Log(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => 1 / x;

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => -1 / x / x;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>ln x.</summary>
        public static Real Log(Real x) => Unary<LogRule>(Op.Log, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>ln x.</summary>
        public static Dual<T> Log(Dual<T> x) =>
            new(T.Log(x.Value), Chain(T.One / x.Value, x.Tangent));
    }
}
