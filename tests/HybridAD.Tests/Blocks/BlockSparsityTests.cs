using HybridAD.Blocks;
using HybridAD.Graph;

namespace HybridAD.Tests.Blocks;

public sealed class BlockSparsityTests
{
    [Fact]
    public void Outputs_depend_on_what_their_blocks_read()
    {
        var any = Random.Shared.Next();
        for (var seed = any; seed < any + 2000; seed++)
        {
            var graph = RandomBlocks.Of(new Random(seed));
            var pattern = BlockSparsity.Detect(graph, long.MaxValue)!;
            var expected = Expected(graph);
            Assert.Equal((graph.OutputSlots.Length, graph.Trace.InputCount), (pattern.RowCount, pattern.ColumnCount));
            for (var output = 0; output < pattern.RowCount; output++)
                Assert.True(expected[graph.OutputSlots[output]].SequenceEqual(pattern.Row(output).ToArray()),
                    $"seed {seed}, output {output}: [{string.Join(", ", pattern.Row(output).ToArray())}] for [{string.Join(", ", expected[graph.OutputSlots[output]])}]");
        }
    }

    [Fact]
    public void Nothing_is_detected_where_sets_have_too_many_members()
    {
        var row = new LinearBlock(4, [0, 4], [0, 1, 2, 3], new double[] { 1, 1, 1, 1 }, new double[1]);
        var graph = new BlockGraph(new TraceBuilder(4).Build([0]), [row], [4]);
        Assert.NotNull(BlockSparsity.Detect(graph, 8));
        Assert.Null(BlockSparsity.Detect(graph, 7));
    }

    private static SortedSet<int>[] Expected(BlockGraph graph)
    {
        var sets = Enumerable.Range(0, graph.SlotCount).Select(slot => slot < graph.Trace.InputCount ? new SortedSet<int> { slot } : []).ToArray();
        foreach (var block in graph.Blocks)
            if (block is LinearBlock sums)
                for (var row = 0; row < sums.RowCount; row++)
                    foreach (var slot in sums.SlotsOf(row))
                        sets[sums.FirstSlot + row].UnionWith(sets[slot]);
            else if (block is KernelBlock kernel)
                for (var output = 0; output < kernel.Kernel.OutputCount; output++)
                    for (var t = 0; t < kernel.InstanceCount; t++)
                        for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                            if (kernel.Kernel.Operations[kernel.Kernel.Outputs[output]] == Op.Mul || leaf == 1)
                                sets[kernel.SlotOf(output, t)].UnionWith(sets[kernel.Leaf(leaf)[t]]);
        return sets;
    }
}
