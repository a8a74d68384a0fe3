using HybridAD.Collections;
using HybridAD.Graph;

namespace HybridAD.Blocks.Adjoints;

/// <summary>
/// Writes ȳ·J of a function in blocks as a function in blocks: the same kernels for the values, their adjoints from the last to the first, and sums between them.
/// Its inputs are those of the function, then ȳ; its outputs are the adjoints of the inputs. So the gradient can be differentiated like any other function.
/// </summary>
internal sealed class AdjointGraph
{
    private readonly BlockGraph _graph;
    private readonly int _inputCount;
    private readonly int _shift;
    private readonly List<Block> _blocks = [];
    private readonly int[] _firstTerm;
    private readonly Growing<int> _nextTerm = new();
    private readonly Growing<int> _slots = new();
    private readonly Growing<double> _factors = new();
    private readonly Dictionary<(Trace Kernel, string HasAdjoint), AdjointKernel?> _kernels = [];
    private int _slotCount;

    private AdjointGraph(BlockGraph graph)
    {
        _graph = graph;
        _inputCount = graph.Trace.InputCount;
        _shift = graph.OutputSlots.Length;
        _slotCount = graph.SlotCount + _shift;
        _firstTerm = FreshPages.Uncleared<int>(graph.SlotCount);
        Array.Fill(_firstTerm, -1);
    }

    /// <summary>The gradient in blocks; null where a kernel has an operation whose derivative is not written as operations.</summary>
    public static BlockGraph? Of(BlockGraph graph) => new AdjointGraph(graph).Write();

    private BlockGraph? Write()
    {
        foreach (var block in _graph.Blocks)
            _blocks.Add(block switch
            {
                KernelBlock kernel => kernel.WithLeaves(kernel.FirstSlot + _shift, ShiftedSlot),
                _ => Shifted((LinearBlock)block),
            });
        for (var output = 0; output < _graph.OutputSlots.Length; output++)
            AddTerm(_graph.OutputSlots[output], _inputCount + output, 1);
        for (var k = _graph.Blocks.Length - 1; k >= 0; k--)
            if (_graph.Blocks[k] is LinearBlock sums)
                PassThrough(sums);
            else if (!TryReverse((KernelBlock)_graph.Blocks[k]))
                return null;
        var gradient = Sums([.. Enumerable.Range(0, _inputCount)]);
        // Of the function itself only the numbers of inputs and outputs are looked at.
        var shape = new TraceBuilder(_inputCount + _shift).Build([.. Enumerable.Range(0, _inputCount)]);
        return new BlockGraph(shape, Needed(gradient), gradient);
    }

    /// <summary>The blocks that the gradient depends on: an adjoint kernel computes what it needs again, so that most values are read by nobody.</summary>
    private Block[] Needed(int[] gradient)
    {
        var isRead = FreshPages.Array<bool>(_slotCount);
        foreach (var slot in gradient)
            isRead[slot] = true;
        var needed = new List<Block>();
        for (var k = _blocks.Count - 1; k >= 0; k--)
        {
            var block = _blocks[k];
            if (!isRead.AsSpan(block.FirstSlot, block.SlotCount).Contains(true))
                continue;
            needed.Add(block);
            if (block is LinearBlock sums)
                Read(sums.Slots);
            else if (block is KernelBlock kernel)
                for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                    Read(kernel.Leaf(leaf));
        }
        needed.Reverse();
        return [.. needed];

        void Read(ReadOnlySpan<int> slots)
        {
            foreach (var slot in slots)
                isRead[slot] = true;
        }
    }

    private int ShiftedSlot(int slot) => slot < _inputCount ? slot : slot + _shift;

    private LinearBlock Shifted(LinearBlock sums) => sums.WithSlots(sums.FirstSlot + _shift, Array.ConvertAll(sums.Slots.ToArray(), ShiftedSlot));

    private void AddTerm(int of, int slot, double factor)
    {
        _nextTerm.Add(_firstTerm[of]);
        _slots.Add(slot);
        _factors.Add(factor);
        _firstTerm[of] = _slots.Count - 1;
    }

