using System.Collections.Immutable;
using HybridAD.Blocks;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;
using HybridAD.Rolling;
using HybridAD.Rolling.Recurrences;
using HybridAD.Simplification;

namespace HybridAD.Plans;

/// <summary>
/// Checks that a strategy computes the Jacobian of a function: a plan that came from a file may have been made for another version of it or changed by hand,
/// and two columns that wrongly share a colour would give wrong numbers without a word.
/// </summary>
public static class PlanVerifier
{
    /// <summary>Numbers of all directions of the inputs and outputs together that are side by side: a gigabyte.</summary>
    private const long MostNumbersAtOnce = 1 << 27;

    /// <summary>Throws where the plan is for another function (HAD5002) or does not fit its Jacobian (HAD5004). Linear in the nonzeros.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="trace">The simplified function.</param>
    /// <param name="pattern">The pattern of its Jacobian.</param>
    /// <param name="loops">Its blocks that were read off the recording, where a plan needs them; null where they are not known.</param>
    public static void Verify(JacobianPlan plan, Trace trace, SparsityPattern pattern, Func<BlockGraph?>? loops = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(pattern);
        if (plan.TraceHash != trace.Hash)
            throw new HybridAdException(ErrorCodes.ForeignPlan,
                $"The plan was made for the function {plan.TraceHash}, this one is {trace.Hash}. Plan this function again.");
        VerifyStrategy(plan.Strategy, trace, pattern, loops);
    }

    private static void VerifyStrategy(JacobianStrategy strategy, Trace trace, SparsityPattern pattern, Func<BlockGraph?>? loops)
    {
        if (strategy is SweepStrategy { Direction: SweepDirection.Forward } forward)
            VerifyColors(forward, pattern.Transpose(), pattern, "column", "row");
        else if (strategy is SweepStrategy reverse)
            VerifyColors(reverse, pattern, pattern.Transpose(), "row", "column");
        else if (strategy is BicoloredStrategy bicolored)
            VerifyBicoloring(bicolored, pattern);
        else if (strategy is AccumulationStrategy accumulation)
            VerifyKept(accumulation, trace);
        else if (strategy is ChainStrategy chain)
            VerifyChain(chain, trace);
        else if (strategy is EliminationStrategy elimination)
            VerifyOrder(elimination, trace, trace.InputCount);
        else if (strategy is CheckpointedStrategy checkpointed)
            VerifySegments(checkpointed, trace, pattern);
        else if (strategy is BlockStrategy blocks)
            VerifyBlocks(blocks, trace, pattern, loops);
    }

    /// <summary>Every line that has nonzeros needs a colour, and lines that cross a common one need different colours.</summary>
    private static void VerifyColors(SweepStrategy sweep, SparsityPattern lines, SparsityPattern crossing, string line, string across)
    {
        VerifyRange(sweep.Colors, sweep.ColorCount, lines.RowCount, line);
        if (sweep.MostWidth is not (1 or 4 or 8 or SweepWidth.Most))
            Fail($"sweeps carry 1, 4, 8 or 16 directions, not {sweep.MostWidth}");
        for (var k = 0; k < lines.RowCount; k++)
            if (sweep.Colors[k] < 0 && !lines.Row(k).IsEmpty)
                Fail($"{line} {k} has color {sweep.Colors[k]} of {sweep.ColorCount}");
        var owner = new int[sweep.ColorCount];
        Array.Fill(owner, -1);
        var last = new int[sweep.ColorCount];
        for (var c = 0; c < crossing.RowCount; c++)
            foreach (var k in crossing.Row(c))
            {
                var color = sweep.Colors[k];
                if (owner[color] == c)
                    Fail($"{line}s {last[color]} and {k} both have color {color} and a nonzero in {across} {c}");
                owner[color] = c;
                last[color] = k;
            }
    }

    /// <summary>Every nonzero must stand alone in the direction of its column or in that of its row.</summary>
    private static void VerifyBicoloring(BicoloredStrategy strategy, SparsityPattern pattern)
    {
        VerifyRange(strategy.ColumnColors, strategy.ColumnColorCount, pattern.ColumnCount, "column");
        VerifyRange(strategy.RowColors, strategy.RowColorCount, pattern.RowCount, "row");
        var readable = DirectRecovery.Of(pattern, strategy.ColumnColors.AsSpan(), strategy.RowColors.AsSpan());
        var entry = Array.IndexOf(readable, Readable.Nowhere);
        if (entry < 0)
            return;
        var (row, column) = (pattern.RowOfEntries()[entry], pattern.Columns[entry]);
        Fail($"entry ({row}, {column}) cannot be read off column color {strategy.ColumnColors[column]} or row color {strategy.RowColors[row]}");
    }

