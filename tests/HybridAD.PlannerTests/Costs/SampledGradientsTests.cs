using HybridAD.Blocks;
using HybridAD.Linearization;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Estimates;
using HybridAD.Rolling;
using HybridAD.Sparsity;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Costs;

/// <summary>The widths of the gradients that sample instances read, beside a walk through all blocks below them.</summary>
public sealed class SampledGradientsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Widths_are_those_of_a_walk_through_the_blocks(int seed)
    {
        var graph = FunctionBlocks.Of(Stages(seed).SimplifiedTrace, RollingOptions.ForDerivatives)!;
        var kernels = new BlockKernels(graph);
        var facts = Enumerable.Range(0, kernels.Count).Select(k => Facts(kernels.FirstBlockOf(k))).ToArray();
        var gradients = SampledGradients.Of(graph, graph.Uses, block => facts[kernels.NumberOf(block)]);
        var compared = 0;
        foreach (var block in graph.Blocks.ToArray().OfType<KernelBlock>())
            for (var leaf = 0; leaf < block.LeafCount; leaf++)
            {
                var slot = block.Leaf(leaf)[SampledGradients.SampleOf(block)];
                var expected = new HashSet<int>();
                Walk(graph, slot, expected, block => facts[kernels.NumberOf(block)]);
                Assert.True(expected.Count == gradients.WidthOf(slot), $"slot {slot} has {expected.Count} columns, not {gradients.WidthOf(slot)}, seed {seed}");
                compared++;
            }
        Assert.True(compared > 0);
    }

    /// <summary>Layers of stencils of random reach, with sums between them.</summary>
    private static TracedFunction Stages(int seed)
    {
        var random = new Random(seed);
        var (n, stages) = (random.Next(30, 60), random.Next(2, 4));
        return AD.Trace(x =>
        {
            for (var stage = 0; stage < stages; stage++)
            {
                var (from, reach) = (x, random.Next(1, 3));
                x = [.. Enumerable.Range(0, n).Select(i => Sin(from[i]) * from[(i + reach) % n] + 0.5 * Sum(from[(i + 1) % n], from[(i + 2) % n], Exp(from[(i + 3) % n])))];
            }
            return x;
        }, [.. Enumerable.Range(0, n).Select(i => 0.01 * i)]);
    }

    private static KernelFacts Facts(KernelBlock block)
    {
        var graph = LinearizedGraph.Of(block.Kernel, block.LeafCount);
        return new KernelFacts(KernelOrder.Of(new PlanningProblem(graph, JacobianSparsity.Detect(graph), JacobianPlannerOptions.Default))!);
    }

    private static void Walk(BlockGraph graph, int slot, HashSet<int> columns, Func<KernelBlock, KernelFacts> factsOf)
    {
        if (slot < graph.Trace.InputCount)
        {
            columns.Add(slot);
            return;
        }
        var block = graph.Blocks.ToArray().Single(block => slot >= block.FirstSlot && slot < block.FirstSlot + block.SlotCount);
        if (block is LinearBlock sums)
        {
            foreach (var term in sums.Slots[sums.RowStarts[slot - sums.FirstSlot]..sums.RowStarts[slot - sums.FirstSlot + 1]])
                Walk(graph, term, columns, factsOf);
            return;
        }
        var kernel = (KernelBlock)block;
        var (output, instance) = Math.DivRem(slot - kernel.FirstSlot, kernel.InstanceCount);
        foreach (var leaf in factsOf(kernel).LeavesOf(output))
            Walk(graph, kernel.Leaf(leaf)[instance], columns, factsOf);
    }
}
