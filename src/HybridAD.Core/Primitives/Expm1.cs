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
        /// <summary>eˣ − 1.</summary>
        public const byte Expm1 = 21;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>eˣ − 1.</summary>
        public static readonly UnaryPrimitive<Expm1Rule> Expm1 = Primitive.Register(new UnaryPrimitive<Expm1Rule>(Op.Expm1, "expm1")
        {
            SourceFunction = "expm1",
            UlpBound = 0.75,
            ValueCost = CostClass.Hyperbolic, PartialCost = CostClass.Exponential,
        });
    }

    /// <summary>eˣ − 1, accurate near 0: partial eˣ, taken as y + 1 where nothing cancels. −1 at −∞, +∞ above 709.78.</summary>
    public readonly struct Expm1Rule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Accurate.Expm1(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Expm1(x);

        /// <inheritdoc/>
        public static double Partial(double x, double y) => x < -0.5 ? Math.Exp(x) : y + 1;

        /// <inheritdoc/>
        public static double Second(double x, double y) => x < -0.5 ? Math.Exp(x) : y + 1;

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Unary(Op.Exp, x);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Expm1(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T>
        {
            var next = y + T.Broadcast(1);
            var low = T.Less(x, T.Broadcast(-0.5));
            return T.Any(low) ? T.Select(low, LaneMath.Exp(x), next) : next;
        }

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Expm1(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => Interval.Exp(x);

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => Interval.Exp(x);
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>eˣ − 1.</summary>
        public static Real ExpM1(Real x) => Unary<Expm1Rule>(Op.Expm1, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>eˣ − 1.</summary>
        public static Dual<T> ExpM1(Dual<T> x)
        {
            var y = Accurately.ExpM1(x.Value);
            return new(y, Chain(x.Value < Literal(-0.5) ? T.Exp(x.Value) : y + T.One, x.Tangent));
        }
    }
}