    private static void VerifyRange(ImmutableArray<int> colors, int count, int lines, string line)
    {
        if (colors.Length != lines)
            Fail($"it has colors for {colors.Length} {line}s, the Jacobian has {lines}");
        if (count > lines)
            Fail($"it has {count} colors for {lines} {line}s");
        for (var k = 0; k < lines; k++)
            if (colors[k] >= count || colors[k] < -1)
                Fail($"{line} {k} has color {colors[k]} of {count}");
    }

    private static void VerifyKept(AccumulationStrategy strategy, Trace trace)
    {
        if (strategy is { IsWalked: true, KeptNodes.IsEmpty: false })
            Fail($"rows that are walked keep no gradients, and it names {strategy.KeptNodes.Length} nodes that do");
        for (var k = 0; k < strategy.KeptNodes.Length; k++)
        {
            var node = strategy.KeptNodes[k];
            if (node < trace.InputCount || node >= trace.NodeCount || trace.Operations[node] <= Op.Constant)
                Fail($"kept node {node} is not an operation");
            if (k > 0 && node <= strategy.KeptNodes[k - 1])
                Fail($"kept nodes are not increasing at {node}");
        }
    }

    /// <summary>The cuts must divide the graph into stages, and the product must take each stage once.</summary>
    private static void VerifyChain(ChainStrategy strategy, Trace trace)
    {
        if (ChainStages.Of(trace, Activity.Differentiable(trace), strategy.Cuts, out var flaw) is null)
            Fail(flaw);
        VerifyProduct(strategy.Product, 0, strategy.Cuts.Length);
    }

    private static void VerifyProduct(ChainStep? step, int first, int last)
    {
        if (step is null || step.First != first || step.Last != last)
        {
            Fail($"the product of stages {first} to {last} is missing");
            return;
        }
        var isWhole = step.Way is ChainWay.Forward or ChainWay.Reverse;
        if (isWhole ? step.Split != last : step.Split < first || step.Split >= last)
            Fail($"the product of stages {first} to {last} is split at {step.Split}");
        if (step.Way is ChainWay.Tangent or ChainWay.Multiply)
            VerifyProduct(step.Early, first, step.Split);
        if (step.Way is ChainWay.Adjoint or ChainWay.Multiply)
            VerifyProduct(step.Late, step.Split + 1, last);
    }

    /// <summary>The segments must follow each other to the end of the trace.</summary>
    private static void VerifySegments(CheckpointedStrategy strategy, Trace trace, SparsityPattern pattern)
    {
        var start = trace.InputCount - 1;
        foreach (var end in strategy.Ends)
        {
            if (end <= start)
                Fail($"segments end at {start} and then at {end}");
            start = end;
        }
        if (strategy.Ends.IsEmpty || start != trace.NodeCount)
            Fail($"its segments end at node {start}, the function at {trace.NodeCount}");
        if (strategy.Checkpoints < 0 || strategy.Checkpoints > strategy.Ends.Length)
            Fail($"it has {strategy.Checkpoints} checkpoints for {strategy.Ends.Length} segments");
        VerifyStrategy(strategy.Sweep, trace, pattern, loops: null);
    }

