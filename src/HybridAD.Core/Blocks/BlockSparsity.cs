using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Sparsity;

namespace HybridAD.Blocks;

/// <summary>Which inputs every output of a function in blocks depends on.</summary>
/// <remarks>
/// Only sets that are put together of sets of results, and that several may ask for, are kept: an input stands for itself, what a kernel computes from inputs alone depends on what
/// its instance reads, and the rows of a block that no other reads are written where they end.
/// </remarks>
internal sealed class BlockSparsity
{
    /// <summary>Sets of more members are sorted by the framework.</summary>
    private const int LongestInsertion = 16;

    private readonly BlockGraph _graph;
    private readonly int _inputCount;
    private readonly long _most;
    private readonly SlotOwners _owners;

    // The pattern of the kernel of each block, and where the sets of its results are in _kept; null where they are not kept.
    private readonly SparsityPattern?[] _locals;
    private readonly KeptSets?[] _sets;
    private readonly Growing<int> _kept = new();
    private readonly int[] _stamp;

    // The set that was begun.
    private int _now;
    private int _start;
    private int _last;
    private bool _isSorted;

    private BlockSparsity(BlockGraph graph, long most)
    {
        (_graph, _inputCount, _most) = (graph, graph.Trace.InputCount, most);
        _owners = new SlotOwners(graph);
        _locals = new SparsityPattern?[graph.Blocks.Length];
        _sets = new KeptSets?[graph.Blocks.Length];
        _stamp = FreshPages.Array<int>(_inputCount);
    }

    /// <summary>The structural nonzeros of the Jacobian; null where all slots together depend on more than <paramref name="most"/> inputs.</summary>
    public static SparsityPattern? Detect(BlockGraph graph, long most) => new BlockSparsity(graph, most).Detect();

    private SparsityPattern? Detect()
    {
        var kernels = new Dictionary<Trace, SparsityPattern>(ReferenceEqualityComparer.Instance);
        for (var k = 0; k < _locals.Length; k++)
            if (_graph.Blocks[k] is KernelBlock { Kernel: var kernel, LeafCount: var leafCount })
            {
                if (!kernels.TryGetValue(kernel, out var local))
                    kernels.Add(kernel, local = JacobianSparsity.Detect(LinearizedGraph.Of(kernel, leafCount)));
                _locals[k] = local;
            }
        var isRead = FindReaders(out var readsResults);
        long members = _inputCount;
        for (var k = 0; k < _locals.Length; k++)
        {
            if (isRead[k] && readsResults[k])
                Keep(k);
            else if (isRead[k] && _graph.Blocks[k] is KernelBlock kernel)
                members += (long)kernel.InstanceCount * _locals[k]!.NonzeroCount;
            if (members + _kept.Count > _most)
                return null;
        }
        return Rows(members + _kept.Count);
    }

    /// <summary>The blocks whose results others read; and those that are not kernels over inputs alone.</summary>
    private bool[] FindReaders(out bool[] readsResults)
    {
        var isRead = new bool[_graph.Blocks.Length];
        readsResults = new bool[_graph.Blocks.Length];
        for (var k = 0; k < isRead.Length; k++)
            if (_graph.Blocks[k] is KernelBlock kernel)
                for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                    readsResults[k] |= Read(kernel.Leaf(leaf), isRead);
            else
            {
                // How long a row of inputs is, is not known before.
                readsResults[k] = true;
                Read(((LinearBlock)_graph.Blocks[k]).Slots, isRead);
            }
        return isRead;
    }

    private bool Read(ReadOnlySpan<int> slots, bool[] isRead)
    {
        var anyResult = false;
        foreach (var slot in slots)
            if (slot >= _inputCount)
            {
                isRead[_owners.Of(slot)] = true;
                anyResult = true;
            }
        return anyResult;
    }

    /// <summary>The sets of the outputs.</summary>
    private SparsityPattern? Rows(long members)
    {
        var outputs = _graph.OutputSlots;
        var starts = FreshPages.Array<int>(outputs.Length + 1);
        var columns = new Growing<int>((int)Math.Min(ExpectedInRows(), Math.Min(_most, Array.MaxLength)));
        for (var output = 0; output < outputs.Length; output++)
        {
            var slot = outputs[output];
            var isKept = slot < _inputCount || _sets[_owners.Of(slot)] is not null;
            Begin(columns);
            if (!isKept && _graph.Blocks[_owners.Of(slot)] is LinearBlock sums)
                foreach (var term in sums.SlotsOf(slot - sums.FirstSlot))
                    Take(term, columns);
            else
                Take(slot, columns);
            End(columns);
            starts[output + 1] = columns.Count;
            members += isKept ? 0 : columns.Count - starts[output];
            if (members > _most)
                return null;
        }
        return SparsityPattern.Trusted(outputs.Length, _inputCount, starts, columns.Take());
    }

