using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Rolling;

namespace HybridAD.Tests.Rolling;

/// <summary>What every block graph promises to whoever executes it.</summary>
internal static class BlockInvariants
{
    public static void Hold(RollingResult result, RollingOptions options)
    {
        if (result.Graph is not { } graph)
            return;
        var trace = graph.Trace;
        Assert.Equal(trace.OutputCount + (options.IncludeGuards ? trace.Guards.Length : 0), graph.OutputSlots.Length);
        Hold(graph);
        Assert.True(result.ExpandedOperationCount <= Math.Max(1, options.LargestExpansion) * result.OperationCount, "the budget for repeated operations is kept");
    }

    public static void Hold(BlockGraph graph)
    {
        var trace = graph.Trace;
        var next = trace.InputCount;
        foreach (var block in graph.Blocks)
        {
            Assert.Equal(next, block.FirstSlot);
            Assert.True(block.SlotCount > 0, "a block computes something");
            if (block is KernelBlock kernels)
                Hold(kernels);
            else
                Hold((LinearBlock)block);
            next += block.SlotCount;
        }
        Assert.Equal(next, graph.SlotCount);
        foreach (var slot in graph.OutputSlots)
            Assert.InRange(slot, 0, graph.SlotCount - 1);
        HoldsFlow(graph);
    }

    /// <summary>The graph of blocks has an edge wherever a block reads a slot of another, as wide as it reads different slots.</summary>
    private static void HoldsFlow(BlockGraph graph)
    {
        var read = new Dictionary<(int Source, int Target), HashSet<int>>();
        for (var target = 0; target < graph.Blocks.Length; target++)
            if (graph.Blocks[target] is LinearBlock sums)
                Read(sums.Slots, target);
            else
                for (var leaf = 0; leaf < ((KernelBlock)graph.Blocks[target]).LeafCount; leaf++)
                    Read(((KernelBlock)graph.Blocks[target]).Leaf(leaf), target);
        Read(graph.OutputSlots, BlockFlow.Outputs(graph));
        var flow = BlockFlow.Of(graph);
        Assert.Equal(graph.Blocks.Length + 2, flow.VertexCount);
        Assert.Equal(
            read.Select(pair => (pair.Key.Source, pair.Key.Target, pair.Value.Count)).Order(),
            flow.Edges.Select(edge => (edge.Source, edge.Target, edge.Tag)).Order());

        void Read(ReadOnlySpan<int> slots, int target)
        {
            foreach (var slot in slots)
            {
                var source = graph.Blocks.ToArray().Count(block => block.FirstSlot <= slot) - 1;
                if (!read.TryGetValue((source, target), out var seen))
                    read.Add((source, target), seen = []);
                seen.Add(slot);
            }
        }
    }

    private static void Hold(KernelBlock block)
    {
        Assert.Equal(block.Kernel.InputCount, block.LeafCount + block.ParameterCount);
        Assert.Equal(block.SlotCount, block.Kernel.OutputCount * block.InstanceCount);
        Assert.Equal(0, block.Kernel.Guards.Length);
        TraceVerifier.Verify(block.Kernel);
        for (var leaf = 0; leaf < block.LeafCount; leaf++)
        {
            Assert.Equal(block.InstanceCount, block.Leaf(leaf).Length);
            foreach (var slot in block.Leaf(leaf))
                Assert.InRange(slot, 0, block.FirstSlot - 1);
        }
        // One leaf for each slot of an instance.
        for (var instance = 0; instance < block.InstanceCount; instance++)
            Assert.Equal(block.LeafCount, Enumerable.Range(0, block.LeafCount).Select(leaf => block.Leaf(leaf)[instance]).Distinct().Count());
        for (var parameter = 0; parameter < block.ParameterCount; parameter++)
            Assert.Equal(block.InstanceCount, block.Parameter(parameter).Length);
    }

    private static void Hold(LinearBlock block)
    {
        Assert.Equal(block.RowCount + 1, block.RowStarts.Length);
        Assert.Equal(0, block.RowStarts[0]);
        Assert.Equal(block.Slots.Length, block.RowStarts[^1]);
        for (var row = 0; row < block.RowCount; row++)
        {
            var slots = block.SlotsOf(row).ToArray();
            Assert.Equal(slots.Length, block.CoefficientsOf(row).Length);
            Assert.Equal(slots.Length, slots.Distinct().Count());
            Assert.All(slots, slot => Assert.InRange(slot, 0, block.FirstSlot - 1));
        }
    }
}
