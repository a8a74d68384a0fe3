using System.IO.Hashing;
using System.Runtime.InteropServices;
using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// How gradients flow through a block graph, as shapes only: what counts into which target row, whose gradient is kept in memory with which columns,
/// and how the instances of every block fall into parts of equal shape.
/// </summary>
internal sealed class GradientFlow
{
    /// <summary>Stands for the width of an input's gradient, which is the number 1, in the shape of an instance.</summary>
    private const int Unit = -2;

    /// <summary>Stands for the width of a gradient that is multiplied outside the kernel.</summary>
    private const int Outside = -1;

    /// <summary>Parts with fewer instances are put together where only the widths must agree.</summary>
    private const int SmallestPart = 16;

    /// <summary>Most parts of a block with so few instances: each is code of its own. With more of them, as where branches decide what instances depend on, the gradients that they read are multiplied outside.</summary>
    private const int MostSmallParts = 6;

    private readonly BlockGraph _graph;
    private readonly SparsityPattern _pattern;
    private readonly ProgramMemory _memory;
    private GradientRow[]? _rows;
    private readonly Growing<int> _columns = new();
    private readonly int[] _stamp;
    private readonly int[] _local;
    private int _now;

    private GradientFlow(BlockGraph graph, SparsityPattern pattern, ProgramMemory memory)
    {
        _graph = graph;
        _pattern = pattern;
        _memory = memory;
        Uses = graph.Uses;
        _stamp = new int[graph.Trace.InputCount];
        _local = new int[graph.Trace.InputCount];
        TargetOfSlot = [];
    }

    /// <summary>What counts into which target.</summary>
    public SlotUses Uses { get; }

    /// <summary>The parts of every kernel block, in block order; null for sums.</summary>
    public List<BlockPart>?[] Parts { get; private set; } = [];

    /// <summary>Number of outputs; targets with larger numbers are kept rows.</summary>
    public int OutputCount => _graph.Trace.OutputCount;

    /// <summary>The slot of each kept row, by target number less the number of outputs.</summary>
    public List<int> KeptTargets { get; } = [];

    /// <summary>The target whose row is the kept gradient of a slot.</summary>
    public Dictionary<int, int> TargetOfSlot { get; }

    /// <summary>Finds the shapes and gives kept gradients their places.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="pattern">The pattern of the Jacobian.</param>
    /// <param name="memory">Where kept gradients are placed.</param>
    /// <param name="strategyOf">The order of elimination inside each kernel; null for reverse.</param>
    public static GradientFlow Of(BlockGraph graph, SparsityPattern pattern, ProgramMemory memory, Func<KernelBlock, JacobianStrategy?> strategyOf)
    {
        var flow = new GradientFlow(graph, pattern, memory);
        flow.KeptTargets.AddRange(flow.Uses.KeptSums);
        for (var k = 0; k < flow.KeptTargets.Count; k++)
            flow.TargetOfSlot[flow.KeptTargets[k]] = graph.Trace.OutputCount + k;
        flow.Parts = new List<BlockPart>?[graph.Blocks.Length];
        var derivatives = new Dictionary<Graph.Trace, KernelDerivatives>(ReferenceEqualityComparer.Instance);
        for (var k = 0; k < graph.Blocks.Length; k++)
        {
            if (graph.Blocks[k] is LinearBlock sums)
            {
                flow.KeepSums(sums, derivatives);
                continue;
            }
            var block = (KernelBlock)graph.Blocks[k];
            if (!derivatives.TryGetValue(block.Kernel, out var local))
                derivatives.Add(block.Kernel, local = KernelDerivatives.Of(block.Kernel, block.LeafCount, strategyOf(block)));
            flow.Parts[k] = flow.Divide(block, local);
        }
        return flow;
    }

    /// <summary>The kept gradient of a slot.</summary>
    public GradientRow RowOf(int slot) => _rows is null ? default : _rows[slot - _graph.Trace.InputCount];

    /// <summary>The columns of a kept gradient.</summary>
    public ReadOnlySpan<int> ColumnsOf(GradientRow row) => _columns.Items.AsSpan(row.ColumnStart, row.Width);

