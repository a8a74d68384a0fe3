using System.Collections.Immutable;
using System.Globalization;
using HybridAD.Blocks;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;

namespace HybridAD.Planning.Explanation;

/// <summary>Describes the blocks of a plan that runs kernels: what each computes how often, how it is differentiated and where its gradients go.</summary>
internal static class KernelBlocks
{
    public static ImmutableArray<PlanBlock> Of(PlanningProblem problem, BlockStrategy strategy, int mostBlocks)
    {
        var graph = strategy.Graph!;
        var kernels = new BlockKernels(graph);
        var isRead = ReadByKernels(graph);
        var flow = BlockFlow.Of(graph);
        var outputs = BlockFlow.Outputs(graph);
        var isInReverse = strategy.Composition == BlockComposition.Adjoints;
        var groups = isInReverse ? OutputGroups.Of(graph) : null;
        var inReverse = isInReverse ? HowOften(problem, groups) : null;
        var reach = isInReverse ? SweepReach.OfRows(graph, groups, problem.Pattern) : null;
        var blocks = ImmutableArray.CreateBuilder<PlanBlock>();
        foreach (var block in graph.Blocks)
        {
            if (blocks.Count == mostBlocks)
                break;
            var id = blocks.Count;
            ImmutableArray<PlanFlow> reads = [.. flow.InEdges(id).Select(edge => new PlanFlow(edge.Source == BlockFlow.Inputs ? PlanFlow.FunctionInputs : edge.Source, edge.Tag))];
            var results = flow.TryGetEdge(id, outputs, out var edgeOut) ? edgeOut.Tag : 0;
            blocks.Add(block is KernelBlock kernel
                ? OfKernel(problem, kernel, isInReverse ? null : strategy.Orders[kernels.NumberOf(kernel)], inReverse is null ? null : inReverse + Reached(reach, kernel), isRead, id, reads, results)
                : OfSums(problem, (LinearBlock)block, inReverse, isRead, id, reads, results));
        }
        return blocks.ToImmutable();
    }

    private static PlanBlock OfKernel(
        PlanningProblem problem, KernelBlock block, JacobianStrategy? order, string? inReverse, bool[] isRead, int id, ImmutableArray<PlanFlow> reads, int results)
    {
        var mode = order switch
        {
            EliminationStrategy => "elimination",
            AccumulationStrategy { KeptNodes.IsEmpty: false } => "hybrid",
            _ => "reverse",
        };
        var how = mode switch
        {
            "elimination" => "its operations are eliminated in an order of their own",
            "hybrid" => "shared operations keep their gradient",
            _ when order is null => "adjoints of its results become adjoints of what it reads",
            _ when block.Kernel.OutputCount == 1 => $"one output of {block.LeafCount:N0} operands",
            _ => "each output by itself",
        };
        return new PlanBlock
        {
            Id = id, Operations = block.Kernel.OperationCount, Instances = block.InstanceCount, Inputs = block.LeafCount, Outputs = block.Kernel.OutputCount, Shared = 0, Kept = 0,
            Reads = reads, Results = results, Mode = mode, Reason = $"{Named(block)}{how}; {inReverse ?? Composition(problem, block, isRead)}",
        };
    }

    /// <summary>How much of a block the rows depend on, where it is not all.</summary>
    private static string Reached(SweepReach? reach, KernelBlock block) =>
        reach?.ShareOf(block) is < 1 and var share ? string.Create(CultureInfo.InvariantCulture, $", over those that count: {100 * share:F0} % of all") : "";

    private static string HowOften(PlanningProblem problem, OutputGroups? groups) => (problem.NonemptyRows, groups) switch
    {
        (1, _) => "once, for the only row",
        (var rows, null) => $"once for each of {rows:N0} rows",
        (var rows, { Sweeps.Length: 1 }) => $"once for all {rows:N0} rows, which share no operation",
        (var rows, { Sweeps.Length: var sweeps }) => $"{sweeps:N0} times for {rows:N0} rows, of which no more than {sweeps:N0} share operations",
    };

    /// <summary>How the local derivatives are put together with those of other blocks.</summary>
    private static string Composition(PlanningProblem problem, KernelBlock block, bool[] isRead)
    {
        var readsResults = false;
        for (var leaf = 0; leaf < block.LeafCount; leaf++)
            readsResults |= block.Leaf(leaf)[0] >= problem.Pattern.ColumnCount;
        var isKept = isRead.AsSpan(block.FirstSlot, block.SlotCount).Contains(true);
        return (readsResults, isKept) switch
        {
            (false, false) => "entries go straight into the Jacobian",
            (false, true) => "gradients are kept for the blocks that read them",
            (true, false) => "multiplied with the gradients of what it reads, into the Jacobian",
            _ => "multiplied with the gradients of what it reads, and kept",
        };
    }

    private static PlanBlock OfSums(
        PlanningProblem problem, LinearBlock block, string? inReverse, bool[] isRead, int id, ImmutableArray<PlanFlow> reads, int results)
    {
        var isKept = isRead.AsSpan(block.FirstSlot, block.SlotCount).Contains(true);
        return new PlanBlock
        {
            Id = id, Operations = block.Slots.Length, Inputs = reads.Sum(static read => read.Width), Outputs = block.RowCount, Shared = 0, Kept = 0,
            Reads = reads, Results = results, Mode = "sum",
            Reason = Named(block) + (inReverse is not null ? $"adjoints are summed up over its columns, {inReverse}"
                : isKept ? $"gradients over {problem.Pattern.ColumnCount:N0} inputs are summed up and kept" : "its terms count into the rows directly"),
        };
    }

    private static string Named(Block block) => block.Name is { } name ? $"{name}: " : "";

    private static bool[] ReadByKernels(BlockGraph graph)
    {
        var isRead = new bool[graph.SlotCount];
        foreach (var block in graph.Blocks)
            if (block is KernelBlock kernel)
                for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                    foreach (var slot in kernel.Leaf(leaf))
                        isRead[slot] = true;
        return isRead;
    }
}
