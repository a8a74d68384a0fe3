using HybridAD.Collections;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// The order of instances that are terms of sums, as the products of two matrices are: written sum by sum, neighbours add to one number, and each addition waits until the one before
/// it is in memory. Here the first terms of several sums come first, then the second ones, so that neighbours add to neighbours. Every sum is still added up in its order.
/// </summary>
internal static class SummandOrder
{
    /// <summary>Sums below which a register of them cannot be filled.</summary>
    private const int FewestSums = 4 * Chunk.Lanes;

    /// <summary>The share of neighbours that have to add to one number.</summary>
    private const double LeastShare = 0.5;

    /// <summary>Instances whose operands the second cache holds, so that what the terms of a sum read side by side is still there for the next ones.</summary>
    private const int TogetherAtMost = 8192;

    /// <summary>Orders instances.</summary>
    /// <param name="instances">The instances.</param>
    /// <param name="targets">The number that each of them adds to, or −1.</param>
    /// <returns>The same instances, in the same array where nothing is gained.</returns>
    public static int[] Of(int[] instances, int[] targets)
    {
        var sums = 1;
        for (var t = 1; t < targets.Length; t++)
            sums += Continues(targets, t) ? 0 : 1;
        if (sums < FewestSums || targets.Length - sums < LeastShare * targets.Length)
            return instances;
        var together = Math.Max(FewestSums, (int)(TogetherAtMost / ((double)targets.Length / sums)) & -Chunk.Lanes);
        var ordered = FreshPages.Uncleared<int>(instances.Length);
        for (int start = 0, end; start < targets.Length; start = end)
        {
            end = EndOfSums(targets, start, together);
            Arrange(instances, targets, start, end, ordered);
        }
        return ordered;
    }

    private static bool Continues(int[] targets, int t) => targets[t] >= 0 && targets[t] == targets[t - 1];

    private static int EndOfSums(int[] targets, int start, int count)
    {
        var end = start + 1;
        while (end < targets.Length && (Continues(targets, end) || --count > 0))
            end++;
        return end;
    }

    /// <summary>Sorts a range by the number of the term in its sum, by counting.</summary>
    private static void Arrange(int[] instances, int[] targets, int start, int end, int[] ordered)
    {
        var starts = new Growing<int>();
        var term = 0;
        for (var t = start; t < end; t++)
        {
            term = t > start && Continues(targets, t) ? term + 1 : 0;
            if (term == starts.Count)
                starts.Add(0);
            starts[term]++;
        }
        var place = start;
        for (var k = 0; k < starts.Count; k++)
            (starts[k], place) = (place, place + starts[k]);
        for (var t = start; t < end; t++)
        {
            term = t > start && Continues(targets, t) ? term + 1 : 0;
            ordered[starts[term]++] = instances[t];
        }
    }
}
