using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>tanh x.</summary>
        public const byte Tanh = 34;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>tanh x.</summary>
        public static readonly UnaryPrimitive<TanhRule> Tanh = Primitive.Register(new UnaryPrimitive<TanhRule>(Op.Tanh, "tanh")
        {
            StaysFinite = true, SourceFunction = "tanh",
            UlpBound = 2.5,
            ValueCost = CostClass.Hyperbolic, PartialCost = CostClass.Hyperbolic,
        });
    }

    /// <summary>tanh x: partial (1 − y)(1 + y), and 1/cosh² x near saturation, where 1 − |y| has no correct digits left. ±1 at ±∞.</summary>
    public readonly struct TanhRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Tanh(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Tanh(x);

        /// <inheritdoc/>
        public static double Partial(double x, double y)
        {
            if (Math.Abs(y) < 0.75)
                return (1 - y) * (1 + y);
            var reciprocal = 1 / Math.Cosh(x);
            return reciprocal * reciprocal;
        }

        /// <inheritdoc/>
        public static double Second(double x, double y) => -2 * y * Partial(x, y);

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y)
        {
            var reciprocal = to.Over(1, to.Unary(Op.Cosh, x));
            return to.Binary(Op.Mul, reciprocal, reciprocal);
        }

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Tanh(x);

        /// <inheritdoc/>
        public static Func<Lanes256, Lanes256>? ValueAhead => LaneMath.TanhAhead;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T>
        {
            var one = T.Broadcast(1);
            var near = (one - y) * (one + y);
            var saturated = ~T.Less(T.Abs(y), T.Broadcast(0.75));
            return T.Any(saturated) ? T.Select(saturated, LaneMath.SquaredReciprocalCosh(x), near) : near;
        }

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Tanh(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => 1 / Interval.Square(Interval.Cosh(x));

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => -2 * y * PartialEnclosure(x, y);
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>tanh x.</summary>
        public static Real Tanh(Real x) => Unary<TanhRule>(Op.Tanh, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>tanh x.</summary>
        public static Dual<T> Tanh(Dual<T> x)
        {
            var y = T.Tanh(x.Value);
            var reciprocal = T.One / T.Cosh(x.Value);
            return new(y, Chain(T.Abs(y) < Literal(0.75) ? (T.One - y) * (T.One + y) : reciprocal * reciprocal, x.Tangent));
        }
    }
}
