using HybridAD.Collections;
using HybridAD.Graph;

namespace HybridAD.Rolling.Loops.Runs;

/// <summary>
/// Loops of short loops: a sum of a few terms inside a body is no loop of its own, but a part of the body of the loop around it, whose period is that of the whole.
/// </summary>
internal static class NestedStretches
{
    /// <summary>Most stretches in a body: loops in it, and what is between them.</summary>
    private const int MostInside = 64;

    /// <summary>Most runs of a loop in a body; a longer one is a loop of its own.</summary>
    private const int LongestInside = 256;

    /// <summary>Fewest runs of the body around short loops.</summary>
    private const int FewestPeriods = Roller.SmallestGroup;

    /// <summary>Puts short loops into the loops around them; null where there are none of them.</summary>
    public static Growing<Stretch>? Of(Trace trace, Growing<Stretch> stretches)
    {
        var (nested, found, loose) = (new Growing<Stretch>(), false, 0);
        for (var k = 0; k < stretches.Count;)
            if (Around(trace, stretches, k) is { } outer)
            {
                found = true;
                // What is left of the stretches in which it starts and ends is no loop of its own.
                if (outer.Start > stretches.Items[k].Start)
                    nested.Add(new Stretch(stretches.Items[k].Start, outer.Start - stretches.Items[k].Start, 1));
                Join(nested, loose);
                nested.Add(outer);
                loose = nested.Count;
                var end = outer.Start + outer.Length * outer.Count;
                while (k < stretches.Count && EndOf(stretches.Items[k]) <= end)
                    k++;
                if (k < stretches.Count && stretches.Items[k].Start < end)
                    nested.Add(new Stretch(end, EndOf(stretches.Items[k++]) - end, 1));
            }
            else
                nested.Add(stretches.Items[k++]);
        Join(nested, loose);
        return found ? nested : null;
    }

    /// <summary>
    /// Makes one stretch of those from some on, where they are short together: what is not in the loop around is its first runs mostly, which begin in another way, and loops in these are none of their own.
    /// </summary>
    private static void Join(Growing<Stretch> stretches, int from)
    {
        if (stretches.Count < from + 2)
            return;
        var start = stretches.Items[from].Start;
        var length = EndOf(stretches.Items[stretches.Count - 1]) - start;
        if (length > LoopScan.LongestPeriod)
            return;
        stretches.Truncate(from);
        stretches.Add(new Stretch(start, length, 1));
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
            if (last.Count > LongestInside)
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
