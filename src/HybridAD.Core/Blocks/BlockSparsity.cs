using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Sparsity;

namespace HybridAD.Blocks;

/// <summary>Which inputs every output of a function in blocks depends on.</summary>
internal sealed class BlockSparsity
{
    /// <summary>Sets of more members are sorted by the framework.</summary>
    private const int LongestInsertion = 16;

    private readonly BlockGraph _graph;
    private readonly long _most;
    private readonly Growing<int> _columns;
    private readonly int[] _starts;
    private readonly int[] _ends;
    private readonly int[] _stamp;
    private int _now;

    private BlockSparsity(BlockGraph graph, long most)
    {
        (_graph, _most) = (graph, most);
        _columns = new Growing<int>((int)Math.Min(Expected(graph), Math.Min(most, Array.MaxLength)));
        _starts = FreshPages.Array<int>(graph.SlotCount);
        _ends = FreshPages.Array<int>(graph.SlotCount);
        _stamp = FreshPages.Array<int>(graph.Trace.InputCount);
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
                var rows = sums.RowStarts;
                var slots = sums.Slots;
                for (var row = 0; row < sums.RowCount; row++)
                    Unite(sums.FirstSlot + row, slots[rows[row]..rows[row + 1]]);
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
        var starts = FreshPages.Array<int>(_graph.OutputSlots.Length + 1);
        for (var output = 0; output < _graph.OutputSlots.Length; output++)
            starts[output + 1] = checked(starts[output] + Of(_graph.OutputSlots[output]).Length);
        var columns = FreshPages.Uncleared<int>(starts[^1]);
        for (var output = 0; output < _graph.OutputSlots.Length; output++)
            Of(_graph.OutputSlots[output]).CopyTo(columns.AsSpan(starts[output]));
        return new SparsityPattern(_graph.OutputSlots.Length, _graph.Trace.InputCount, starts, columns);
    }

    /// <summary>Members of all sets, if what is read depends on an input each, and on two in sums; where gradients are wide they are many more.</summary>
    private static long Expected(BlockGraph graph)
    {
        long expected = graph.Trace.InputCount;
        foreach (var block in graph.Blocks)
            expected += block is LinearBlock sums ? 2L * sums.Slots.Length : block is KernelBlock { LeafCount: > 1 } kernel ? (long)kernel.InstanceCount * kernel.LeafCount : 0;
        return expected;
    }

    private ReadOnlySpan<int> Of(int slot) => _columns.Items.AsSpan(_starts[slot], _ends[slot] - _starts[slot]);

    private void Add(KernelBlock kernel, SparsityPattern local)
    {
        for (var output = 0; output < kernel.Kernel.OutputCount; output++)
        {
            var leaves = local.Row(output);
            if (leaves.Length == 1)
            {
                // Nothing to be put together.
                var only = kernel.Leaf(leaves[0]);
                for (var t = 0; t < only.Length; t++)
                    Share(kernel.SlotOf(output, t), only[t]);
                continue;
            }
            var slots = new int[leaves.Length];
            for (var t = 0; t < kernel.InstanceCount; t++)
            {
                for (var k = 0; k < slots.Length; k++)
                    slots[k] = kernel.Leaf(leaves[k])[t];
                Unite(kernel.SlotOf(output, t), slots);
            }
        }
    }

    /// <summary>A slot depends on what another depends on.</summary>
    private void Share(int slot, int other) => (_starts[slot], _ends[slot]) = (_starts[other], _ends[other]);

    /// <summary>A slot depends on what some slots depend on.</summary>
    private void Unite(int slot, ReadOnlySpan<int> slots)
    {
        if (slots.Length == 1)
        {
            Share(slot, slots[0]);
            return;
        }
        _now++;
        var start = _columns.Count;
        var (last, isSorted) = (-1, true);
        foreach (var other in slots)
            for (int k = _starts[other], end = _ends[other]; k < end; k++)
            {
                var column = _columns.Items[k];
                if (_stamp[column] == _now)
                    continue;
                _stamp[column] = _now;
                _columns.Add(column);
                isSorted &= column > last;
                last = column;
            }
        (_starts[slot], _ends[slot]) = (start, _columns.Count);
        if (!isSorted)
            Sort(_columns.Items, start, _columns.Count);
    }

    /// <summary>Most sets have a few members, which are in order but for one or two.</summary>
    private static void Sort(int[] columns, int start, int end)
    {
        if (end - start > LongestInsertion)
        {
            Array.Sort(columns, start, end - start);
            return;
        }
        for (var k = start + 1; k < end; k++)
        {
            var column = columns[k];
            var place = k;
            for (; place > start && columns[place - 1] > column; place--)
                columns[place] = columns[place - 1];
            columns[place] = column;
        }
    }
}
