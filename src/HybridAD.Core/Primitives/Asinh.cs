using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>arsinh x.</summary>
        public const byte Asinh = 35;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>arsinh x.</summary>
        public static readonly UnaryPrimitive<AsinhRule> Asinh = Primitive.Register(new UnaryPrimitive<AsinhRule>(Op.Asinh, "asinh")
        {
            StaysFinite = true, SourceFunction = "asinh",
            UlpBound = 2.5,
            ValueCost = CostClass.Hyperbolic, PartialCost = CostClass.Root,
        });
    }

    /// <summary>arsinh x: partial 1/√(1 + x²) without overflow.</summary>
    public readonly struct AsinhRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Asinh(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Asinh(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => Math.Abs(x) < 1e8 ? 1 / Math.Sqrt(1 + x * x) : 1 / Math.Abs(x);

        /// <inheritdoc/>
        public static double Second(double x, double y)
        {
            var p = Partial(x, y);
            return p == 0 ? 0 : -(x * p) * p * p;
        }

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Over(1, to.Binary(Op.Hypot, to.Constant(1), x));

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Asinh(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> =>
            T.Broadcast(1) / T.Select(T.Less(T.Abs(x), T.Broadcast(1e8)), T.Sqrt(T.MultiplyAdd(x, x, T.Broadcast(1))), T.Abs(x));

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Asinh(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => 1 / Interval.Sqrt(1 + Interval.Square(x));

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y)
        {
            var p = PartialEnclosure(x, y);
            return -(x * p) * Interval.Square(p);
        }
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>arsinh x.</summary>
        public static Real Asinh(Real x) => Unary<AsinhRule>(Op.Asinh, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>arsinh x.</summary>
        public static Dual<T> Asinh(Dual<T> x) =>
            new(T.Asinh(x.Value), Chain(T.One / (T.Abs(x.Value) < Literal(1e8) ? T.Sqrt(T.One + x.Value * x.Value) : T.Abs(x.Value)), x.Tangent));
    }
}
