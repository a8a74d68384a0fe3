using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>a / b.</summary>
        public const byte Div = 5;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>a / b.</summary>
        public static readonly BinaryPrimitive<DivRule> Div = Primitive.Register(new BinaryPrimitive<DivRule>(Op.Div, "div")
        {
            Curvature = Curvature.AB | Curvature.BB, ValueCost = CostClass.Division, PartialCost = CostClass.Division,
        });
    }

    /// <summary>
    /// a / b: partials 1/b and −y/b, which reuse the quotient. IEEE division: x/0 is ±∞ and so are the partials there; 0/0 is NaN, and of its partials ∂/∂b is NaN, ∂/∂a ±∞.
    /// </summary>
    public readonly struct DivRule : IBinaryRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => a / b;

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => a / b;

        /// <inheritdoc/>
        public static double? LocalError(double a, double b, double y) => RoundingError.OfQuotient(a, b, y);

        /// <inheritdoc/>
        public static Reads PartialAReads => Reads.B;

        /// <inheritdoc/>
        public static double PartialA(double a, double b, double y) => 1 / b;

        /// <inheritdoc/>
        public static Reads PartialBReads => Reads.B | Reads.Value;

        /// <inheritdoc/>
        public static double PartialB(double a, double b, double y) => -y / b;

        /// <inheritdoc/>
        public static double SecondAA(double a, double b, double y) => 0;

        /// <inheritdoc/>
        public static double SecondAB(double a, double b, double y) => -1 / b / b;

        /// <inheritdoc/>
        public static double SecondBB(double a, double b, double y) => 2 * (y / b) / b;

        /// <inheritdoc/>
        public static int? WritePartialA(TraceBuilder to, int a, int b, int y) => to.Over(1, b);

        /// <inheritdoc/>
        public static int? WritePartialB(TraceBuilder to, int a, int b, int y) => to.Binary(Op.Div, to.Unary(Op.Neg, y), b);

        /// <inheritdoc/>
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => a / b;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T PartialA<T>(T a, T b, T y) where T : struct, ILanes<T> => T.Broadcast(1) / b;

        /// <inheritdoc/>
        public static T PartialB<T>(T a, T b, T y) where T : struct, ILanes<T> => -y / b;

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b) => a / b;

        /// <inheritdoc/>
        public static Interval PartialAEnclosure(Interval a, Interval b, Interval y) => 1 / b;

        /// <inheritdoc/>
        public static Interval PartialBEnclosure(Interval a, Interval b, Interval y) => -y / b;

        /// <inheritdoc/>
        public static Interval SecondAAEnclosure(Interval a, Interval b, Interval y) => 0;

        /// <inheritdoc/>
        public static Interval SecondABEnclosure(Interval a, Interval b, Interval y) => -1 / b / b;

        /// <inheritdoc/>
        public static Interval SecondBBEnclosure(Interval a, Interval b, Interval y) => 2 * (y / b) / b;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>a / b.</summary>
        public static Real operator /(Real left, Real right) => Binary<DivRule>(Op.Div, left, right);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>a / b.</summary>
        public static Dual<T> operator /(Dual<T> left, Dual<T> right)
        {
            var y = left.Value / right.Value;
            return new(y, Chain(T.One / right.Value, left.Tangent) - Chain(y / right.Value, right.Tangent));
        }
    }
}
