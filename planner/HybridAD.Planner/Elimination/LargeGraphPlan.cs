using System.Collections.Immutable;
using System.Diagnostics;
using HybridAD.Plans;
using Trace = HybridAD.Graph.Trace;

namespace HybridAD.Planning.Elimination;

/// <summary>Plans for graphs too large to search: a few known orders, each counted once on a sparse graph, the expensive ones given up on the way.</summary>
internal static class LargeGraphPlan
{
    /// <summary>A few seconds of products; an order that needs more is given up, and so is one that needs much more than the best so far.</summary>
    private const long ProductLimit = 4_000_000;

    public static MultiplicationPlan Of(Trace trace, DualGraph graph, EliminationRules rules, Stopwatch clock)
    {
        var forward = Enumerable.Range(0, graph.InnerCount).ToArray();
        var reverse = forward.Reverse().ToArray();
        var once = reverse.Where(v => graph.OutEdges[v].Length == 1).ToArray();
        var onceSet = new bool[graph.InnerCount];
        foreach (var v in once)
            onceSet[v] = true;
        var ways = new (string Name, int[] Fixed, bool Greedy)[]
        {
            ("once-reverse", [.. once, .. reverse.Where(v => !onceSet[v])], false),
            ("once-forward", [.. once, .. forward.Where(v => !onceSet[v])], false),
            ("reverse", reverse, false),
            ("forward", forward, false),
            ("once-markowitz", once, true),
            ("markowitz", [], true),
        };
        var tried = new List<(string Name, List<int>? Order, long Cost, long Additions)>();
        var limit = ProductLimit;
        foreach (var (name, order, greedy) in ways)
        {
            var elimination = new SparseElimination(graph, rules, limit);
            var done = elimination.Run(order, greedy);
            tried.Add((name, done, elimination.Multiplications, elimination.Additions));
            if (done is not null)
                limit = Math.Min(limit, Math.Max(1_000, 2 * elimination.Products));
        }
        var best = tried.Where(t => t.Order is not null).OrderBy(t => t.Cost).FirstOrDefault();
        var steps = graph.Inactive.Concat(best.Order?.Select(v => graph.TraceIds[v]) ?? []).Select(EliminationStep.Vertex);
        return new MultiplicationPlan
        {
            Chosen = best.Name ?? "none",
            Candidates = [.. tried.OrderBy(t => t.Name == best.Name ? 0 : 1).ThenBy(t => t.Order is null ? 1 : 0).ThenBy(t => t.Cost).Select(t =>
                new MultiplicationCandidate(t.Name, t.Cost, t.Additions, t.Name == best.Name ? null
                    : t.Order is null ? "given up: it fills the graph" : MultiplicationPlanner.WhyLost(t.Cost, best.Cost)))],
            Order = best.Order is null ? null : new EliminationOrder([.. steps], rules, best.Cost, best.Additions),
            LowerBound = null,
            ProvenOptimal = false,
            Note = $"{graph.VertexCount:N0} vertices are more than {MultiplicationPlanner.LargestSearched:N0}: known orders only, no search",
            Rules = rules,
            InputCount = trace.InputCount,
            OutputCount = trace.OutputCount,
            OperationCount = trace.OperationCount,
            Moves = 0,
            PortfolioSeconds = clock.Elapsed.TotalSeconds,
            PlanSeconds = clock.Elapsed.TotalSeconds,
        };
    }
}
