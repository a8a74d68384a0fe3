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
        /// <summary>∛x.</summary>
        public const byte Cbrt = 17;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>∛x.</summary>
        public static readonly UnaryPrimitive<CbrtRule> Cbrt = Primitive.Register(new UnaryPrimitive<CbrtRule>(Op.Cbrt, "cbrt")
        {
            SourceFunction = "cbrt",
            UlpBound = 0.6,
            ValueCost = CostClass.Power, PartialCost = CostClass.Division,
        });
    }

    /// <summary>∛x, of negative numbers too: partial 1/(3y²), which is +∞ at 0.</summary>
    public readonly struct CbrtRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Accurate.Cbrt(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Cbrt(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.Value;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => 1 / (3 * y * y);

        /// <inheritdoc/>
        public static double Second(double x, double y) => -2.0 / 3 * (1 / (3 * y * y)) / x;

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Over(1, to.Binary(Op.Mul, to.Constant(3), to.Binary(Op.Mul, y, y)));

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Cbrt(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => T.Broadcast(1) / (T.Broadcast(3) * y * y);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Cbrt(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => Interval.ReciprocalOfPositive(3 * Interval.Square(y));

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => -2 * PartialEnclosure(x, y) / (3 * x);
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>∛x.</summary>
        public static Real Cbrt(Real x) => Unary<CbrtRule>(Op.Cbrt, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>∛x.</summary>
        public static Dual<T> Cbrt(Dual<T> x)
        {
            var y = Accurately.Cbrt(x.Value);
            return new(y, Chain(T.One / (Literal(3) * y * y), x.Tangent));
        }
    }
}
