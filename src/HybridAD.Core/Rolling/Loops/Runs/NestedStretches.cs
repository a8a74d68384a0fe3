using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Nodes;

namespace HybridAD.Rolling.Loops.Runs;

/// <summary>
/// Loops of short loops: a sum of a few terms inside a body is no loop of its own, but a part of the body of the loop around it, whose period is that of the whole.
/// </summary>
internal static class NestedStretches
{
    /// <summary>Most stretches in a body: loops in it, and what is between them.</summary>
    private const int MostInside = 64;

    /// <summary>Fewest runs of the body around short loops.</summary>
    private const int FewestPeriods = Roller.SmallestGroup;

    /// <summary>Puts short loops into the loops around them; null where there are none of them.</summary>
    public static Growing<Stretch>? Of(Trace trace, Growing<Stretch> stretches)
    {
        var (nested, found) = (new Growing<Stretch>(), false);
        for (var k = 0; k < stretches.Count;)
            if (Around(trace, stretches, k) is { } outer)
            {
                found = true;
                // What is left of the stretches in which it starts and ends is no loop of its own.
                if (outer.Start > stretches.Items[k].Start)
                    nested.Add(new Stretch(stretches.Items[k].Start, outer.Start - stretches.Items[k].Start, 1));
                nested.Add(outer);
                var end = outer.Start + outer.Length * outer.Count;
                while (k < stretches.Count && EndOf(stretches.Items[k]) <= end)
                    k++;
                if (k < stretches.Count && stretches.Items[k].Start < end)
                    nested.Add(new Stretch(end, EndOf(stretches.Items[k++]) - end, 1));
            }
            else
                nested.Add(stretches.Items[k++]);
        return found ? nested : null;
    }

    private static int EndOf(Stretch stretch) => stretch.Start + stretch.Length * stretch.Count;

    /// <summary>The loop that begins with a stretch and has a short loop in its body.</summary>
    private static Stretch? Around(Trace trace, Growing<Stretch> stretches, int first)
    {
        var hasShortLoop = false;
        var start = stretches.Items[first].Start;
        for (var next = first + 1; next < Math.Min(stretches.Count, first + 1 + MostInside); next++)
        {
            var last = stretches.Items[next - 1];
            if (last.Count >= Expressions.Long)
                return null;
            hasShortLoop |= last.Count > 1;
            var (period, stretch) = (stretches.Items[next].Start - start, stretches.Items[next]);
            if (period > LoopScan.LongestPeriod)
                return null;
            if (!hasShortLoop || stretch.Length != stretches.Items[first].Length || stretch.Count != stretches.Items[first].Count)
                continue;
            var equal = trace.Operations[start..].CommonPrefixLength(trace.Operations[(start + period)..]);
            var end = start + period + equal;
            if (equal / period + 1 < FewestPeriods)
                continue;
            // A body may end with what was taken for the first term of the next.
            var aligned = LoopScan.Aligned(trace, start, end, period);
            return new Stretch(aligned, period, (end - aligned) / period);
        }
        return null;
    }
}