    /// <summary>The terms of a sum get multiples of its adjoint.</summary>
    private void PassThrough(LinearBlock sums)
    {
        int[] several = [.. Enumerable.Range(sums.FirstSlot, sums.RowCount).Where(slot => _firstTerm[slot] >= 0 && _nextTerm.Items[_firstTerm[slot]] >= 0)];
        var slots = Sums(several);
        for (var k = 0; k < several.Length; k++)
        {
            _firstTerm[several[k]] = -1;
            AddTerm(several[k], slots[k], 1);
        }
        for (var row = 0; row < sums.RowCount; row++)
        {
            if (_firstTerm[sums.FirstSlot + row] is not (>= 0 and var only))
                continue;
            var (slot, factor) = (_slots.Items[only], _factors.Items[only]);
            var terms = sums.SlotsOf(row);
            var coefficients = sums.CoefficientsOf(row);
            for (var k = 0; k < terms.Length; k++)
                AddTerm(terms[k], slot, factor * coefficients[k]);
        }
    }

    /// <summary>The slots of the sums of the terms that some slots have.</summary>
    private int[] Sums(int[] of)
    {
        if (Array.TrueForAll(of, IsAlias))
            return Array.ConvertAll(of, slot => _slots.Items[_firstTerm[slot]]);
        var starts = new int[of.Length + 1];
        var (slots, factors) = (new Growing<int>(), new Growing<double>());
        var places = new Dictionary<int, int>();
        for (var row = 0; row < of.Length; row++)
        {
            places.Clear();
            for (var term = _firstTerm[of[row]]; term >= 0; term = _nextTerm.Items[term])
                if (places.TryAdd(_slots.Items[term], slots.Count))
                {
                    slots.Add(_slots.Items[term]);
                    factors.Add(_factors.Items[term]);
                }
                else
                {
                    // A row names a slot once.
                    factors.Items[places[_slots.Items[term]]] += _factors.Items[term];
                }
            starts[row + 1] = slots.Count;
        }
        var first = _slotCount;
        _blocks.Add(new LinearBlock(first, starts, slots.ToArray(), factors.ToArray(), new double[of.Length]));
        _slotCount += of.Length;
        return [.. Enumerable.Range(first, of.Length)];
    }

    private bool IsAlias(int slot) => _firstTerm[slot] >= 0 && _nextTerm.Items[_firstTerm[slot]] < 0 && _factors.Items[_firstTerm[slot]] == 1;

    private bool TryReverse(KernelBlock block)
    {
        var (outputs, count) = (block.Kernel.OutputCount, block.InstanceCount);
        var hasAdjoint = new bool[outputs];
        for (var output = 0; output < outputs; output++)
            for (var t = 0; t < count; t++)
                hasAdjoint[output] |= _firstTerm[block.SlotOf(output, t)] >= 0;
        if (!hasAdjoint.AsSpan().Contains(true))
            return true;
        if (KernelOf(block, hasAdjoint) is not { } adjoint)
            return false;
        if (adjoint.Adjoints.Length == 0)
            return true;
        var leaves = new int[adjoint.Leaves.Length][];
        for (var leaf = 0; leaf < leaves.Length; leaf++)
            leaves[leaf] = adjoint.Leaves[leaf] < adjoint.LeafCount
                ? Array.ConvertAll(block.Leaf(adjoint.Leaves[leaf]).ToArray(), ShiftedSlot)
                : Sums([.. Enumerable.Range(block.SlotOf(adjoint.Leaves[leaf] - adjoint.LeafCount, 0), count)]);
        var first = _slotCount;
        _blocks.Add(new KernelBlock(first, adjoint.Kernel, count, leaves, Array.ConvertAll(adjoint.Parameters, parameter => block.Parameter(parameter).ToArray())));
        _slotCount += adjoint.Adjoints.Length * count;
        for (var k = 0; k < adjoint.Adjoints.Length; k++)
        {
            var read = block.Leaf(adjoint.Adjoints[k]);
            for (var t = 0; t < count; t++)
                AddTerm(read[t], first + k * count + t, 1);
        }
        return true;
    }

    private AdjointKernel? KernelOf(KernelBlock block, bool[] hasAdjoint)
    {
        var key = (block.Kernel, string.Concat(hasAdjoint.Select(static has => has ? '1' : '0')));
        if (!_kernels.TryGetValue(key, out var kernel))
            _kernels.Add(key, kernel = AdjointKernel.Of(block.Kernel, block.LeafCount, hasAdjoint));
        return kernel;
    }
}
