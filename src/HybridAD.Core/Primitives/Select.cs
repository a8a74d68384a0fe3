using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>a where the condition is nonzero, else b.</summary>
        public const byte Select = 94;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>a where the condition is nonzero, else b.</summary>
        public static readonly ListPrimitive<SelectRule> Select = Primitive.Register(new ListPrimitive<SelectRule>(Op.Select, "select", Arity.Ternary)
        {
            StaysFinite = true,
            UlpBound = 0,
            Form = static operand => operand == 0 ? PartialForm.Zero : PartialForm.Computed,
            PartialCost = CostClass.Free,
            Smoothness = Smoothness.Jumping,
        });
    }

    /// <summary>
    /// (condition, a, b): a where the condition is nonzero or NaN, else b. The condition has no derivative, the operand that is not taken has
    /// partial 0,
    /// and so ∞ and NaN in it stay without effect.
    /// </summary>
    public readonly struct SelectRule : IListRule
    {
        /// <inheritdoc/>
        public static double Value(ReadOnlySpan<double> x) => x[0] != 0 ? x[1] : x[2];

        /// <inheritdoc/>
        public static DoubleDouble Refined(ReadOnlySpan<DoubleDouble> x) => x[0] != 0 ? x[1] : x[2];

        /// <inheritdoc/>
        public static void Partials(ReadOnlySpan<double> x, double y, Span<double> partials)
        {
            partials[0] = 0;
            partials[1] = x[0] != 0 ? 1 : 0;
            partials[2] = x[0] != 0 ? 0 : 1;
        }

        /// <inheritdoc/>
        public static double Second(int i, int j, ReadOnlySpan<double> x, double y) => 0;

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int operand, ReadOnlySpan<int> x, int y) =>
            to.Where(x[0], operand == 1 ? 1 : 0, operand == 1 ? 0 : 1);

        /// <inheritdoc/>
        public static Interval Enclosure(ReadOnlySpan<Interval> x)
        {
            var fails = Interval.Not(x[0]);
            return fails == 0 ? x[1] : fails == 1 ? x[2] : fails.IsUndefined ? fails : Interval.Hull(x[1], x[2]);
        }

        /// <inheritdoc/>
        public static void PartialEnclosures(ReadOnlySpan<Interval> x, Interval y, Span<Interval> partials)
        {
            partials[0] = 0;
            partials[2] = Interval.Not(x[0]);
            partials[1] = 1 - partials[2];
        }

        /// <inheritdoc/>
        public static Interval SecondEnclosure(int i, int j, ReadOnlySpan<Interval> x, Interval y) => 0;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>
        /// <paramref name="ifTrue"/> where the condition is nonzero, else <paramref name="ifFalse"/>, decided anew at every evaluation
        /// and so without a guard.
        /// Both operands are computed everywhere; the one not taken contributes neither value nor derivative, even if it is NaN.
        /// </summary>
        /// <param name="condition">A number, as <see cref="Less"/>, <see cref="And"/> and their relatives give it.</param>
        /// <param name="ifTrue">The result where the condition is nonzero.</param>
        /// <param name="ifFalse">The result where the condition is 0.</param>
        public static Real Where(Real condition, Real ifTrue, Real ifFalse) => Ternary<SelectRule>(Op.Select, condition, ifTrue, ifFalse);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary><paramref name="ifTrue"/> where the condition is nonzero, else <paramref name="ifFalse"/>, with its tangent.</summary>
        public static Dual<T> Where(Dual<T> condition, Dual<T> ifTrue, Dual<T> ifFalse) => condition.Value != T.Zero ? ifTrue : ifFalse;
    }
}
