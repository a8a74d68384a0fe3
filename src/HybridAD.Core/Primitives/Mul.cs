using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>a · b.</summary>
        public const byte Mul = 4;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>a · b.</summary>
        public static readonly BinaryPrimitive<MulRule> Mul = Primitive.Register(new BinaryPrimitive<MulRule>(Op.Mul, "mul")
        {
            StaysFinite = true,
            FormA = PartialForm.OtherOperand, FormB = PartialForm.OtherOperand, Curvature = Curvature.AB, IsCommutative = true,
        });
    }

    /// <summary>a · b: each partial is the other operand. IEEE multiplication: 0 · ∞ is NaN.</summary>
    public readonly struct MulRule : IBinaryRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => a * b;

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => a * b;

        /// <inheritdoc/>
        public static double? LocalError(double a, double b, double y) => RoundingError.OfProduct(a, b, y);

        /// <inheritdoc/>
        public static double PartialA(double a, double b, double y) => b;

        /// <inheritdoc/>
        public static double PartialB(double a, double b, double y) => a;

        /// <inheritdoc/>
        public static double SecondAA(double a, double b, double y) => 0;

        /// <inheritdoc/>
        public static double SecondAB(double a, double b, double y) => 1;

        /// <inheritdoc/>
        public static double SecondBB(double a, double b, double y) => 0;

        /// <inheritdoc/>
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => a * b;

        /// <inheritdoc/>
        public static T PartialA<T>(T a, T b, T y) where T : struct, ILanes<T> => b;

        /// <inheritdoc/>
        public static T PartialB<T>(T a, T b, T y) where T : struct, ILanes<T> => a;

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b) => a * b;

        /// <inheritdoc/>
        public static Interval PartialAEnclosure(Interval a, Interval b, Interval y) => b;

        /// <inheritdoc/>
        public static Interval PartialBEnclosure(Interval a, Interval b, Interval y) => a;

        /// <inheritdoc/>
        public static Interval SecondAAEnclosure(Interval a, Interval b, Interval y) => 0;

        /// <inheritdoc/>
        public static Interval SecondABEnclosure(Interval a, Interval b, Interval y) => 1;

        /// <inheritdoc/>
        public static Interval SecondBBEnclosure(Interval a, Interval b, Interval y) => 0;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>a · b.</summary>
        public static Real operator *(Real left, Real right) => Binary<MulRule>(Op.Mul, left, right);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>a · b.</summary>
        public static Dual<T> operator *(Dual<T> left, Dual<T> right) =>
            new(left.Value * right.Value, Chain(right.Value, left.Tangent) + Chain(left.Value, right.Tangent));
    }
}
