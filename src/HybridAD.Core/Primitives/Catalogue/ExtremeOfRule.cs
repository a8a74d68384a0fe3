using HybridAD.Numerics;

namespace HybridAD.Primitives;

/// <summary>The largest or the smallest of a list. The catalogue says which of them an operation is; what holds for both are the remarks.</summary>
/// <remarks>
/// NaN if one is NaN. Convention at the kinks, that of the pairs which are compared one after the other: the first operand that attains the extreme has partial 1, all others 0; where one is NaN,
/// the last operand has partial 1.
/// </remarks>
/// <typeparam name="TPair">The extreme of two.</typeparam>
public readonly struct ExtremeOfRule<TPair> : IListRule
    where TPair : IBinaryRule
{
    /// <inheritdoc/>
    public static double Value(ReadOnlySpan<double> x)
    {
        var extreme = x[0];
        foreach (var value in x[1..])
            extreme = TPair.Value(extreme, value);
        return extreme;
    }

    /// <inheritdoc/>
    public static DoubleDouble Refined(ReadOnlySpan<DoubleDouble> x)
    {
        var extreme = x[0];
        foreach (var value in x[1..])
            extreme = TPair.Refined(extreme, value);
        return extreme;
    }

    /// <inheritdoc/>
    public static void Partials(ReadOnlySpan<double> x, double y, Span<double> partials)
    {
        partials.Clear();
        var (extreme, taken) = (x[0], 0);
        for (var k = 1; k < x.Length; k++)
        {
            if (TPair.PartialA(extreme, x[k], y) == 0)
                taken = k;
            extreme = TPair.Value(extreme, x[k]);
        }
        partials[taken] = 1;
    }

    /// <inheritdoc/>
    public static double Second(int i, int j, ReadOnlySpan<double> x, double y) => 0;

    /// <inheritdoc/>
    public static Interval Enclosure(ReadOnlySpan<Interval> x)
    {
        var extreme = x[0];
        foreach (var value in x[1..])
            extreme = TPair.Enclosure(extreme, value);
        return extreme;
    }

    /// <inheritdoc/>
    public static void PartialEnclosures(ReadOnlySpan<Interval> x, Interval y, Span<Interval> partials)
    {
        // Only an operand that reaches the range of the extreme can be it.
        var candidates = 0;
        for (var k = 0; k < x.Length; k++)
        {
            partials[k] = TPair.PartialAEnclosure(x[k], y, y) == 0 ? 0 : Interval.Undecided;
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
