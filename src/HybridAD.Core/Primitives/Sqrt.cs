using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>√x.</summary>
        public const byte Sqrt = 9;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>√x.</summary>
        public static readonly UnaryPrimitive<SqrtRule> Sqrt = Primitive.Register(new UnaryPrimitive<SqrtRule>(Op.Sqrt, "sqrt")
        {
            SourceFunction = "sqrt",
            ValueCost = CostClass.Root, PartialCost = CostClass.Division,
        });
    }

    /// <summary>√x: partial 1/(2y), which is +∞ at 0. NaN for x &lt; 0.</summary>
    public readonly struct SqrtRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Sqrt(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Sqrt(x);

        /// <inheritdoc/>
        public static double? LocalError(double x, double y) => RoundingError.OfRoot(x, y);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.Value;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => 0.5 / Math.Abs(y);

        /// <inheritdoc/>
        public static double Second(double x, double y) => -0.25 / Math.Abs(y) / Math.Abs(x);

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Binary(Op.Div, to.Constant(0.5), to.Unary(Op.Abs, y));

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => T.Sqrt(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => T.Broadcast(0.5) / T.Abs(y);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Sqrt(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => 0.5 * Interval.ReciprocalOfPositive(y);

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => -0.25 / y / x;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>√x.</summary>
        public static Real Sqrt(Real x) => Unary<SqrtRule>(Op.Sqrt, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>√x.</summary>
        public static Dual<T> Sqrt(Dual<T> x)
        {
            var y = T.Sqrt(x.Value);
            return new(y, Chain(Literal(0.5) / T.Abs(y), x.Tangent));
        }
    }
}
