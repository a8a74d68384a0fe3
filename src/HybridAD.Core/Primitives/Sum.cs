using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>x₀ + x₁ + … over a list.</summary>
        public const byte Sum = 90;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>x₀ + x₁ + … over a list.</summary>
        public static readonly ListPrimitive<SumRule> Sum = Primitive.Register(new ListPrimitive<SumRule>(Op.Sum, "sum")
        {
            StaysFinite = true,
            UlpBound = double.PositiveInfinity,
            Form = static _ => PartialForm.One, IsCommutative = true,
        });
    }

    /// <summary>x₀ + x₁ + …, added from left to right: linear, all partials 1.</summary>
    public readonly struct SumRule : IListRule
    {
        /// <inheritdoc/>
        public static double Value(ReadOnlySpan<double> x)
        {
            var sum = x[0];
            for (var k = 1; k < x.Length; k++)
                sum += x[k];
            return sum;
        }

        /// <inheritdoc/>
        public static DoubleDouble Refined(ReadOnlySpan<DoubleDouble> x)
        {
            var sum = x[0];
            foreach (var term in x[1..])
                sum += term;
            return sum;
        }

        /// <summary>Half an ulp of every partial sum.</summary>
        public static double? RoundingBound(ReadOnlySpan<double> x, double y)
        {
            var (sum, bound) = (x[0], 0.0);
            for (var k = 1; k < x.Length; k++)
            {
                sum += x[k];
                bound += RoundingError.Bound(sum, 0.5);
            }
            // What adding the bounds may have lost.
            return bound * (1 + x.Length * RoundingError.Epsilon);
        }

        /// <inheritdoc/>
        public static void Partials(ReadOnlySpan<double> x, double y, Span<double> partials) => partials.Fill(1);

        /// <inheritdoc/>
        public static double Second(int i, int j, ReadOnlySpan<double> x, double y) => 0;

        /// <inheritdoc/>
        public static Interval Enclosure(ReadOnlySpan<Interval> x)
        {
            var sum = x[0];
            for (var k = 1; k < x.Length; k++)
                sum += x[k];
            return sum;
        }

        /// <inheritdoc/>
        public static void PartialEnclosures(ReadOnlySpan<Interval> x, Interval y, Span<Interval> partials) => partials.Fill(1);

        /// <inheritdoc/>
        public static Interval SecondEnclosure(int i, int j, ReadOnlySpan<Interval> x, Interval y) => 0;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>The sum of a list, one operation however long it is; 0 for an empty list.</summary>
        public static Real Sum(params ReadOnlySpan<Real> terms) => terms.IsEmpty ? default : List<SumRule>(Op.Sum, terms);
    }
}
