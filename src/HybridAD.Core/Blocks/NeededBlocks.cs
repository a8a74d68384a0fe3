namespace HybridAD.Blocks;

/// <summary>The part of a function in blocks that some of its slots take: whole blocks, since kernels leave out what nothing asks them for.</summary>
internal static class NeededBlocks
{
    /// <summary>The blocks that compute some slots, and nothing else.</summary>
    /// <param name="graph">The function.</param>
    /// <param name="outputs">The slots, which are its outputs then.</param>
    public static BlockGraph Of(BlockGraph graph, ReadOnlySpan<int> outputs)
    {
        var isNeeded = new bool[graph.SlotCount];
        foreach (var slot in outputs)
            isNeeded[slot] = true;
        var isKept = new bool[graph.Blocks.Length];
        for (var k = isKept.Length - 1; k >= 0; k--)
        {
            var block = graph.Blocks[k];
            isKept[k] = isNeeded.AsSpan(block.FirstSlot, block.SlotCount).Contains(true);
            if (!isKept[k])
                continue;
            if (block is KernelBlock kernel)
                for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                    Need(kernel.Leaf(leaf));
            else
                Need(((LinearBlock)block).Slots);
        }
        return Written(graph, isKept, outputs);

        void Need(ReadOnlySpan<int> slots)
        {
            foreach (var slot in slots)
                isNeeded[slot] = true;
        }
    }

    private static BlockGraph Written(BlockGraph graph, bool[] isKept, ReadOnlySpan<int> outputs)
    {
        var (blocks, next) = (new List<Block>(), graph.Trace.InputCount);
        var newSlots = new int[graph.SlotCount];
        for (var input = 0; input < next; input++)
            newSlots[input] = input;
        for (var k = 0; k < isKept.Length; k++)
        {
            var block = graph.Blocks[k];
            if (!isKept[k])
                continue;
            for (var slot = 0; slot < block.SlotCount; slot++)
                newSlots[block.FirstSlot + slot] = next + slot;
            blocks.Add(block is KernelBlock kernel
                ? kernel.WithLeaves(next, slot => newSlots[slot])
                : ((LinearBlock)block).WithSlots(next, Array.ConvertAll(((LinearBlock)block).Slots.ToArray(), slot => newSlots[slot])));
            next += block.SlotCount;
        }
        return graph.WithBlocks([.. blocks], Array.ConvertAll(outputs.ToArray(), slot => newSlots[slot]));
    }
}
