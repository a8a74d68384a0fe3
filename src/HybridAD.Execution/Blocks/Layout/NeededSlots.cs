using HybridAD.Blocks;
using HybridAD.Collections;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>Which values derivatives are made of: what kernels read whose derivatives depend on it, and what those values are computed from.</summary>
internal static class NeededSlots
{
    /// <summary>Whether each slot is needed; of inputs nothing is said.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="isCurved">Whether the local derivatives of a block, by its number, depend on what it reads.</param>
    /// <param name="outputs">Slots that are asked for besides.</param>
    public static bool[] Of(BlockGraph graph, Func<int, bool> isCurved, ReadOnlySpan<int> outputs = default)
    {
        var isNeeded = FreshPages.Array<bool>(graph.SlotCount);
        foreach (var slot in outputs)
            isNeeded[slot] = true;
        for (var k = graph.Blocks.Length - 1; k >= 0; k--)
        {
            if (graph.Blocks[k] is LinearBlock sums)
            {
                for (var row = 0; row < sums.RowCount; row++)
                    if (isNeeded[sums.FirstSlot + row])
                        foreach (var slot in sums.Slots[sums.RowStarts[row]..sums.RowStarts[row + 1]])
                            isNeeded[slot] = true;
                continue;
            }
            var kernel = (KernelBlock)graph.Blocks[k];
            if (!isNeeded.AsSpan(kernel.FirstSlot, kernel.SlotCount).Contains(true) && !isCurved(k))
                continue;
            for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                foreach (var slot in kernel.Leaf(leaf))
                    isNeeded[slot] = true;
        }
        return isNeeded;
    }
}
