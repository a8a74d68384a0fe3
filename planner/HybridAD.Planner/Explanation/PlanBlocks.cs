using System.Collections.Immutable;
using HybridAD.Checkpoints;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;

namespace HybridAD.Planning.Explanation;

/// <summary>Describes a plan part by part: each group of outputs that shares operations with its counts, its mode and why.</summary>
internal static class PlanBlocks
{
    private const int MostBlocks = 100;

    public static ImmutableArray<PlanBlock> Of(PlanningProblem problem, JacobianStrategy strategy, string name)
    {
        return strategy switch
        {
            SweepStrategy sweep => [OfSweep(problem, sweep, "")],
            BlockStrategy { Composition: BlockComposition.Sweeps } swept =>
                [OfSweep(problem, (SweepStrategy)swept.Orders[0], "; values and partial derivatives are compiled, what follows them is not: as code, rows would take longer with what compiling them takes")],
            BlockStrategy { Composition: BlockComposition.Recurrences } repeated =>
                [OfRecurrences(problem, (SweepStrategy)repeated.Orders[0])],
            BlockStrategy { Composition: BlockComposition.Directions } directed =>
                [OfSweep(problem, (SweepStrategy)directed.Orders[0], " at once; the whole function is the code of one kernel, whose instances they are")],
            CheckpointedStrategy checkpointed => [OfSegments(problem, checkpointed)],
            ChainStrategy chain => ChainBlocks.Of(problem, chain),
            AccumulationStrategy { IsWalked: true } =>
            [
                new PlanBlock
                {
                    Id = 0, Operations = problem.ActiveOperations, Inputs = problem.NonemptyColumns, Outputs = problem.NonemptyRows, Shared = 0, Kept = 0,
                    Reads = [new PlanFlow(PlanFlow.FunctionInputs, problem.NonemptyColumns)], Results = problem.NonemptyRows, Mode = "reverse",
                    Reason = "every output by itself, walked over without a program",
                },
            ],
            BicoloredStrategy bicolored => OfHalves(problem, bicolored),
            BlockStrategy blocks => KernelBlocks.Of(problem, blocks, MostBlocks),
            _ => OfGroups(problem, strategy is AccumulationStrategy accumulation ? accumulation.KeptNodes : [], name),
        };
    }

    private static PlanBlock OfRecurrences(PlanningProblem problem, SweepStrategy sweep) => OfSweep(
        problem, sweep, " at once; the function repeats a few bodies one time after the other, "
            + (sweep.Direction == SweepDirection.Forward
                ? "each of which is compiled once with the directions as its instances" : "and code that is compiled once goes back through them, with the directions as its instances"));

    private static PlanBlock OfSweep(PlanningProblem problem, SweepStrategy sweep, string labels) => new()
    {
        Id = 0, Operations = problem.ActiveOperations, Inputs = problem.NonemptyColumns, Outputs = problem.NonemptyRows, Shared = problem.Sharing.Count,
        Reads = [new PlanFlow(PlanFlow.FunctionInputs, problem.NonemptyColumns)], Results = problem.NonemptyRows, Kept = 0, Mode = sweep.Direction == SweepDirection.Forward ? "forward" : "reverse",
        Reason = (sweep.Direction == SweepDirection.Forward
            ? $"{sweep.ColorCount:N0} directions serve all {problem.NonemptyColumns:N0} inputs"
            : $"{sweep.ColorCount:N0} directions serve all {problem.NonemptyRows:N0} outputs") + labels,
    };

    private static ImmutableArray<PlanBlock> OfHalves(PlanningProblem problem, BicoloredStrategy strategy)
    {
        var halves = new BicoloredHalves(problem.Pattern, strategy);
        var (forward, reverse) = SweepCost.Parts(problem, halves);
        return
        [
            new PlanBlock
            {
                Id = 0, Operations = forward.OperationCount, Inputs = halves.SeededColumns.Length, Outputs = halves.ReadRows.Length, Shared = 0, Kept = 0,
                Reads = [new PlanFlow(PlanFlow.FunctionInputs, halves.SeededColumns.Length)], Results = halves.ReadRows.Length, Mode = "forward",
                Reason = $"{strategy.ColumnColorCount:N0} directions of columns yield {halves.IsForward.Count(true):N0} entries of {halves.ReadRows.Length:N0} outputs",
            },
            new PlanBlock
            {
                Id = 1, Operations = reverse.OperationCount, Inputs = halves.ReadColumns.Length, Outputs = halves.SeededRows.Length, Shared = 0, Kept = 0,
                Reads = [new PlanFlow(PlanFlow.FunctionInputs, halves.ReadColumns.Length)], Results = halves.SeededRows.Length, Mode = "reverse",
                Reason = $"{strategy.RowColorCount:N0} directions of rows yield {halves.IsForward.Count(false):N0} entries of {halves.SeededRows.Length:N0} outputs",
            },
        ];
    }

