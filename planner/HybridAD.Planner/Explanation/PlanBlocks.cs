using System.Collections.Immutable;
using HybridAD.Planning.Candidates;
using HybridAD.Plans;

namespace HybridAD.Planning.Explanation;

/// <summary>Describes a plan part by part: each group of outputs that shares operations with its counts, its mode and why.</summary>
internal static class PlanBlocks
{
    private const int MostBlocks = 100;

    public static ImmutableArray<PlanBlock> Of(PlanningProblem problem, JacobianStrategy strategy, string name)
    {
        if (strategy is SweepStrategy sweep)
            return
            [
                new PlanBlock
                {
                    Id = 0, Operations = problem.ActiveOperations, Inputs = problem.NonemptyColumns, Outputs = problem.NonemptyRows, Shared = problem.Sharing.Count,
                    Kept = 0, Mode = sweep.Direction == SweepDirection.Forward ? "forward" : "reverse",
                    Reason = sweep.Direction == SweepDirection.Forward
                        ? $"{sweep.ColorCount:N0} directions serve all {problem.NonemptyColumns:N0} inputs"
                        : $"{sweep.ColorCount:N0} directions serve all {problem.NonemptyRows:N0} outputs",
                },
            ];
        return OfGroups(problem, (AccumulationStrategy)strategy, name);
    }

    private static ImmutableArray<PlanBlock> OfGroups(PlanningProblem problem, AccumulationStrategy strategy, string name)
    {
        var sharing = problem.Sharing;
        var groups = new Group[sharing.GroupCount];
        for (var row = 0; row < sharing.GroupOfRow.Length; row++)
            if (!problem.Pattern.Row(row).IsEmpty)
                groups[sharing.GroupOfRow[row]].Outputs++;
        var alone = new List<int>();
        for (var row = 0; row < sharing.GroupOfRow.Length; row++)
        {
            ref var group = ref groups[sharing.GroupOfRow[row]];
            if (group.Outputs > 1)
                (group.Rows ??= []).Add(row);
            else if (group.Outputs == 1)
                alone.Add(row);
        }
        for (var node = problem.Graph.Trace.InputCount; node < problem.Graph.Trace.NodeCount; node++)
        {
            if (sharing.GroupOf(node) < 0)
                continue;
            groups[sharing.GroupOf(node)].Operations++;
            groups[sharing.GroupOf(node)].Shared += sharing.IsShared(node) ? 1 : 0;
        }
        foreach (var node in strategy.KeptNodes)
            if (sharing.GroupOf(node) >= 0)
                groups[sharing.GroupOf(node)].Kept++;
        var tied = groups.Where(g => g.Outputs > 1).OrderByDescending(g => g.Operations).ToList();
        var blocks = ImmutableArray.CreateBuilder<PlanBlock>();
        foreach (var group in tied.Take(MostBlocks))
            blocks.Add(Block(problem, blocks.Count, group, name));
        if (tied.Count > MostBlocks)
            blocks.Add(Block(problem, blocks.Count, Merge(tied.Skip(MostBlocks)), name));
        if (alone.Count > 0)
            blocks.Add(Block(problem, blocks.Count, Merge(groups.Where(g => g.Outputs == 1)) with { Rows = alone }, name) with
            {
                Mode = name == "sparse-forward" ? "forward" : "reverse",
                Reason = $"{alone.Count:N0} outputs share no operation with another: one reverse sweep over its own operations each",
            });
        return blocks.ToImmutable();
    }

    private static PlanBlock Block(PlanningProblem problem, int id, Group group, string name)
    {
        var seen = new bool[problem.Pattern.ColumnCount];
        foreach (var row in group.Rows ?? [])
            foreach (var column in problem.Pattern.Row(row))
                seen[column] = true;
        var inputs = seen.AsSpan().Count(true);
        var mode = name == "sparse-forward" || (group.Shared > 0 && group.Kept == group.Operations) ? "forward" : group.Kept > 0 ? "hybrid" : "reverse";
        return new PlanBlock
        {
            Id = id, Operations = group.Operations, Inputs = inputs, Outputs = group.Outputs, Shared = group.Shared, Kept = group.Kept, Mode = mode,
            Reason = mode switch
            {
                "hybrid" => $"{group.Kept:N0} of {group.Shared:N0} shared operations keep their gradient, the rest is differentiated in reverse for each output",
                "forward" => "every operation keeps its gradient",
                _ when group.Shared == 0 => "nothing is shared: one reverse sweep for each output",
                _ => $"differentiating the {group.Shared:N0} shared operations again for each output is cheaper than merging their gradients",
            },
        };
    }

    private static Group Merge(IEnumerable<Group> groups)
    {
        var merged = new Group { Rows = [] };
        foreach (var group in groups)
        {
            merged.Operations += group.Operations;
            merged.Outputs += group.Outputs;
            merged.Shared += group.Shared;
            merged.Kept += group.Kept;
            merged.Rows.AddRange(group.Rows ?? []);
        }
        return merged;
    }

    private struct Group
    {
        public int Operations;
        public int Outputs;
        public int Shared;
        public int Kept;
        public List<int>? Rows;
    }
}
