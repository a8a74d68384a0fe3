using HybridAD.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Plans;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// How gradients flow through a block graph, as shapes only: what counts into which target row, whose gradient is kept in memory with which columns,
/// and how the instances of every block fall into parts of equal shape.
/// </summary>
internal sealed class GradientFlow
{
    private readonly BlockGraph _graph;
    private readonly SparsityPattern _pattern;
    private readonly KeptGradients _gradients;
    private readonly GradientShapes _shapes;
    private readonly ColumnOrder? _order;
    private readonly bool[] _areScattered;
    private readonly Dictionary<Graph.Trace, KernelDerivatives> _derivatives = new(ReferenceEqualityComparer.Instance);

    private GradientFlow(BlockGraph graph, SparsityPattern pattern, ProgramMemory memory, ColumnOrder? order)
    {
        _graph = graph;
        _pattern = pattern;
        _order = order;
        Uses = graph.Uses;
        _gradients = new KeptGradients(graph, memory, order);
        _shapes = new GradientShapes(_gradients, graph.Trace.InputCount);
        _areScattered = ScatteredReads.Of(graph);
        Parts = new List<BlockPart>?[graph.Blocks.Length];
        foreach (var slot in Uses.KeptSums)
            AddTarget(slot);
    }

    /// <summary>What counts into which target.</summary>
    public SlotUses Uses { get; }

    /// <summary>The parts of every kernel block, in block order; null for sums.</summary>
    public List<BlockPart>?[] Parts { get; }

    /// <summary>Number of outputs; targets with larger numbers are kept rows.</summary>
    public int OutputCount => _graph.Trace.OutputCount;

    /// <summary>The slot of each kept row, by target number less the number of outputs.</summary>
    public List<int> KeptTargets { get; } = [];

    /// <summary>The target whose row is the kept gradient of a slot.</summary>
    public Dictionary<int, int> TargetOfSlot { get; } = [];

    /// <summary>Finds the shapes and gives kept gradients their places.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="pattern">The pattern of the Jacobian.</param>
    /// <param name="memory">Where kept gradients are placed.</param>
    /// <param name="strategyOf">The order of elimination inside each kernel; null for reverse.</param>
    /// <param name="order">The order that gives the columns of kept gradients their numbers; null for that of the inputs.</param>
    public static GradientFlow Of(BlockGraph graph, SparsityPattern pattern, ProgramMemory memory, Func<KernelBlock, JacobianStrategy?> strategyOf, ColumnOrder? order = null)
    {
        var flow = new GradientFlow(graph, pattern, memory, order);
        for (var k = 0; k < graph.Blocks.Length; k++)
            if (graph.Blocks[k] is KernelBlock block)
                flow.Parts[k] = flow.PartsOf(block, flow._areScattered[k], strategyOf);
            else
                flow.KeepSums((LinearBlock)graph.Blocks[k]);
        return flow;
    }

    /// <summary>The kept gradient of a slot.</summary>
    public GradientRow RowOf(int slot) => _gradients.RowOf(slot);

    /// <summary>The columns of a kept gradient, by their numbers.</summary>
    public ReadOnlySpan<int> ColumnsOf(GradientRow row) => _gradients.ColumnsOf(row);

    /// <summary>Where the numbers of a target lie.</summary>
    public Space SpaceOf(int target) => target < OutputCount ? Space.Result : Space.Memory;

    /// <summary>The columns of a target, increasing: inputs for outputs, numbers for kept rows.</summary>
    public ReadOnlySpan<int> TargetColumns(int target) => target < OutputCount ? _pattern.Row(target) : ColumnsOf(RowOf(KeptTargets[target - OutputCount]));

    /// <summary>Where the numbers of a target start: in the result for outputs, in memory for kept rows.</summary>
    public int TargetStart(int target) => target < OutputCount ? _pattern.RowStarts[target] : RowOf(KeptTargets[target - OutputCount]).ValueStart;

    /// <summary>Whether columns have other numbers in kept gradients than in the result.</summary>
    public bool IsReordered => _order is not null;

    /// <summary>The number that an input has in kept gradients.</summary>
    public int NumberOf(int input) => _order?.NumberOf(input) ?? input;

