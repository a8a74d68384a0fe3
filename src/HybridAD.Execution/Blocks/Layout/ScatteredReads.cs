using HybridAD.Blocks;
using HybridAD.Collections;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// Blocks whose results are mostly read in no order, as those of a camera are by all its observations: what an instance keeps is best one behind the other then, for a position finds all of it. The
/// results of other blocks are best next to those of the following instance, for kernels that read a number of eight neighbours at once.
/// </summary>
internal static class ScatteredReads
{
    /// <summary>Neighbours that are looked at to know how a leaf is read.</summary>
    private const int Samples = 64;

    /// <summary>By block, whether its results are read like that.</summary>
    public static bool[] Of(BlockGraph graph)
    {
        // Reads in no order less those of neighbours by neighbours, or of one by all.
        var balance = new long[graph.Blocks.Length];
        foreach (var block in graph.Blocks)
            if (block is KernelBlock { InstanceCount: > 1 } reader)
                for (var leaf = 0; leaf < reader.LeafCount; leaf++)
                    Count(graph, reader.Leaf(leaf), balance);
        return Array.ConvertAll(balance, static reads => reads > 0);
    }

    private static void Count(BlockGraph graph, ReadOnlySpan<int> slots, long[] balance)
    {
        var reads = Math.Max(1, slots.Length / Samples);
        foreach (var t in SpreadSample.Of(slots.Length - 1, Samples))
        {
            if (slots[t] < graph.Trace.InputCount)
                continue;
            var owner = graph.BlockOf(slots[t]);
            balance[owner] += slots[t + 1] - slots[t] is 1 or 0 ? -reads : reads;
        }
    }
}
