using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Planning.Candidates;

namespace HybridAD.Planning.Estimates;

/// <summary>
/// The columns of the gradients that a few instances of every kernel read: what flows between blocks has the same shape in most instances, so that a
/// few stand for all. Found from the inputs on for those slots only that the samples are made of.
/// </summary>
internal sealed class SampledGradients
{
    /// <summary>Columns that are put together for each node of the trace before widths are bounded instead of found.</summary>
    private const int ColumnsPerNode = 8;

    /// <summary>Rows of more terms are taken to have as many columns as their terms together: a gradient of a million inputs has a sample of a million terms.</summary>
    private const int LongestRow = 4096;

    private readonly BlockGraph _graph;
    private readonly SlotUses _uses;
    private readonly Func<KernelBlock, KernelFacts> _factsOf;
    private readonly int[]?[] _columns;
    private readonly int[] _widths;
    private readonly int[] _stamp;

    // One byte for a slot, and not the four of its width, is read of most slots.
    private readonly bool[] _isNeeded;
    private int _now;
    private long _budget;

    private SampledGradients(BlockGraph graph, SlotUses uses, Func<KernelBlock, KernelFacts> factsOf)
    {
        (_graph, _uses, _factsOf) = (graph, uses, factsOf);
        _columns = new int[graph.SlotCount - graph.Trace.InputCount][];
        _widths = new int[_columns.Length];
        _isNeeded = FreshPages.Array<bool>(_columns.Length);
        _stamp = new int[graph.Trace.InputCount];
        _budget = (long)ColumnsPerNode * graph.Trace.NodeCount;
    }

    /// <summary>Finds the columns.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="uses">What the slots count into.</param>
    /// <param name="factsOf">What is known of the kernel of a block.</param>
    public static SampledGradients Of(BlockGraph graph, SlotUses uses, Func<KernelBlock, KernelFacts> factsOf)
    {
        var gradients = new SampledGradients(graph, uses, factsOf);
        gradients.FindNeeded();
        gradients.Find();
        return gradients;
    }

    /// <summary>The instance that stands for all: boundaries are mostly at the ends.</summary>
    public static int SampleOf(KernelBlock block) => SpreadSample.One(block.InstanceCount);

    /// <summary>Number of columns of the gradient of a slot; that of its block's sample where it was not found.</summary>
    public int WidthOf(int slot)
    {
        var inputs = _graph.Trace.InputCount;
        return slot < inputs ? 1 : _widths[slot - inputs] > 0 ? _widths[slot - inputs] : _widths[SampleLike(slot, out _) - inputs];
    }

    /// <summary>The columns that some slots have together; those that are not known are left out.</summary>
    public List<int> ColumnsOf(IEnumerable<int> slots) => [.. Union(slots).Columns ?? []];

    /// <summary>The slot that stands for a slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="alike">Receives the slots that it stands for.</param>
    private int SampleLike(int slot, out Range alike)
    {
        var (low, high) = (0, _graph.Blocks.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _graph.Blocks[middle].FirstSlot <= slot ? (middle, high) : (low, middle - 1);
        }
        var block = _graph.Blocks[low];
        if (block is not KernelBlock kernel)
        {
            alike = block.FirstSlot..(block.FirstSlot + block.SlotCount);
            return SampleOf((LinearBlock)block);
        }
        var output = (slot - kernel.FirstSlot) / kernel.InstanceCount;
        alike = kernel.SlotOf(output, 0)..kernel.SlotOf(output + 1, 0);
        return kernel.SlotOf(output, SampleOf(kernel));
    }

    private int SampleOf(LinearBlock sums)
    {
        for (int row = sums.RowCount / 2, last = sums.RowCount; row < last; row++)
            if (_uses.IsRead(sums.FirstSlot + row))
                return sums.FirstSlot + row;
        return sums.FirstSlot + sums.RowCount / 2;
    }