    /// <summary>Members of the sets of all outputs, if what a kernel reads depends on an input each and no two terms of a row depend on the same.</summary>
    private long ExpectedInRows()
    {
        long expected = 0;
        foreach (var output in _graph.OutputSlots)
            if (output < _inputCount)
                expected++;
            else if (_owners.Of(output) is var k && _sets[k] is { } sets)
                expected += sets.Ends[output - _graph.Blocks[k].FirstSlot] - sets.Starts[output - _graph.Blocks[k].FirstSlot];
            else if (_graph.Blocks[k] is LinearBlock sums)
                foreach (var term in sums.SlotsOf(output - sums.FirstSlot))
                    expected += term < _inputCount ? 1 : LeavesOf(term);
            else
                expected += LeavesOf(output);
        return expected;

        int LeavesOf(int slot) => _graph.Blocks[_owners.Of(slot)] is KernelBlock kernel ? _locals[_owners.Of(slot)]!.Row((slot - kernel.FirstSlot) / kernel.InstanceCount).Length : 1;
    }

    private void Keep(int k)
    {
        var block = _graph.Blocks[k];
        var sets = new KeptSets(FreshPages.Uncleared<int>(block.SlotCount), FreshPages.Uncleared<int>(block.SlotCount));
        if (block is LinearBlock sums)
            for (var row = 0; row < sums.RowCount; row++)
                Keep(sets, row, sums.SlotsOf(row));
        else if (block is KernelBlock kernel)
            for (var output = 0; output < kernel.Kernel.OutputCount; output++)
            {
                var leaves = _locals[k]!.Row(output);
                var slots = new int[leaves.Length];
                for (var t = 0; t < kernel.InstanceCount; t++)
                {
                    for (var leaf = 0; leaf < slots.Length; leaf++)
                        slots[leaf] = kernel.Leaf(leaves[leaf])[t];
                    Keep(sets, output * kernel.InstanceCount + t, slots);
                }
            }
        _sets[k] = sets;
    }

    /// <summary>A result depends on what some slots depend on; where that is one result, on the same set.</summary>
    private void Keep(KeptSets sets, int result, ReadOnlySpan<int> slots)
    {
        if (slots.Length == 1 && slots[0] >= _inputCount && _owners.Of(slots[0]) is var owner && _sets[owner] is { } others)
        {
            var other = slots[0] - _graph.Blocks[owner].FirstSlot;
            (sets.Starts[result], sets.Ends[result]) = (others.Starts[other], others.Ends[other]);
            return;
        }
        Begin(_kept);
        sets.Starts[result] = _kept.Count;
        foreach (var slot in slots)
            Take(slot, _kept);
        End(_kept);
        sets.Ends[result] = _kept.Count;
    }

    /// <summary>Begins a set behind the others.</summary>
    private void Begin(Growing<int> sets)
    {
        _now++;
        (_start, _last, _isSorted) = (sets.Count, -1, true);
    }

    private void End(Growing<int> sets)
    {
        if (!_isSorted)
            Sort(sets.Items, _start, sets.Count);
    }

    /// <summary>Adds what a slot depends on to the set that was begun.</summary>
    private void Take(int slot, Growing<int> set)
    {
        if (slot < _inputCount)
        {
            TakeInput(slot, set);
            return;
        }
        var k = _owners.Of(slot);
        var result = slot - _graph.Blocks[k].FirstSlot;
        if (_sets[k] is { } sets)
        {
            for (int i = sets.Starts[result], end = sets.Ends[result]; i < end; i++)
                TakeInput(_kept.Items[i], set);
            return;
        }
        // What a kernel reads whose sets are not kept are inputs and sets that are.
        var kernel = (KernelBlock)_graph.Blocks[k];
        var (output, instance) = kernel.Kernel.OutputCount == 1 ? (0, result) : Math.DivRem(result, kernel.InstanceCount);
        foreach (var leaf in _locals[k]!.Row(output))
            Take(kernel.Leaf(leaf)[instance], set);
    }

    private void TakeInput(int input, Growing<int> set)
    {
        if (_stamp[input] == _now)
            return;
        _stamp[input] = _now;
        set.Add(input);
        _isSorted &= input > _last;
        _last = input;
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

    /// <summary>Where the members of the sets of a block's results are.</summary>
    private sealed record KeptSets(int[] Starts, int[] Ends);

    /// <summary>The block of which a slot is a result; neighbours are mostly of the same.</summary>
    private sealed class SlotOwners(BlockGraph graph)
    {
        private int _first;
        private int _end;
        private int _number;

        public int Of(int slot)
        {
            if (slot < _first || slot >= _end)
            {
                _number = graph.BlockOf(slot);
                _first = graph.Blocks[_number].FirstSlot;
                _end = _first + graph.Blocks[_number].SlotCount;
            }
            return _number;
        }
    }
}
