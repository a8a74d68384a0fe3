using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>The smaller of a and b.</summary>
        public const byte Min = 12;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>The smaller of a and b.</summary>
        public static readonly BinaryPrimitive<MinRule> Min = Primitive.Register(new BinaryPrimitive<MinRule>(Op.Min, "min")
        {
            StaysFinite = true, SourceFunction = "fmin",
            UlpBound = 0,
            Curvature = Curvature.None, IsCommutative = true, Smoothness = Smoothness.Kinked,
        });
    }

    /// <summary>
    /// The smaller of a and b; NaN if either is NaN, and −0 counts as less than +0 (IEEE 754-2019 minimum).
    /// Convention at the kink a = b: the first operand has partial 1, the second 0. Where an operand is NaN the second has partial 1.
    /// </summary>
    public readonly struct MinRule : IBinaryRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => Math.Min(a, b);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => DoubleDouble.Min(a, b);

        /// <inheritdoc/>
        public static Reads PartialAReads => Reads.A | Reads.B;

        /// <inheritdoc/>
        public static double PartialA(double a, double b, double y) => a <= b ? 1 : 0;

        /// <inheritdoc/>
        public static Reads PartialBReads => Reads.A | Reads.B;

        /// <inheritdoc/>
        public static double PartialB(double a, double b, double y) => a <= b ? 0 : 1;

        /// <inheritdoc/>
        public static double SecondAA(double a, double b, double y) => 0;

        /// <inheritdoc/>
        public static double SecondAB(double a, double b, double y) => 0;

        /// <inheritdoc/>
        public static double SecondBB(double a, double b, double y) => 0;

        /// <inheritdoc/>
        public static int? WritePartialA(TraceBuilder to, int a, int b, int y) => to.Where(to.Binary(Op.LessOrEqual, a, b), 1, 0);

        /// <inheritdoc/>
        public static int? WritePartialB(TraceBuilder to, int a, int b, int y) => to.Where(to.Binary(Op.LessOrEqual, a, b), 0, 1);

        /// <inheritdoc/>
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => T.Min(a, b);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T PartialA<T>(T a, T b, T y) where T : struct, ILanes<T> => T.LessOrEqual(a, b) & T.Broadcast(1);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T PartialB<T>(T a, T b, T y) where T : struct, ILanes<T> => ~T.LessOrEqual(a, b) & T.Broadcast(1);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b) => Interval.Min(a, b);

        /// <inheritdoc/>
        public static Interval PartialAEnclosure(Interval a, Interval b, Interval y) => Interval.LessOrEqual(a, b);

        /// <inheritdoc/>
        public static Interval PartialBEnclosure(Interval a, Interval b, Interval y) => 1 - PartialAEnclosure(a, b, y);

        /// <inheritdoc/>
        public static Interval SecondAAEnclosure(Interval a, Interval b, Interval y) => 0;

        /// <inheritdoc/>
        public static Interval SecondABEnclosure(Interval a, Interval b, Interval y) => 0;

        /// <inheritdoc/>
        public static Interval SecondBBEnclosure(Interval a, Interval b, Interval y) => 0;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>The smaller of two numbers, NaN if either is NaN; at a tie the derivative is that of the first.</summary>
        public static Real Min(Real x, Real y) => Binary<MinRule>(Op.Min, x, y);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>The smaller of two numbers, NaN if either is NaN; at a tie the derivative is that of the first.</summary>
        public static Dual<T> Min(Dual<T> x, Dual<T> y) => new(T.Min(x.Value, y.Value), x.Value <= y.Value ? x.Tangent : y.Tangent);
    }
}