    /// <summary>What a column is called in the row of a target that has a number in kept gradients.</summary>
    public int NameIn(int target, int number) => _order is null || target >= OutputCount ? number : _order.InputOf(number);

    /// <summary>What an input is called in the row of a target.</summary>
    public int NameOf(int target, int input) => target < OutputCount ? input : NumberOf(input);

    private void AddTarget(int slot)
    {
        TargetOfSlot.Add(slot, OutputCount + KeptTargets.Count);
        KeptTargets.Add(slot);
    }

    private void KeepSums(LinearBlock sums)
    {
        for (var row = 0; row < sums.RowCount; row++)
        {
            if (!TargetOfSlot.ContainsKey(sums.FirstSlot + row))
                continue;
            _gradients.Begin();
            foreach (var slot in sums.SlotsOf(row))
                Collect(slot);
            _gradients.Keep(sums.FirstSlot + row);
        }
    }

    /// <summary>Adds the columns that a term of a sum depends on to the gradient that was begun.</summary>
    private void Collect(int slot)
    {
        if (_gradients.WidthOf(slot) > 0)
        {
            _gradients.Take(slot);
            return;
        }
        var owner = _graph.Blocks[_graph.BlockOf(slot)];
        if (owner is LinearBlock sums)
        {
            // A sum that was multiplied through: its terms count here.
            foreach (var term in sums.SlotsOf(slot - sums.FirstSlot))
                Collect(term);
            return;
        }
        var block = (KernelBlock)owner;
        var (output, instance) = Math.DivRem(slot - block.FirstSlot, block.InstanceCount);
        foreach (var leaf in _derivatives[block.Kernel].Pattern.Row(output))
            Collect(block.Leaf(leaf)[instance]);
    }

    private List<BlockPart> PartsOf(KernelBlock block, bool isScattered, Func<KernelBlock, JacobianStrategy?> strategyOf)
    {
        if (!_derivatives.TryGetValue(block.Kernel, out var derivatives))
            _derivatives.Add(block.Kernel, derivatives = KernelDerivatives.Of(block.Kernel, block.LeafCount, strategyOf(block)));
        var parts = _shapes.Divide(block, derivatives, Uses.IsKept(block.FirstSlot));
        foreach (var part in parts)
        {
            if (isScattered && !part.IsWide)
                KeepRecords(part);
            for (var output = 0; output < block.Kernel.OutputCount; output++)
                if (part.KeptStarts[output] < 0)
                    KeepOutput(part, output);
        }
        return parts;
    }

    /// <summary>Gives the gradients of outputs that are asked for, and are not multiplied as rows of matrices, a record for each instance.</summary>
    private void KeepRecords(BlockPart part)
    {
        var outputs = new List<int>();
        for (var output = 0; output < part.Outputs.Length; output++)
            if (part.Outputs[output].Columns.Length > 0 && IsKept(part, output) && !IsKeptAsRow(part, output))
                outputs.Add(output);
        if (outputs.Count > 0)
            _gradients.KeepRecords(part, outputs);
    }

    private bool IsKept(BlockPart part, int output) => Array.Exists(part.Instances, instance => Uses.IsKept(part.Block.SlotOf(output, instance)));

    private bool IsKeptAsRow(BlockPart part, int output) =>
        Array.Exists(part.Instances, instance => Uses.IsKeptAsRow(part.Block.SlotOf(output, instance), part.Outputs[output].Columns.Length));

    /// <summary>Gives the gradients of an output their places, if anything asks for them.</summary>
    private void KeepOutput(BlockPart part, int output)
    {
        var block = part.Block;
        if (!IsKept(part, output))
            return;
        if (!part.IsWide)
        {
            part.KeptStarts[output] = _gradients.Keep(part, output, IsKeptAsRow(part, output));
            return;
        }
        foreach (var instance in part.Instances)
        {
            var slot = block.SlotOf(output, instance);
            if (!Uses.IsKept(slot))
                continue;
            _gradients.Begin();
            foreach (var leaf in part.Derivatives.Pattern.Row(output))
                _gradients.Take(block.Leaf(leaf)[instance]);
            _gradients.Keep(slot);
            AddTarget(slot);
        }
    }
}