    /// <summary>The columns of a target.</summary>
    public ReadOnlySpan<int> TargetColumns(int target) =>
        target < _pattern.RowCount ? _pattern.Row(target) : ColumnsOf(RowOf(KeptTargets[target - _pattern.RowCount]));

    /// <summary>Where the numbers of a target start: in the result for outputs, in memory for kept rows.</summary>
    public int TargetStart(int target) =>
        target < _pattern.RowCount ? _pattern.RowStarts[target] : RowOf(KeptTargets[target - _pattern.RowCount]).ValueStart;

    private bool IsInput(int slot) => slot < _graph.Trace.InputCount;

    private void KeepSums(LinearBlock sums, Dictionary<Graph.Trace, KernelDerivatives> derivatives)
    {
        for (var row = 0; row < sums.RowCount; row++)
        {
            var slot = sums.FirstSlot + row;
            if (!TargetOfSlot.ContainsKey(slot))
                continue;
            _now++;
            var start = _columns.Count;
            for (var k = sums.RowStarts[row]; k < sums.RowStarts[row + 1]; k++)
                Collect(sums.Slots[k], derivatives);
            Keep(slot, start);
        }
    }

    /// <summary>Adds the columns of a slot to the columns being collected.</summary>
    private void Collect(int slot, Dictionary<Graph.Trace, KernelDerivatives> derivatives)
    {
        if (IsInput(slot))
        {
            Take(slot);
            return;
        }
        if (RowOf(slot).Width > 0)
        {
            foreach (var column in ColumnsOf(RowOf(slot)))
                Take(column);
            return;
        }
        if (BlockOf(slot) is not KernelBlock block)
        {
            // A sum that was multiplied through: its terms count here.
            var sums = (LinearBlock)BlockOf(slot);
            for (var k = sums.RowStarts[slot - sums.FirstSlot]; k < sums.RowStarts[slot - sums.FirstSlot + 1]; k++)
                Collect(sums.Slots[k], derivatives);
            return;
        }
        var (output, instance) = Math.DivRem(slot - block.FirstSlot, block.InstanceCount);
        foreach (var leaf in derivatives[block.Kernel].Pattern.Row(output))
            Collect(block.Leaf(leaf)[instance], derivatives);
    }

    private void Take(int column)
    {
        if (_stamp[column] == _now)
            return;
        _stamp[column] = _now;
        _columns.Add(column);
    }

    /// <summary>Makes the columns collected since <paramref name="start"/> the kept row of a slot, its numbers one after the other.</summary>
    private void Keep(int slot, int start)
    {
        var width = _columns.Count - start;
        Array.Sort(_columns.Items, start, width);
        SetRow(slot, new GradientRow(start, width, _memory.Allocate(width), 1));
    }

    /// <summary>Many functions keep no gradient at all.</summary>
    private void SetRow(int slot, GradientRow row)
    {
        _rows ??= new GradientRow[_graph.SlotCount - _graph.Trace.InputCount];
        _rows[slot - _graph.Trace.InputCount] = row;
    }