    private static PlanBlock OfSegments(PlanningProblem problem, CheckpointedStrategy strategy)
    {
        var isForward = strategy.Sweep.Direction == SweepDirection.Forward;
        var runs = isForward ? 2 * strategy.Ends.Length : strategy.Ends.Length + CheckpointSchedule.Of(strategy.Ends.Length, strategy.Checkpoints)
            .SkipWhile(move => !move.Turns).Sum(move => move.To - move.From + (move.Turns ? 1 : 0));
        return new PlanBlock
        {
            Id = 0, Operations = problem.ActiveOperations, Inputs = problem.NonemptyColumns, Outputs = problem.NonemptyRows, Shared = 0, Kept = 0,
            Reads = [new PlanFlow(PlanFlow.FunctionInputs, problem.NonemptyColumns)], Results = problem.NonemptyRows, Mode = isForward ? "forward" : "reverse",
            Reason = $"{strategy.Sweep.ColorCount:N0} directions through {strategy.Ends.Length:N0} segments with {strategy.Checkpoints:N0} checkpoints; "
                + $"values are computed {(double)runs / strategy.Ends.Length:0.0} times",
        };
    }

    private static ImmutableArray<PlanBlock> OfGroups(PlanningProblem problem, ImmutableArray<int> keptNodes, string name)
    {
        var sharing = problem.Sharing;
        var groups = new Group?[sharing.GroupCount];
        var alone = new Group();
        for (var row = 0; row < sharing.GroupOfRow.Length; row++)
            if (!problem.Pattern.Row(row).IsEmpty)
                (groups[sharing.GroupOfRow[row]] ??= new Group()).Rows.Add(row);
        for (var node = problem.Graph.Trace.InputCount; node < problem.Graph.Trace.NodeCount; node++)
            if (sharing.GroupOf(node) >= 0 && groups[sharing.GroupOf(node)] is { } group)
            {
                group.Operations++;
                group.Shared += sharing.IsShared(node) ? 1 : 0;
            }
        foreach (var node in keptNodes)
            if (sharing.GroupOf(node) >= 0 && groups[sharing.GroupOf(node)] is { } group)
                group.Kept++;
        var tied = new List<Group>();
        foreach (var group in groups)
            if (group?.Rows.Count > 1)
                tied.Add(group);
            else if (group is not null)
                alone.Absorb(group);
        tied.Sort(static (a, b) => b.Operations != a.Operations ? b.Operations.CompareTo(a.Operations) : a.Rows[0].CompareTo(b.Rows[0]));
        var blocks = ImmutableArray.CreateBuilder<PlanBlock>();
        var rest = new Group();
        foreach (var group in tied)
            if (blocks.Count < MostBlocks)
                blocks.Add(Block(problem, blocks.Count, group, name));
            else
                rest.Absorb(group);
        if (rest.Rows.Count > 0)
            blocks.Add(Block(problem, blocks.Count, rest, name));
        if (alone.Rows.Count > 0)
            blocks.Add(Block(problem, blocks.Count, alone, name) with
            {
                Mode = name == "sparse-forward" ? "forward" : "reverse",
                Reason = $"{alone.Rows.Count:N0} outputs share no operation with another: one reverse sweep over its own operations each",
            });
        return blocks.ToImmutable();
    }

    private static PlanBlock Block(PlanningProblem problem, int id, Group group, string name)
    {
        var seen = new bool[problem.Pattern.ColumnCount];
        foreach (var row in group.Rows)
            foreach (var column in problem.Pattern.Row(row))
                seen[column] = true;
        var inputs = seen.AsSpan().Count(true);
        var mode = name == "sparse-forward" || (group.Shared > 0 && group.Kept == group.Operations) ? "forward"
            : group.Kept > 0 ? "hybrid"
            : name == "elimination" && group.Shared > 0 ? "elimination" : "reverse";
        return new PlanBlock
        {
            Id = id, Operations = group.Operations, Inputs = inputs, Outputs = group.Rows.Count, Shared = group.Shared, Kept = group.Kept,
            Reads = [new PlanFlow(PlanFlow.FunctionInputs, inputs)], Results = group.Rows.Count, Mode = mode,
            Reason = mode switch
            {
                "hybrid" => $"{group.Kept:N0} of {group.Shared:N0} shared operations keep their gradient, the rest is differentiated in reverse for each output",
                "elimination" => "the operations are eliminated in an order of their own, so that shared products are formed once",
                "forward" => "every operation keeps its gradient",
                _ when group.Shared == 0 => "nothing is shared: one reverse sweep for each output",
                _ => $"differentiating the {group.Shared:N0} shared operations again for each output is cheaper than merging their gradients",
            },
        };
    }

    /// <summary>Outputs that share operations, directly or through others, and the operations they use.</summary>
    private sealed class Group
    {
        public List<int> Rows { get; } = [];

        public int Operations { get; set; }

        public int Shared { get; set; }

        public int Kept { get; set; }

        public void Absorb(Group other)
        {
            Rows.AddRange(other.Rows);
            Operations += other.Operations;
            Shared += other.Shared;
            Kept += other.Kept;
        }
    }
}
