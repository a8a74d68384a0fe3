using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>a·b + c, rounded once.</summary>
        public const byte FusedMultiplyAdd = 14;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>a·b + c, rounded once.</summary>
        public static readonly ListPrimitive<FusedMultiplyAddRule> FusedMultiplyAdd =
            Primitive.Register(new ListPrimitive<FusedMultiplyAddRule>(Op.FusedMultiplyAdd, "fma", Arity.Ternary)
            {
                StaysFinite = true, SourceFunction = "fma",
                Form = static operand => operand == 2 ? PartialForm.One : PartialForm.Computed, PartialCost = CostClass.Free, CurvedPairs = [(0, 1)],
            });
    }

    /// <summary>a·b + c with a single rounding: partials b, a and 1.</summary>
    public readonly struct FusedMultiplyAddRule : IListRule
    {
        /// <inheritdoc/>
        public static double Value(ReadOnlySpan<double> x) => Math.FusedMultiplyAdd(x[0], x[1], x[2]);

        /// <inheritdoc/>
        public static DoubleDouble Refined(ReadOnlySpan<DoubleDouble> x) => DoubleDouble.FusedMultiplyAdd(x[0], x[1], x[2]);

        /// <inheritdoc/>
        public static void Partials(ReadOnlySpan<double> x, double y, Span<double> partials)
        {
            partials[0] = x[1];
            partials[1] = x[0];
            partials[2] = 1;
        }

        /// <inheritdoc/>
        public static double Second(int i, int j, ReadOnlySpan<double> x, double y) => i != j && i + j == 1 ? 1 : 0;

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int operand, ReadOnlySpan<int> x, int y) => operand == 2 ? to.Constant(1) : x[1 - operand];

        /// <inheritdoc/>
        public static Interval Enclosure(ReadOnlySpan<Interval> x) => x[0] * x[1] + x[2];

        /// <inheritdoc/>
        public static void PartialEnclosures(ReadOnlySpan<Interval> x, Interval y, Span<Interval> partials)
        {
            partials[0] = x[1];
            partials[1] = x[0];
            partials[2] = 1;
        }

        /// <inheritdoc/>
        public static Interval SecondEnclosure(int i, int j, ReadOnlySpan<Interval> x, Interval y) => i != j && i + j == 1 ? 1 : 0;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>left · right + addend, rounded once.</summary>
        public static Real FusedMultiplyAdd(Real left, Real right, Real addend) =>
            Ternary<FusedMultiplyAddRule>(Op.FusedMultiplyAdd, left, right, addend);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>left · right + addend, rounded once.</summary>
        public static Dual<T> FusedMultiplyAdd(Dual<T> left, Dual<T> right, Dual<T> addend) =>
            new(T.FusedMultiplyAdd(left.Value, right.Value, addend.Value),
                Chain(right.Value, left.Tangent) + Chain(left.Value, right.Tangent) + addend.Tangent);
    }
}