    private Block BlockOf(int slot)
    {
        var (low, high) = (0, _graph.Blocks.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_graph.Blocks[middle].FirstSlot <= slot)
                low = middle;
            else
                high = middle - 1;
        }
        return _graph.Blocks[low];
    }

    private List<BlockPart> Divide(KernelBlock block, KernelDerivatives derivatives)
    {
        var isUsed = new bool[block.LeafCount];
        foreach (var leaf in derivatives.Pattern.Columns)
            isUsed[leaf] = true;
        var parts = new List<BlockPart>();
        foreach (var instances in LeafSources.Divide(block, _graph.Trace.InputCount))
        {
            var readsInputsOnly = true;
            for (var leaf = 0; leaf < block.LeafCount; leaf++)
                readsInputsOnly &= !isUsed[leaf] || IsInput(block.Leaf(leaf)[instances[0]]);
            if (readsInputsOnly)
                parts.Add(Part(block, derivatives, instances, Distinct(isUsed)));
            else
                Divide(block, derivatives, instances, isUsed, parts);
        }
        return parts;
    }

    /// <summary>Divides instances that read kept gradients by the shape of these.</summary>
    private void Divide(KernelBlock block, KernelDerivatives derivatives, int[] instances, bool[] isUsed, List<BlockPart> parts)
    {
        var groups = new Dictionary<ulong, List<int>>();
        var signature = new List<int>();
        foreach (var instance in instances)
        {
            Signature(block, instance, isUsed, signature, Comparison.Columns);
            GroupOf(groups, signature).Add(instance);
        }
        var loose = new Dictionary<ulong, List<int>>();
        foreach (var group in groups.Values)
        {
            var isLoose = group.Count < SmallestPart && groups.Count > 2;
            Signature(block, group[0], isUsed, signature, isLoose ? Comparison.Widths : Comparison.Columns);
            if (isLoose)
                GroupOf(loose, signature).AddRange(group);
            else
                parts.Add(Part(block, derivatives, [.. group], [.. signature]));
        }
        var (how, small) = (Comparison.Widths, loose.Values.Where(static group => group.Count < SmallestPart).ToArray());
        if (small.Length > MostSmallParts)
        {
            AddLoose(loose.Values.Except(small), Comparison.Widths);
            (how, loose) = (Comparison.Nothing, []);
            foreach (var group in small)
            {
                Signature(block, group[0], isUsed, signature, how);
                GroupOf(loose, signature).AddRange(group);
            }
        }
        AddLoose(loose.Values, how);

        void AddLoose(IEnumerable<List<int>> all, Comparison comparison)
        {
            foreach (var group in all)
            {
                group.Sort();
                Signature(block, group[0], isUsed, signature, comparison);
                parts.Add(Part(block, derivatives, [.. group], [.. signature]));
            }
        }
    }

    /// <summary>What has to be equal for instances to be of one part.</summary>
    private enum Comparison
    {
        /// <summary>Which columns of the gradients coincide.</summary>
        Columns,

        /// <summary>How wide the gradients are: every number of them has a column of its own.</summary>
        Widths,

        /// <summary>Neither: gradients are multiplied outside.</summary>
        Nothing,
    }

    private static List<int> GroupOf(Dictionary<ulong, List<int>> groups, List<int> signature)
    {
        var key = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(signature)));
        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, key, out _);
        return group ??= [];
    }

    private static int[] Distinct(bool[] isUsed)
    {
        var signature = new List<int>();
        for (var (leaf, column) = (0, 0); leaf < isUsed.Length; leaf++)
        {
            signature.Add(isUsed[leaf] ? Unit : 0);
            if (isUsed[leaf])
                signature.Add(column++);
        }
        return [.. signature];
    }

    /// <summary>
    /// The shape of an instance: for every leaf the width of its gradient, then the local column of each number, columns numbered by first occurrence.
    /// </summary>
    private void Signature(KernelBlock block, int instance, bool[] isUsed, List<int> signature, Comparison comparison)
    {
        signature.Clear();
        var (total, widest) = (0, 0);
        for (var leaf = 0; leaf < isUsed.Length; leaf++)
        {
            var width = isUsed[leaf] ? WidthOf(block.Leaf(leaf)[instance]) : 0;
            (total, widest) = (total + width, Math.Max(widest, width));
        }
        var isWide = comparison == Comparison.Nothing || GradientWidth.IsOutside(total, widest);
        _now++;
        var columns = 0;
        for (var leaf = 0; leaf < isUsed.Length; leaf++)
        {
            var slot = block.Leaf(leaf)[instance];
            var width = isUsed[leaf] ? WidthOf(slot) : 0;
            if (isWide && isUsed[leaf] && !IsInput(slot))
            {
                signature.Add(Outside);
                continue;
            }
            signature.Add(width == 1 && IsInput(slot) ? Unit : width);
            for (var k = 0; k < width; k++)
            {
                var column = ColumnAt(slot, k);
                if (comparison != Comparison.Columns || _stamp[column] != _now)
                {
                    _stamp[column] = _now;
                    _local[column] = columns++;
                }
                signature.Add(_local[column]);
            }
        }
    }

    private int WidthOf(int slot) => IsInput(slot) ? 1 : RowOf(slot).Width;

    private int ColumnAt(int slot, int k) => IsInput(slot) ? slot : _columns.Items[RowOf(slot).ColumnStart + k];

    private BlockPart Part(KernelBlock block, KernelDerivatives derivatives, int[] instances, int[] signature)
    {
        var widths = new int[block.LeafCount];
        var isUnit = new bool[block.LeafCount];
        var columnOf = new List<int>();
        var isWide = false;
        for (var (leaf, at) = (0, 0); leaf < block.LeafCount; leaf++)
        {
            var width = signature[at++];
            isWide |= width == Outside;
            isUnit[leaf] = width == Unit;
            widths[leaf] = width == Unit ? 1 : Math.Max(0, width);
            for (var k = 0; k < widths[leaf]; k++)
                columnOf.Add(signature[at++]);
        }
        var columnCount = columnOf.Count == 0 ? 0 : columnOf.Max() + 1;
        var columns = new int[columnCount * instances.Length];
        for (var (leaf, at) = (0, 0); leaf < block.LeafCount; at += widths[leaf++])
            for (var k = 0; k < widths[leaf]; k++)
            {
                var target = columns.AsSpan(columnOf[at + k] * instances.Length, instances.Length);
                var slots = block.Leaf(leaf);
                for (var t = 0; t < instances.Length; t++)
                    target[t] = ColumnAt(slots[instances[t]], k);
            }
        var outputColumns = new int[block.Kernel.OutputCount][];
        var keptStarts = new int[block.Kernel.OutputCount];
        for (var output = 0; output < outputColumns.Length; output++)
        {
            var present = new SortedSet<int>();
            for (var (leaf, at) = (0, 0); leaf < block.LeafCount; at += widths[leaf++])
                if (derivatives.Pattern.Row(output).Contains(leaf))
                    for (var k = 0; k < widths[leaf]; k++)
                        present.Add(columnOf[at + k]);
            outputColumns[output] = [.. present];
            keptStarts[output] = -1;
        }
        var part = new BlockPart
        {
            Block = block, Derivatives = derivatives, Instances = instances, IsWide = isWide, LeafWidths = widths, IsUnit = isUnit, ColumnOf = [.. columnOf],
            ColumnCount = columnCount, OutputColumns = outputColumns, Columns = columns, KeptStarts = keptStarts,
        };
        for (var output = 0; output < outputColumns.Length; output++)
            KeepOutput(part, output);
        return part;
    }

    /// <summary>Gives the gradients of an output their places, if anything asks for them.</summary>
    private void KeepOutput(BlockPart part, int output)
    {
        var block = part.Block;
        var count = part.Instances.Length;
        var isKept = false;
        foreach (var instance in part.Instances)
            isKept |= Uses.IsKept(block.SlotOf(output, instance));
        if (!isKept)
            return;
        if (part.IsWide)
        {
            foreach (var instance in part.Instances)
            {
                var slot = block.SlotOf(output, instance);
                if (!Uses.IsKept(slot))
                    continue;
                _now++;
                var start = _columns.Count;
                foreach (var leaf in part.Derivatives.Pattern.Row(output))
                    for (var k = 0; k < WidthOf(block.Leaf(leaf)[instance]); k++)
                        Take(ColumnAt(block.Leaf(leaf)[instance], k));
                Keep(slot, start);
                TargetOfSlot[slot] = _graph.Trace.OutputCount + KeptTargets.Count;
                KeptTargets.Add(slot);
            }
            return;
        }
        var width = part.OutputColumns[output].Length;
        // Kernels that read gradients take a number of many instances at once, products of matrices take rows.
        var isRows = Array.Exists(part.Instances, instance => Uses.IsKeptAsRow(block.SlotOf(output, instance), width));
        var distance = (int)ProgramMemory.Distance(count);
        var first = _memory.Allocate(isRows ? (long)width * count : (long)width * distance);
        part.KeptStarts[output] = first;
        for (var t = 0; t < count; t++)
        {
            var start = _columns.Count;
            foreach (var column in part.OutputColumns[output])
                _columns.Add(part.Columns[column * count + t]);
            SetRow(block.SlotOf(output, part.Instances[t]), isRows ? new GradientRow(start, width, first + t * width, 1) : new GradientRow(start, width, first + t, distance));
        }
    }
}
