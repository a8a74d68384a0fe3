using System.Buffers;
using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>1 where all numbers of a list are different, else 0.</summary>
        public const byte AllDifferent = 93;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>1 where all numbers of a list are different, else 0.</summary>
        public static readonly ListPrimitive<AllDifferentRule> AllDifferent =
            Primitive.Register(new ListPrimitive<AllDifferentRule>(Op.AllDifferent, "alldiff")
            {
                StaysFinite = true,
                UlpBound = 0,
                Form = static _ => PartialForm.Zero, IsCommutative = true, Smoothness = Smoothness.Step,
            });
    }

    /// <summary>
    /// 1 where all numbers of a list are different, else 0; NaN differs from everything. Piecewise constant: all derivatives 0.
    /// </summary>
    public readonly struct AllDifferentRule : IListRule
    {
        /// <inheritdoc/>
        public static double Value(ReadOnlySpan<double> x)
        {
            // Sorted copies meet their equals; NaN sorts first and equals nothing. Comparing all pairs would let a small file cost hours.
            var sorted = ArrayPool<double>.Shared.Rent(x.Length);
            x.CopyTo(sorted);
            sorted.AsSpan(0, x.Length).Sort();
            var different = 1;
            for (var i = 1; i < x.Length; i++)
                if (sorted[i] == sorted[i - 1])
                    different = 0;
            ArrayPool<double>.Shared.Return(sorted);
            return different;
        }

        /// <inheritdoc/>
        public static DoubleDouble Refined(ReadOnlySpan<DoubleDouble> x)
        {
            var sorted = ArrayPool<DoubleDouble>.Shared.Rent(x.Length);
            x.CopyTo(sorted);
            sorted.AsSpan(0, x.Length).Sort(static (a, b) => a < b ? -1 : a > b ? 1 : double.IsNaN(b.High).CompareTo(double.IsNaN(a.High)));
            var different = 1;
            for (var i = 1; i < x.Length; i++)
                if (sorted[i] == sorted[i - 1])
                    different = 0;
            ArrayPool<DoubleDouble>.Shared.Return(sorted);
            return different;
        }

        /// <inheritdoc/>
        public static void Partials(ReadOnlySpan<double> x, double y, Span<double> partials) => partials.Clear();

        /// <inheritdoc/>
        public static double Second(int i, int j, ReadOnlySpan<double> x, double y) => 0;

        /// <inheritdoc/>
        public static Interval Enclosure(ReadOnlySpan<Interval> x) => Interval.AllDifferent(x);

        /// <inheritdoc/>
        public static void PartialEnclosures(ReadOnlySpan<Interval> x, Interval y, Span<Interval> partials) => partials.Fill(Interval.StepPartial(y));

        /// <inheritdoc/>
        public static Interval SecondEnclosure(int i, int j, ReadOnlySpan<Interval> x, Interval y) => Interval.StepPartial(y);
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>1 where all numbers of a list are different, else 0; no guard is recorded. 1 for an empty list.</summary>
        public static Real AllDifferent(params ReadOnlySpan<Real> values) =>
            values.IsEmpty ? new Real(1) : List<AllDifferentRule>(Op.AllDifferent, values);
    }
}
