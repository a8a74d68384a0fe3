using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>√(a² + b²).</summary>
        public const byte Hypot = 11;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>√(a² + b²).</summary>
        public static readonly BinaryPrimitive<HypotRule> Hypot = Primitive.Register(new BinaryPrimitive<HypotRule>(Op.Hypot, "hypot")
        {
            StaysFinite = true, SourceFunction = "hypot",
            UlpBound = 1,
            ValueCost = CostClass.Power, PartialCost = CostClass.Division, IsCommutative = true, Smoothness = Smoothness.Kinked,
        });
    }

    /// <summary>
    /// √(a² + b²) without intermediate overflow; ∞ if an operand is infinite, even where the other is NaN.
    /// Partials a/y and b/y. Convention at the kink in the origin: both are 0.
    /// </summary>
    public readonly struct HypotRule : IBinaryRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => double.Hypot(a, b);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => DoubleDouble.Hypot(a, b);

        /// <inheritdoc/>
        public static Reads PartialAReads => Reads.A | Reads.Value;

        /// <inheritdoc/>
        public static double PartialA(double a, double b, double y) => y == 0 ? 0 : a / y;

        /// <inheritdoc/>
        public static Reads PartialBReads => Reads.B | Reads.Value;

        /// <inheritdoc/>
        public static double PartialB(double a, double b, double y) => y == 0 ? 0 : b / y;

        /// <inheritdoc/>
        public static double SecondAA(double a, double b, double y) => y == 0 ? 0 : b / y * (b / y) / y;

        /// <inheritdoc/>
        public static double SecondAB(double a, double b, double y) => y == 0 ? 0 : -(a / y) * (b / y) / y;

        /// <inheritdoc/>
        public static double SecondBB(double a, double b, double y) => y == 0 ? 0 : a / y * (a / y) / y;

        /// <inheritdoc/>
        public static int? WritePartialA(TraceBuilder to, int a, int b, int y) => OfCathetus(to, a, b, y);

        /// <inheritdoc/>
        public static int? WritePartialB(TraceBuilder to, int a, int b, int y) => OfCathetus(to, b, a, y);

        /// <summary>a/√(a² + b²) by the ratio of the smaller to the larger: the derivative of a/y would cancel.</summary>
        private static int OfCathetus(TraceBuilder to, int a, int b, int y)
        {
            var isLarger = to.Binary(Op.GreaterOrEqual, to.Unary(Op.Abs, a), to.Unary(Op.Abs, b));
            var (ofLarger, ofSmaller) = (to.Binary(Op.Div, b, a), to.Binary(Op.Div, a, b));
            var larger = to.Binary(Op.Div, to.Sign(a), Length(ofLarger));
            var smaller = to.Binary(Op.Mul, to.Sign(b), to.Binary(Op.Div, ofSmaller, Length(ofSmaller)));
            return to.List(Op.Select, to.Binary(Op.Equal, y, to.Constant(0)), to.Constant(0), to.List(Op.Select, isLarger, larger, smaller));

            int Length(int ratio) => to.Unary(Op.Sqrt, to.Binary(Op.Add, to.Constant(1), to.Binary(Op.Mul, ratio, ratio)));
        }

        /// <inheritdoc/>
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => LaneMath.Hypot(a, b);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T PartialA<T>(T a, T b, T y) where T : struct, ILanes<T> => T.Select(T.Equal(y, T.Broadcast(0)), y, a / y);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T PartialB<T>(T a, T b, T y) where T : struct, ILanes<T> => T.Select(T.Equal(y, T.Broadcast(0)), y, b / y);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b) => Interval.Hypot(a, b);

        /// <inheritdoc/>
        public static Interval PartialAEnclosure(Interval a, Interval b, Interval y) => Interval.Cosine(a, b);

        /// <inheritdoc/>
        public static Interval PartialBEnclosure(Interval a, Interval b, Interval y) => Interval.Cosine(b, a);

        /// <inheritdoc/>
        public static Interval SecondAAEnclosure(Interval a, Interval b, Interval y) => Interval.Square(PartialBEnclosure(a, b, y)) / y;

        /// <inheritdoc/>
        public static Interval SecondABEnclosure(Interval a, Interval b, Interval y) => -PartialAEnclosure(a, b, y) * PartialBEnclosure(a, b, y) / y;

        /// <inheritdoc/>
        public static Interval SecondBBEnclosure(Interval a, Interval b, Interval y) => Interval.Square(PartialAEnclosure(a, b, y)) / y;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>√(x² + y²) without intermediate overflow; both derivatives are 0 at the origin.</summary>
        public static Real Hypot(Real x, Real y) => Binary<HypotRule>(Op.Hypot, x, y);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>√(x² + y²) without intermediate overflow; both derivatives are 0 at the origin.</summary>
        public static Dual<T> Hypot(Dual<T> x, Dual<T> y)
        {
            var length = T.Hypot(x.Value, y.Value);
            return length == T.Zero ? new(length) : new(length, Chain(x.Value / length, x.Tangent) + Chain(y.Value / length, y.Tangent));
        }
    }
}