    /// <summary>Steps name operations, and every operation that lies between an input and an output and is used by another one is eliminated.</summary>
    private static void VerifyOrder(EliminationStrategy strategy, Trace trace, int differentiatedInputs)
    {
        var eliminated = new bool[trace.NodeCount];
        foreach (var step in strategy.Steps)
        {
            var (from, to) = (step.From, step.To);
            if ((uint)from >= (uint)trace.NodeCount || (uint)to >= (uint)trace.NodeCount)
                Fail($"the elimination names node {((uint)from < (uint)trace.NodeCount ? to : from)}, which does not exist");
            var middle = step.Kind == EliminationKind.FrontEdge ? to : from;
            if (middle < trace.InputCount || trace.Operations[middle] <= Op.Constant)
                Fail($"node {middle} is not an operation and cannot be eliminated");
            if (step.Kind == EliminationKind.Vertex)
                eliminated[middle] = true;
        }
        var active = Activity.Differentiable(trace, differentiatedInputs);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            if (!active[node])
                continue;
            var operands = trace.OperandsOf(node);
            for (var k = 0; k < operands.Length; k++)
                if (operands[k] >= trace.InputCount && active[operands[k]] && !eliminated[operands[k]] && Primitive.Of(trace.Operations[node]).FormOf(k) != PartialForm.Zero)
                    Fail($"node {operands[k]} is not eliminated");
        }
    }

    /// <summary>The function must divide into blocks with as many kernels as there are orders, and each order must fit its kernel.</summary>
    private static void VerifyBlocks(BlockStrategy strategy, Trace trace, SparsityPattern pattern, Func<BlockGraph?>? loops)
    {
        if (strategy.Otherwise is BlockStrategy)
            Fail("what runs in place of kernels has kernels itself");
        VerifyStrategy(strategy.Otherwise, trace, pattern, loops);
        if (!strategy.NeedsBlocks)
        {
            VerifyWholeSweep(strategy, trace, pattern);
            return;
        }
        var (found, otherwise) = strategy.Division switch
        {
            BlockDivision.Loops => (strategy.Graph ?? loops?.Invoke(), "the recording does not consist of loops"),
            BlockDivision.Whole => (strategy.Graph ?? FunctionBlocks.AsWhole(trace, RollingOptions.ForDerivatives), "the function is too long to be compiled operation by operation, or has operations without code"),
            _ => (strategy.Graph ?? FunctionBlocks.Of(trace, RollingOptions.ForDerivatives), "the function does not divide into blocks"),
        };
        if (found is not { } graph)
        {
            Fail(otherwise);
            return;
        }
        var kernels = new BlockKernels(graph);
        var orders = strategy.Composition == BlockComposition.Adjoints ? 0 : kernels.Count;
        if (orders != strategy.Orders.Length)
            Fail($"it has orders for {strategy.Orders.Length} kernels, the function has {kernels.Count}" + (orders == 0 ? ", and composing adjoints takes none" : ""));
        for (var k = 0; k < orders; k++)
        {
            var block = kernels.FirstBlockOf(k);
            if (strategy.Orders[k] is AccumulationStrategy accumulation)
                VerifyKept(accumulation, block.Kernel);
            else if (strategy.Orders[k] is EliminationStrategy elimination)
                VerifyOrder(elimination, block.Kernel, block.LeafCount);
            else
                Fail($"the order of kernel {k} is neither an accumulation nor an elimination");
        }
    }

    /// <summary>A sweep over the whole function, operation by operation, as one kernel or through its recurrences.</summary>
    private static void VerifyWholeSweep(BlockStrategy strategy, Trace trace, SparsityPattern pattern)
    {
        var isThroughRecurrences = strategy.Composition == BlockComposition.Recurrences;
        if (strategy.Orders is not [SweepStrategy sweep])
            Fail("sweeping over the whole function takes one sweep and no order of a kernel");
        else
        {
            VerifyStrategy(sweep, trace, pattern, loops: null);
            if (strategy.Composition != BlockComposition.Sweeps && sweep.ColorCount == 0)
                Fail("it has no direction");
            if (strategy.Composition != BlockComposition.Sweeps && (trace.InputCount + (long)trace.OutputCount) * sweep.ColorCount > MostNumbersAtOnce)
                Fail($"{sweep.ColorCount:N0} directions at once of {trace.InputCount:N0} inputs and {trace.OutputCount:N0} outputs are more than {MostNumbersAtOnce:N0} numbers");
        }
        var lowered = StepLowering.Apply(trace);
        if (isThroughRecurrences && (!FunctionBlocks.HasSteps(lowered) || RecurrenceFinder.Find(lowered) is null))
            Fail("the function does not consist of recurrences, or has operations without code");
        if (!isThroughRecurrences && !FunctionBlocks.CanBeStraightLine(lowered))
            Fail("the function is too long to be compiled operation by operation, or has operations without code");
    }

    private static void Fail(string what) => throw new HybridAdException(ErrorCodes.InvalidPlan, $"The plan does not fit the function: {what}. Plan it again.");
}
