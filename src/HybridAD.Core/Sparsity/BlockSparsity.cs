using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Linearization;

namespace HybridAD.Sparsity;

/// <summary>The structural nonzeros of a Jacobian, by walking from every output through the slots of the function's blocks: a step for each operand of an instance, not for each operation.</summary>
public static class BlockSparsity
{
    /// <summary>Visits for each number that the blocks read: with more the rows overlap so much that sets of bits are faster.</summary>
    private const int MostVisits = 32;

    /// <summary>The pattern, outputs by inputs; null where more numbers would be visited than is worth while.</summary>
    public static SparsityPattern? Detect(BlockGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.Blocks.Length > ushort.MaxValue)
            return null;
        var (blockOfSlot, reads) = Blocks(graph);
        var dependences = new Dictionary<Trace, int[][]>(ReferenceEqualityComparer.Instance);
        var leavesOf = Array.ConvertAll(graph.Blocks.ToArray(), block => block is KernelBlock kernel ? Dependences(kernel, dependences) : []);
        var budget = MostVisits * (reads + graph.SlotCount);
        var inputs = graph.Trace.InputCount;
        var outputs = graph.OutputSlots;
        var starts = new int[outputs.Length + 1];
        var columns = new Growing<int>(4 * outputs.Length);
        var seen = new int[graph.SlotCount];
        var pending = new Growing<int>();
        var blocks = graph.Blocks;
        for (var row = 0; row < outputs.Length; row++)
        {
            var stamp = row + 1;
            var first = columns.Count;
            Visit(outputs[row]);
            while (pending.TryPop(out var slot))
            {
                var number = blockOfSlot[slot - inputs];
                if (blocks[number] is KernelBlock kernel)
                {
                    var (output, instance) = Math.DivRem(slot - kernel.FirstSlot, kernel.InstanceCount);
                    var leaves = leavesOf[number][output];
                    budget -= leaves.Length;
                    foreach (var leaf in leaves)
                        Visit(kernel.Leaf(leaf)[instance]);
                }
                else
                {
                    var sums = (LinearBlock)blocks[number];
                    var terms = sums.Slots[sums.RowStarts[slot - sums.FirstSlot]..sums.RowStarts[slot - sums.FirstSlot + 1]];
                    budget -= terms.Length;
                    foreach (var term in terms)
                        Visit(term);
                }
            }
            if (budget < 0)
                return null;
            columns.Items.AsSpan(first, columns.Count - first).Sort();
            starts[row + 1] = columns.Count;

            void Visit(int slot)
            {
                if (seen[slot] == stamp)
                    return;
                seen[slot] = stamp;
                if (slot < inputs)
                    columns.Add(slot);
                else
                    pending.Push(slot);
            }
        }
        return new SparsityPattern(outputs.Length, inputs, starts, columns.ToArray());
    }

    private static (ushort[] BlockOfSlot, long Reads) Blocks(BlockGraph graph)
    {
        var inputs = graph.Trace.InputCount;
        var blockOfSlot = new ushort[graph.SlotCount - inputs];
        var reads = 0L;
        for (var k = 0; k < graph.Blocks.Length; k++)
        {
            var block = graph.Blocks[k];
            blockOfSlot.AsSpan(block.FirstSlot - inputs, block.SlotCount).Fill((ushort)k);
            reads += block is KernelBlock kernel ? (long)kernel.LeafCount * kernel.InstanceCount : ((LinearBlock)block).Slots.Length;
        }
        return (blockOfSlot, reads);
    }

    /// <summary>The leaves that each output of a kernel depends on.</summary>
    private static int[][] Dependences(KernelBlock block, Dictionary<Trace, int[][]> known)
    {
        if (known.TryGetValue(block.Kernel, out var leaves))
            return leaves;
        var pattern = JacobianSparsity.Detect(LinearizedGraph.Of(block.Kernel, block.LeafCount));
        leaves = [.. Enumerable.Range(0, pattern.RowCount).Select(output => pattern.Row(output).ToArray())];
        known.Add(block.Kernel, leaves);
        return leaves;
    }
}
