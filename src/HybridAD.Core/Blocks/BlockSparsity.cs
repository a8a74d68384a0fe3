using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Sparsity;

namespace HybridAD.Blocks;

/// <summary>Which inputs every output of a function in blocks depends on.</summary>
internal sealed class BlockSparsity
{
    private readonly BlockGraph _graph;
    private readonly long _most;
    private readonly Growing<int> _columns = new(1024);
    private readonly int[] _starts;
    private readonly int[] _ends;
    private readonly int[] _stamp;
    private int _now;

    private BlockSparsity(BlockGraph graph, long most)
    {
        (_graph, _most) = (graph, most);
        _starts = new int[graph.SlotCount];
        _ends = new int[graph.SlotCount];
        _stamp = new int[graph.Trace.InputCount];
    }

    /// <summary>The structural nonzeros of the Jacobian; null where all slots together depend on more than <paramref name="most"/> inputs.</summary>
    public static SparsityPattern? Detect(BlockGraph graph, long most) => new BlockSparsity(graph, most).Detect();

    private SparsityPattern? Detect()
    {
        for (var input = 0; input < _graph.Trace.InputCount; input++)
        {
            (_starts[input], _ends[input]) = (input, input + 1);
            _columns.Add(input);
        }
        var kernels = new Dictionary<Trace, SparsityPattern>(ReferenceEqualityComparer.Instance);
        foreach (var block in _graph.Blocks)
        {
            if (block is LinearBlock sums)
            {
                for (var row = 0; row < sums.RowCount; row++)
                    Unite(sums.FirstSlot + row, sums.Slots[sums.RowStarts[row]..sums.RowStarts[row + 1]]);
            }
            else if (block is KernelBlock kernel)
            {
                if (!kernels.TryGetValue(kernel.Kernel, out var local))
                    kernels.Add(kernel.Kernel, local = JacobianSparsity.Detect(LinearizedGraph.Of(kernel.Kernel, kernel.LeafCount)));
                Add(kernel, local);
            }
            if (_columns.Count > _most)
                return null;
        }
        var starts = new int[_graph.OutputSlots.Length + 1];
        var columns = new Growing<int>(_columns.Count);
        for (var output = 0; output < _graph.OutputSlots.Length; output++)
        {
            foreach (var column in Of(_graph.OutputSlots[output]))
                columns.Add(column);
            starts[output + 1] = columns.Count;
        }
        return new SparsityPattern(_graph.OutputSlots.Length, _graph.Trace.InputCount, starts, columns.ToArray());
    }

    private ReadOnlySpan<int> Of(int slot) => _columns.Items.AsSpan(_starts[slot], _ends[slot] - _starts[slot]);

    private void Add(KernelBlock kernel, SparsityPattern local)
    {
        for (var output = 0; output < kernel.Kernel.OutputCount; output++)
        {
            var leaves = local.Row(output);
            var slots = new int[leaves.Length];
            for (var t = 0; t < kernel.InstanceCount; t++)
            {
                for (var k = 0; k < slots.Length; k++)
                    slots[k] = kernel.Leaf(leaves[k])[t];
                Unite(kernel.SlotOf(output, t), slots);
            }
        }
    }

    /// <summary>A slot depends on what some slots depend on.</summary>
    private void Unite(int slot, ReadOnlySpan<int> slots)
    {
        if (slots.Length == 1)
        {
            (_starts[slot], _ends[slot]) = (_starts[slots[0]], _ends[slots[0]]);
            return;
        }
        _now++;
        _starts[slot] = _columns.Count;
        foreach (var other in slots)
            for (var k = _starts[other]; k < _ends[other]; k++)
            {
                var column = _columns.Items[k];
                if (_stamp[column] == _now)
                    continue;
                _stamp[column] = _now;
                _columns.Add(column);
            }
        _ends[slot] = _columns.Count;
        _columns.Items.AsSpan(_starts[slot], _ends[slot] - _starts[slot]).Sort();
    }
}
