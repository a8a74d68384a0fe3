using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Simplification;

namespace HybridAD.Rolling.Assembly;

/// <summary>
/// Joins neighbouring instances whose operands move on regularly only from every p-th instance to the next: the equations of the unknowns of a cell often have one shape and differ in
/// which unknown is which, and in literals. All equations of a cell become one instance of a wider kernel, which reads the unknowns once, has those literals as its own, and whose instances are at
/// regular distances.
/// </summary>
internal sealed class PeriodicInstances
{
    private static readonly SimplificationOptions Sharing = SimplificationOptions.None with { CommonSubexpressions = true };

    private readonly BlockGraph _graph;
    private readonly Dictionary<string, Trace> _kernels = [];
    private readonly int[] _newSlots;

    private PeriodicInstances(BlockGraph graph)
    {
        _graph = graph;
        _newSlots = FreshPages.Uncleared<int>(_graph.SlotCount);
        for (var slot = 0; slot < _newSlots.Length; slot++)
            _newSlots[slot] = slot;
    }

    /// <summary>The graph with such instances joined; the graph itself where there are none.</summary>
    public static BlockGraph Join(BlockGraph graph)
    {
        var periods = InstancePeriods.Of(graph);
        return periods.AsSpan().ContainsAnyExcept(1) ? new PeriodicInstances(graph).Join(periods) : graph;
    }

    private BlockGraph Join(int[] periods)
    {
        var blocks = _graph.Blocks.ToArray();
        for (var b = 0; b < blocks.Length; b++)
            blocks[b] = blocks[b] is LinearBlock sums ? sums.WithSlots(sums.FirstSlot, Array.ConvertAll(sums.Slots.ToArray(), NewSlot))
                : periods[b] == 1 ? ((KernelBlock)blocks[b]).WithLeaves(blocks[b].FirstSlot, NewSlot)
                : Joined((KernelBlock)blocks[b], periods[b]);
        return _graph.WithBlocks(blocks, Array.ConvertAll(_graph.OutputSlots.ToArray(), NewSlot));
    }

    private int NewSlot(int slot) => _newSlots[slot];

    private KernelBlock Joined(KernelBlock block, int period)
    {
        var operands = JoinedOperands.Of(block, period);
        int[][] leaves = [.. operands.Leaves.Select(leaf => Array.ConvertAll(leaf, NewSlot))];
        var joined = new KernelBlock(block.FirstSlot, Kernel(block.Kernel, operands), block.InstanceCount / period, leaves, [.. operands.Parameters])
        {
            Name = block.Name,
            JoinedCount = period,
        };
        for (var result = 0; result < joined.SlotCount; result++)
            _newSlots[block.FirstSlot + joined.PlaceOf(result)] = block.FirstSlot + result;
        return joined;
    }

    /// <summary>A kernel so many times, over common operands.</summary>
    private Trace Kernel(Trace kernel, JoinedOperands operands)
    {
        var (inputs, leafCount) = (operands.Inputs, operands.Leaves.Count);
        var builder = new TraceBuilder(leafCount + operands.Parameters.Count, inputs.Length / kernel.InputCount * kernel.NodeCount);
        var outputs = new List<int>();
        var ids = new int[kernel.NodeCount];
        for (var first = 0; first < inputs.Length; first += kernel.InputCount)
        {
            for (var node = 0; node < ids.Length; node++)
                ids[node] = node >= kernel.InputCount ? builder.Copy(kernel, node, Array.ConvertAll(kernel.OperandsOf(node).ToArray(), operand => ids[operand]))
                    : inputs[first + node] switch
                    {
                        (>= 0 and var leaf, _, _) => leaf,
                        (_, >= 0 and var parameter, _) => leafCount + parameter,
                        (_, _, var literal) => builder.Constant(literal),
                    };
            foreach (var output in kernel.Outputs)
                outputs.Add(ids[output]);
        }
        return Shared(Simplifier.Simplify(builder.Build([.. outputs]), Sharing).Trace);
    }

    /// <summary>One object for equal kernels, as those of the stages of a method are, so that their code is shared.</summary>
    private Trace Shared(Trace kernel)
    {
        if (_kernels.TryGetValue(kernel.Hash, out var known))
            return known;
        _kernels.Add(kernel.Hash, kernel);
        return kernel;
    }
}
