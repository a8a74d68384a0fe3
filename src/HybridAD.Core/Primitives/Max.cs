using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>The larger of a and b.</summary>
        public const byte Max = 13;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>The larger of a and b.</summary>
        public static readonly BinaryPrimitive<MaxRule> Max = Primitive.Register(new BinaryPrimitive<MaxRule>(Op.Max, "max")
        {
            StaysFinite = true, SourceFunction = "fmax",
            UlpBound = 0,
            Curvature = Curvature.None, IsCommutative = true, Smoothness = Smoothness.Kinked,
        });
    }

    /// <summary>
    /// The larger of a and b; NaN if either is NaN, and −0 counts as less than +0 (IEEE 754-2019 maximum).
    /// Convention at the kink a = b: the first operand has partial 1, the second 0. Where an operand is NaN the second has partial 1.
    /// </summary>
    public readonly struct MaxRule : IBinaryRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => Math.Max(a, b);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => DoubleDouble.Max(a, b);

        /// <inheritdoc/>
        public static Reads PartialAReads => Reads.A | Reads.B;

        /// <inheritdoc/>
        public static double PartialA(double a, double b, double y) => a >= b ? 1 : 0;

        /// <inheritdoc/>
        public static Reads PartialBReads => Reads.A | Reads.B;

        /// <inheritdoc/>
        public static double PartialB(double a, double b, double y) => a >= b ? 0 : 1;

        /// <inheritdoc/>
        public static double SecondAA(double a, double b, double y) => 0;

        /// <inheritdoc/>
        public static double SecondAB(double a, double b, double y) => 0;

        /// <inheritdoc/>
        public static double SecondBB(double a, double b, double y) => 0;

        /// <inheritdoc/>
        public static int? WritePartialA(TraceBuilder to, int a, int b, int y) => to.Where(to.Binary(Op.GreaterOrEqual, a, b), 1, 0);

        /// <inheritdoc/>
        public static int? WritePartialB(TraceBuilder to, int a, int b, int y) => to.Where(to.Binary(Op.GreaterOrEqual, a, b), 0, 1);

        /// <inheritdoc/>
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => T.Max(a, b);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T PartialA<T>(T a, T b, T y) where T : struct, ILanes<T> => T.LessOrEqual(b, a) & T.Broadcast(1);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T PartialB<T>(T a, T b, T y) where T : struct, ILanes<T> => ~T.LessOrEqual(b, a) & T.Broadcast(1);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b) => Interval.Max(a, b);

        /// <inheritdoc/>
        public static Interval PartialAEnclosure(Interval a, Interval b, Interval y) => Interval.LessOrEqual(b, a);

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
        /// <summary>The larger of two numbers, NaN if either is NaN; at a tie the derivative is that of the first.</summary>
        public static Real Max(Real x, Real y) => Binary<MaxRule>(Op.Max, x, y);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>The larger of two numbers, NaN if either is NaN; at a tie the derivative is that of the first.</summary>
        public static Dual<T> Max(Dual<T> x, Dual<T> y) => new(T.Max(x.Value, y.Value), x.Value >= y.Value ? x.Tangent : y.Tangent);
    }
}
