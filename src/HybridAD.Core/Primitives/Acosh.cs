using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>arcosh x.</summary>
        public const byte Acosh = 36;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>arcosh x.</summary>
        public static readonly UnaryPrimitive<AcoshRule> Acosh = Primitive.Register(new UnaryPrimitive<AcoshRule>(Op.Acosh, "acosh")
        {
            SourceFunction = "acosh",
            UlpBound = 2.5,
            ValueCost = CostClass.Hyperbolic, PartialCost = CostClass.Root,
        });
    }

    /// <summary>arcosh x: partial 1/(√(x − 1)·√(x + 1)), without overflow; +∞ at 1. NaN for x &lt; 1.</summary>
    public readonly struct AcoshRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Acosh(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Acosh(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => 1 / (Math.Sqrt(x - 1) * Math.Sqrt(x + 1));

        /// <inheritdoc/>
        public static double Second(double x, double y)
        {
            var p = Partial(x, y);
            return p == 0 ? 0 : -(x * p) * p * p;
        }

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y)
        {
            var one = to.Constant(1);
            return to.Over(1, to.Binary(Op.Mul, to.Unary(Op.Sqrt, to.Binary(Op.Sub, x, one)), to.Unary(Op.Sqrt, to.Binary(Op.Add, x, one))));
        }

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Acosh(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> =>
            T.Broadcast(1) / (T.Sqrt(x - T.Broadcast(1)) * T.Sqrt(x + T.Broadcast(1)));

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Acosh(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => Interval.ReciprocalOfPositive(Interval.Sqrt(x - 1) * Interval.Sqrt(x + 1));

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y)
        {
            var p = PartialEnclosure(x, y);
            return -(x * p) * p * p;
        }
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>arcosh x.</summary>
        public static Real Acosh(Real x) => Unary<AcoshRule>(Op.Acosh, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>arcosh x.</summary>
        public static Dual<T> Acosh(Dual<T> x) =>
            new(T.Acosh(x.Value), Chain(T.One / (T.Sqrt(x.Value - T.One) * T.Sqrt(x.Value + T.One)), x.Tangent));
    }
}
