using HybridAD.Blocks;
using HybridAD.Collections;

namespace HybridAD.Rolling.Assembly;

/// <summary>Decides which blocks are better computed with every p instances as one of a wider kernel, see <see cref="PeriodicInstances"/>.</summary>
internal static class InstancePeriods
{
    private const int LongestPeriod = 8;
    private const int MostOutputs = 32;
    private const int MostOperations = 256;

    /// <summary>Fewer instances of the wider kernel do not fill the lanes of some chunks.</summary>
    private const int FewestInstances = 32;

    /// <summary>Instances that are looked at to know what is usual.</summary>
    private const int Samples = 64;

    /// <summary>What holds for so many of them is regular: at the ends of the rows of a grid it may be otherwise.</summary>
    private const double RegularShare = 0.75;

    /// <summary>The number p for every block; 1 where instances are to remain.</summary>
    public static int[] Of(BlockGraph graph)
    {
        var periods = new int[graph.Blocks.Length];
        var isAny = false;
        for (var b = 0; b < periods.Length; b++)
        {
            periods[b] = graph.Blocks[b] is KernelBlock block ? Period(block) : 1;
            isAny |= periods[b] > 1;
        }
        if (isAny)
            KeepWhereReadersDiffer(graph, periods);
        return periods;
    }

    /// <summary>The shortest distance of instances at which all operands move on regularly; 1 where they do already, or at none.</summary>
    private static int Period(KernelBlock block)
    {
        for (var period = 1; period <= LongestPeriod; period++)
        {
            if (block.InstanceCount % period != 0 || !IsRegular(block, period))
                continue;
            var isWorthIt = block.InstanceCount / period >= FewestInstances && period * block.Kernel.OutputCount <= MostOutputs && period * block.Kernel.OperationCount <= MostOperations;
            return isWorthIt ? period : 1;
        }
        return 1;
    }

    private static bool IsRegular(KernelBlock block, int period)
    {
        for (var leaf = 0; leaf < block.LeafCount; leaf++)
            for (var copy = 0; copy < period; copy++)
                if (!IsRegular(block.Leaf(leaf), copy, period))
                    return false;
        return true;
    }

    private static bool IsRegular(ReadOnlySpan<int> slots, int first, int period)
    {
        Span<int> distances = stackalloc int[Samples];
        var count = 0;
        foreach (var k in SpreadSample.Of(slots.Length / period - 1, Samples))
            distances[count++] = slots[first + (k + 1) * period] - slots[first + k * period];
        distances = distances[..count];
        distances.Sort();
        // What three quarters have stands in the middle, too.
        return count == 0 || distances.Count(distances[count / 2]) >= RegularShare * count;
    }

    /// <summary>
    /// Gradients of results are kept with those of one output next to each other: readers go through them as they are computed, or find them scattered. A kernel that reads results
    /// multiplies the gradients of all of them in registers, so it must not read more of them.
    /// </summary>
    private static void KeepWhereReadersDiffer(BlockGraph graph, int[] periods)
    {
        var inputs = graph.Trace.InputCount;
        // The period of the kernels that read a block; 0 where none does, −1 where they differ.
        var ofReaders = new int[periods.Length];
        for (var b = periods.Length - 1; b >= 0; b--)
        {
            if (graph.Blocks[b] is not KernelBlock block)
                continue;
            if (ofReaders[b] != 0 && ofReaders[b] != periods[b])
                periods[b] = 1;
            var readsResults = false;
            for (var leaf = 0; leaf < block.LeafCount; leaf++)
                readsResults |= block.Leaf(leaf).ContainsAnyExceptInRange(0, inputs - 1);
            if (periods[b] > 1 && JoinedOperands.Of(block, periods[b]) is var operands && ((readsResults && operands.Leaves.Count > block.LeafCount) || !operands.AreDifferent()))
                periods[b] = 1;
            if (!readsResults)
                continue;
            for (var leaf = 0; leaf < block.LeafCount; leaf++)
            {
                var source = -1;
                foreach (var slot in block.Leaf(leaf))
                {
                    if (slot < inputs || (source >= 0 && slot >= graph.Blocks[source].FirstSlot && slot - graph.Blocks[source].FirstSlot < graph.Blocks[source].SlotCount))
                        continue;
                    source = graph.BlockOf(slot);
                    ofReaders[source] = ofReaders[source] == 0 || ofReaders[source] == periods[b] ? periods[b] : -1;
                }
            }
        }
    }
}
