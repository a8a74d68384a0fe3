using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>sinh x.</summary>
        public const byte Sinh = 32;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>sinh x.</summary>
        public static readonly UnaryPrimitive<SinhRule> Sinh = Primitive.Register(new UnaryPrimitive<SinhRule>(Op.Sinh, "sinh")
        {
            SourceFunction = "sinh",
            UlpBound = 2.5,
            ValueCost = CostClass.Hyperbolic, PartialCost = CostClass.Root,
        });
    }

    /// <summary>sinh x: partial cosh x, taken as √(1 + y²). Overflows beyond ±710.47.</summary>
    public readonly struct SinhRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Sinh(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Sinh(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.Value;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => Math.Abs(y) < 1e8 ? Math.Sqrt(1 + y * y) : Math.Abs(y);

        /// <inheritdoc/>
        public static double Second(double x, double y) => y;

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Unary(Op.Cosh, x);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Sinh(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> =>
            T.Select(T.Less(T.Abs(y), T.Broadcast(1e8)), T.Sqrt(T.MultiplyAdd(y, y, T.Broadcast(1))), T.Abs(y));

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Sinh(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => Interval.Cosh(x);

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => y;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>sinh x.</summary>
        public static Real Sinh(Real x) => Unary<SinhRule>(Op.Sinh, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>sinh x.</summary>
        public static Dual<T> Sinh(Dual<T> x) =>
            new(T.Sinh(x.Value), Chain(T.Cosh(x.Value), x.Tangent));
    }
}
