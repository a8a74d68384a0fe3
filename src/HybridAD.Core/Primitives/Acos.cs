using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>arccos x.</summary>
        public const byte Acos = 30;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>arccos x.</summary>
        public static readonly UnaryPrimitive<AcosRule> Acos = Primitive.Register(new UnaryPrimitive<AcosRule>(Op.Acos, "acos")
        {
            SourceFunction = "acos",
            UlpBound = 1,
            ValueCost = CostClass.Trigonometric, PartialCost = CostClass.Root,
        });
    }

    /// <summary>arccos x: partial −1/√((1 − x)(1 + x)), which does not cancel near ±1 and is −∞ there. NaN for |x| &gt; 1.</summary>
    public readonly struct AcosRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Acos(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Acos(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => -1 / Math.Sqrt((1 - x) * (1 + x));

        /// <inheritdoc/>
        public static double Second(double x, double y)
        {
            var d = (1 - x) * (1 + x);
            return -x / d / Math.Sqrt(d);
        }

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Over(-1, to.Unary(Op.Sqrt, to.OneMinusSquare(x)));

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Acos(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => T.Broadcast(-1) / T.Sqrt((T.Broadcast(1) - x) * (T.Broadcast(1) + x));

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Acos(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => -AsinRule.PartialEnclosure(x, y);

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => -AsinRule.SecondEnclosure(x, y);
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>arccos x.</summary>
        public static Real Acos(Real x) => Unary<AcosRule>(Op.Acos, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>arccos x.</summary>
        public static Dual<T> Acos(Dual<T> x) =>
            new(T.Acos(x.Value), Chain(-T.One / T.Sqrt((T.One - x.Value) * (T.One + x.Value)), x.Tangent));
    }
}
