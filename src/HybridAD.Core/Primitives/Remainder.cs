using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>The remainder of a / b with the sign of a.</summary>
        public const byte Remainder = 15;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>The remainder of a / b with the sign of a.</summary>
        public static readonly BinaryPrimitive<RemainderRule> Remainder = Primitive.Register(new BinaryPrimitive<RemainderRule>(Op.Remainder, "rem")
        {
            SourceFunction = "fmod",
            UlpBound = 0,
            FormA = PartialForm.One,
            Curvature = Curvature.None,
            ValueCost = CostClass.Division,
            PartialCost = CostClass.Division,
            Smoothness = Smoothness.Jumping,
        });
    }

    /// <summary>
    /// The remainder of the division truncated toward zero, with the sign of a (C's fmod, always exact); NaN for b = 0 or infinite a.
    /// Partials 1 and −trunc(a/b). The quotient is recovered from the remainder, because a/b itself may round up to the next integer.
    /// </summary>
    public readonly struct RemainderRule : IBinaryRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => a % b;

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => DoubleDouble.Remainder(a, b);

        /// <inheritdoc/>
        public static double PartialA(double a, double b, double y) => 1;

        /// <inheritdoc/>
        public static double PartialB(double a, double b, double y) => -Math.Round((a - y) / b);

        /// <inheritdoc/>
        public static double SecondAA(double a, double b, double y) => 0;

        /// <inheritdoc/>
        public static double SecondAB(double a, double b, double y) => 0;

        /// <inheritdoc/>
        public static double SecondBB(double a, double b, double y) => 0;

        /// <inheritdoc/>
        public static int? WritePartialA(TraceBuilder to, int a, int b, int y) => to.Constant(1);

        /// <inheritdoc/>
        public static int? WritePartialB(TraceBuilder to, int a, int b, int y) =>
            to.Unary(Op.Neg, to.Unary(Op.RoundToEven, to.Binary(Op.Div, to.Binary(Op.Sub, a, y), b)));

        /// <inheritdoc/>
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => LaneByLane.Map2<T, BinaryValueOf<RemainderRule>>(a, b);

        /// <inheritdoc/>
        public static T PartialA<T>(T a, T b, T y) where T : struct, ILanes<T> => T.Broadcast(1);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T PartialB<T>(T a, T b, T y) where T : struct, ILanes<T> => -T.RoundToEven((a - y) / b);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b)
        {
            var (quotient, whole) = QuotientOf(a, b);
            if (quotient.IsUndefined)
                return quotient;
            // Smaller than b, not larger than a, and with the sign of a.
            var reach = Math.Min(b.Magnitude, a.Magnitude);
            var any = new Interval(a.Lower >= 0 ? 0 : -reach, a.Upper <= 0 ? 0 : reach);
            return whole ? Interval.Tighter(a - quotient * b, any) : any;
        }

        /// <inheritdoc/>
        public static Interval PartialAEnclosure(Interval a, Interval b, Interval y) =>
            QuotientOf(a, b) is var (quotient, whole) && whole ? 1 : quotient.IsUndefined ? quotient : Interval.Entire;

        /// <inheritdoc/>
        public static Interval PartialBEnclosure(Interval a, Interval b, Interval y) =>
            QuotientOf(a, b) is var (quotient, whole) && whole ? -quotient : quotient.IsUndefined ? quotient : Interval.Entire;

        /// <inheritdoc/>
        public static Interval SecondAAEnclosure(Interval a, Interval b, Interval y) =>
            QuotientOf(a, b) is var (quotient, whole) && whole ? 0 : quotient.IsUndefined ? quotient : Interval.Entire;

        /// <inheritdoc/>
        public static Interval SecondABEnclosure(Interval a, Interval b, Interval y) =>
            QuotientOf(a, b) is var (quotient, whole) && whole ? 0 : quotient.IsUndefined ? quotient : Interval.Entire;

        /// <inheritdoc/>
        public static Interval SecondBBEnclosure(Interval a, Interval b, Interval y) =>
            QuotientOf(a, b) is var (quotient, whole) && whole ? 0 : quotient.IsUndefined ? quotient : Interval.Entire;

        /// <summary>The integer that a/b is truncated to; not whole where there are several over a and b.</summary>
        private static (Interval Quotient, bool Whole) QuotientOf(Interval a, Interval b)
        {
            var quotient = IntegerDivideRule.Enclosure(a, b);
            return (quotient, quotient.IsPoint);
        }
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>The remainder with the sign of the dividend (C's fmod).</summary>
        public static Real operator %(Real left, Real right) => Binary<RemainderRule>(Op.Remainder, left, right);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>The remainder with the sign of the dividend (C's fmod).</summary>
        public static Dual<T> operator %(Dual<T> left, Dual<T> right)
        {
            var y = left.Value % right.Value;
            return new(y, left.Tangent - Chain(T.Round((left.Value - y) / right.Value), right.Tangent));
        }
    }
}
