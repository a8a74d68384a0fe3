using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>The smallest of a list.</summary>
        public const byte MinOf = 91;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>The smallest of a list.</summary>
        public static readonly ListPrimitive<MinOfRule> MinOf = Primitive.Register(new ListPrimitive<MinOfRule>(Op.MinOf, "minof")
        {
            UlpBound = 0,
            IsCommutative = true, Smoothness = Smoothness.Kinked,
        });
    }

    /// <summary>
    /// The smallest of a list; NaN if one is NaN. Convention at the kinks: the first operand that attains the extreme
    /// (or the first NaN) has partial 1, all others 0.
    /// </summary>
    public readonly struct MinOfRule : IListRule
    {
        /// <inheritdoc/>
        public static double Value(ReadOnlySpan<double> x)
        {
            var extreme = x[0];
            for (var k = 1; k < x.Length; k++)
                extreme = Math.Min(extreme, x[k]);
            return extreme;
        }

        /// <inheritdoc/>
        public static DoubleDouble Refined(ReadOnlySpan<DoubleDouble> x)
        {
            var extreme = x[0];
            foreach (var value in x[1..])
                extreme = DoubleDouble.Min(extreme, value);
            return extreme;
        }

        /// <inheritdoc/>
        public static void Partials(ReadOnlySpan<double> x, double y, Span<double> partials)
        {
            partials.Clear();
            var first = 0;
            while (x[first] != y && !double.IsNaN(x[first]))
                first++;
            partials[first] = 1;
        }

        /// <inheritdoc/>
        public static double Second(int i, int j, ReadOnlySpan<double> x, double y) => 0;

        /// <inheritdoc/>
        public static Interval Enclosure(ReadOnlySpan<Interval> x)
        {
            var extreme = x[0];
            for (var k = 1; k < x.Length; k++)
                extreme = Interval.Min(extreme, x[k]);
            return extreme;
        }

        /// <inheritdoc/>
        public static void PartialEnclosures(ReadOnlySpan<Interval> x, Interval y, Span<Interval> partials)
        {
            // Only an operand that reaches the range of the extreme can be it.
            var candidates = 0;
            for (var k = 0; k < x.Length; k++)
            {
                partials[k] = x[k].Lower > y.Upper ? 0 : Interval.Undecided;
                candidates += partials[k] == 0 ? 0 : 1;
            }

            if (y.IsUndefined)
                partials.Fill(Interval.Undefined);
            else if (candidates == 1)
                partials[partials.IndexOf(Interval.Undecided)] = 1;
        }

        /// <inheritdoc/>
        public static Interval SecondEnclosure(int i, int j, ReadOnlySpan<Interval> x, Interval y) => 0;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>The smallest of a list as one operation, NaN if one is NaN; at a tie the derivative is that of the first.</summary>
        /// <exception cref="HybridAdArgumentException">HAD1004: the list is empty.</exception>
        public static Real MinOf(params ReadOnlySpan<Real> values)
        {
            if (values.IsEmpty)
                Errors.Throw.OutOfRange(nameof(values), "an empty list", "one number or more");
            return List<MinOfRule>(Op.MinOf, values);
        }
    }
}