    /// <summary>The slots that samples are made of, found from the last block to the first.</summary>
    private void FindNeeded()
    {
        var inputs = _graph.Trace.InputCount;
        for (var k = _graph.Blocks.Length - 1; k >= 0; k--)
        {
            var block = _graph.Blocks[k];
            if (block is LinearBlock sums)
            {
                Need(SampleOf(sums));
                for (var row = 0; row < sums.RowCount; row++)
                    if (_isNeeded[sums.FirstSlot + row - inputs] && !IsLong(sums, row))
                        foreach (var slot in sums.Slots[sums.RowStarts[row]..sums.RowStarts[row + 1]])
                            Need(slot);
                continue;
            }
            var kernel = (KernelBlock)block;
            var sample = SampleOf(kernel);
            for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                Need(kernel.Leaf(leaf)[sample]);
            for (var output = 0; output < kernel.Kernel.OutputCount; output++)
            {
                Need(kernel.SlotOf(output, sample));
                for (var instance = 0; instance < kernel.InstanceCount; instance++)
                    if (_isNeeded[kernel.SlotOf(output, instance) - inputs])
                        foreach (var leaf in _factsOf(kernel).LeavesOf(output))
                            Need(kernel.Leaf(leaf)[instance]);
            }
        }

        void Need(int slot)
        {
            if (slot >= inputs)
                _isNeeded[slot - inputs] = true;
        }
    }

    private void Find()
    {
        var inputs = _graph.Trace.InputCount;
        foreach (var block in _graph.Blocks)
            for (var slot = block.FirstSlot; slot < block.FirstSlot + block.SlotCount; slot++)
                if (!_isNeeded[slot - inputs])
                    continue;
                else if (block is LinearBlock sums && IsLong(sums, slot - sums.FirstSlot))
                    _widths[slot - inputs] = Bound(sums, slot - sums.FirstSlot);
                else
                    (_columns[slot - inputs], _widths[slot - inputs]) = Union(OperandsOf(block, slot));
    }

    private static bool IsLong(LinearBlock sums, int row) => sums.RowStarts[row + 1] - sums.RowStarts[row] > LongestRow;

    private int Bound(LinearBlock sums, int row)
    {
        var (bound, inputs) = (0L, _graph.Trace.InputCount);
        // Neighbours are mostly instances of one kernel, which one of them stands for.
        var (alike, width) = (0..0, 0);
        foreach (var slot in sums.Slots[sums.RowStarts[row]..sums.RowStarts[row + 1]])
        {
            if (slot < inputs)
            {
                bound++;
                continue;
            }
            if (slot < alike.Start.Value || slot >= alike.End.Value)
                width = _widths[SampleLike(slot, out alike) - inputs];
            bound += _isNeeded[slot - inputs] && _widths[slot - inputs] is > 0 and var own ? own : width;
        }
        return (int)Math.Min(bound, inputs);
    }

    private IEnumerable<int> OperandsOf(Block block, int slot)
    {
        if (block is LinearBlock sums)
        {
            var row = slot - sums.FirstSlot;
            for (int k = sums.RowStarts[row], end = sums.RowStarts[row + 1]; k < end; k++)
                yield return sums.Slots[k];
            yield break;
        }
        var kernel = (KernelBlock)block;
        var (output, instance) = Math.DivRem(slot - kernel.FirstSlot, kernel.InstanceCount);
        foreach (var leaf in _factsOf(kernel).LeavesOf(output))
            yield return kernel.Leaf(leaf)[instance];
    }

    /// <summary>The columns of some slots together; where too many have been found already, only a bound of their number.</summary>
    private (int[]? Columns, int Width) Union(IEnumerable<int> slots)
    {
        _now++;
        var inputs = _graph.Trace.InputCount;
        var columns = new List<int>();
        var bound = 0L;
        foreach (var slot in slots)
        {
            bound += WidthOf(slot);
            if (slot < inputs)
                Take(slot);
            else if (_columns[slot - inputs] is { } known && _budget > 0)
                foreach (var column in known)
                    Take(column);
        }
        _budget -= bound;
        return _budget > 0 ? ([.. columns], columns.Count) : (null, (int)Math.Min(bound, inputs));

        void Take(int column)
        {
            if (_stamp[column] == _now)
                return;
            _stamp[column] = _now;
            columns.Add(column);
        }
    }
}
