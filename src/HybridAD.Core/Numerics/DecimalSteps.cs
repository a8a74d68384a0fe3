using HybridAD.Primitives;

namespace HybridAD.Numerics;

/// <summary>Enclosures of roundings of a number to b decimal digits or places: they rise with the number, and b loses its fraction.</summary>
internal static class DecimalSteps
{
    /// <summary>An enclosure, for b that means the same from least on down and from most on up.</summary>
    public static Interval Enclosure<TRule>(Interval a, Interval b, double least, double most)
        where TRule : struct, IBinaryRule
    {
        if (a.IsUndefined || b.IsUndefined)
            return Interval.Undefined;
        var first = Math.Truncate(Math.Clamp(b.Lower, least, most));
        var last = Math.Truncate(Math.Clamp(b.Upper, least, most));
        var hull = Over<TRule>(a, first);
        for (var digits = first + 1; digits <= last; digits++)
            hull = Interval.Hull(hull, Over<TRule>(a, digits));
        return hull;
    }

    /// <summary>0 where the rounded value is the same all over a and b, and unbounded where it may jump.</summary>
    public static Interval PartialEnclosure<TRule>(Interval a, Interval b, Interval y)
        where TRule : struct, IBinaryRule =>
        y.IsUndefined ? Interval.Undefined
        : Math.Truncate(b.Lower) == Math.Truncate(b.Upper) && TRule.Value(a.Lower, b.Lower) == TRule.Value(a.Upper, b.Lower) ? 0
        : Interval.Entire;

    private static Interval Over<TRule>(Interval a, double digits)
        where TRule : struct, IBinaryRule =>
        new(Nearest(TRule.Value(a.Lower, digits)).Lower, Nearest(TRule.Value(a.Upper, digits)).Upper);

    /// <summary>The decimal that a double is nearest to. Integers are exact: a decimal that rounds to one is a rounding of it.</summary>
    private static Interval Nearest(double value) => double.IsInteger(value) ? value : Interval.Around(value);
}
