using System.Collections.Immutable;
using System.Diagnostics;
using HybridAD.Planning.Elimination.Search;
using HybridAD.Plans;
using Trace = HybridAD.Graph.Trace;

namespace HybridAD.Planning.Elimination;

/// <summary>
/// Searches the elimination order of a trace that takes the fewest multiplications to accumulate its Jacobian: the known orders first, then simulated
/// annealing over vertex and edge eliminations for as long as it may.
/// </summary>
/// <remarks>
/// The problem is NP-complete (Naumann, Mathematical Programming 112, 2008). Orders: Griewank and Walther, Evaluating Derivatives, 2nd ed., chapters 9
/// and 10; edge elimination: Naumann, "Optimal accumulation of Jacobian matrices by elimination methods on the dual computational graph", Mathematical
/// Programming 99 (2004). The graph is the trace as it is given, without simplification. The result of the portfolio, and of a search by moves, does
/// not depend on how the trace is numbered.
/// </remarks>
public static class MultiplicationPlanner
{
    /// <summary>Larger graphs get the near-linear part of the portfolio only.</summary>
    internal const int LargestSearched = 2_000;

    /// <summary>Plans the accumulation of the Jacobian of a trace.</summary>
    /// <param name="trace">The function, used as it is.</param>
    /// <param name="rules">What counts as a multiplication.</param>
    /// <param name="options">How long to search; null for a second.</param>
    public static MultiplicationPlan Plan(Trace trace, EliminationRules rules, MultiplicationPlannerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(trace);
        options ??= new MultiplicationPlannerOptions();
        var clock = Stopwatch.StartNew();
        var graph = DualGraph.Of(trace, rules);
        return graph.VertexCount > LargestSearched
            ? LargeGraphPlan.Of(trace, graph, rules, clock)
            : Searched(trace, graph, rules, options, clock);
    }

    private static MultiplicationPlan Searched(Trace trace, DualGraph graph, EliminationRules rules, MultiplicationPlannerOptions options, Stopwatch clock)
    {
        var evaluator = Evaluator.For(graph, rules);
        var bound = rules == EliminationRules.All ? VertexCuts.Of(graph)?.LowerBound : null;
        var tried = new List<(string Name, uint[] Order, long Cost)>();
        foreach (var (name, order, _) in OrderPortfolio.Orders(graph, evaluator))
        {
            tried.Add((name, order, evaluator.Evaluate(order)));
            // A big graph gets the first orders whatever they take, and the others within the time.
            if (tried.Count > 3 && options.Moves is null && clock.Elapsed.TotalSeconds > Math.Max(0.05, options.Seconds))
                break;
        }
        var best = tried.MinBy(t => t.Cost);
        var portfolioSeconds = clock.Elapsed.TotalSeconds;
        var goal = bound ?? 0;
        var moves = 0L;
        if (best.Cost > goal && graph.InnerCount > 0 && (options.Moves ?? options.Seconds) > 0)
        {
            var (order, cost, made) = AnnealingSearch.Run(graph, rules, best.Order, goal, options.Seed, options.Moves, () => clock.Elapsed.TotalSeconds > options.Seconds);
            moves = made;
            if (made > 0)
                tried.Add(("annealing", order, cost));
            if (cost < best.Cost)
                best = tried[^1];
        }
        var proven = best.Cost <= goal;
        var candidates = tried.Select(t => new MultiplicationCandidate(t.Name, t.Cost, Replay(evaluator, t.Order).Additions,
            t.Name == best.Name ? null : WhyLost(t.Cost, best.Cost))).OrderBy(c => c.Lost is null ? 0 : 1).ThenBy(c => c.Multiplications).ToImmutableArray();
        var taken = Replay(evaluator, best.Order).Steps;
        // Vertices that lost all their edges on the way (constants that cancel) are named too, so that the order is complete for every reader.
        var lost = best.Order.Where(Moves.IsVertex).Except(taken);
        var steps = graph.Inactive.Select(EliminationStep.Vertex).Concat(taken.Concat(lost).Select(step => Traced(graph, step)));
        return new MultiplicationPlan
        {
            Chosen = best.Name,
            Candidates = candidates,
            Order = new EliminationOrder([.. steps], rules, best.Cost, candidates[0].Additions),
            LowerBound = bound,
            ProvenOptimal = proven,
            Note = proven ? "the lower bound is met: no order of vertex eliminations takes fewer multiplications"
                : bound is { } b ? $"vertex elimination takes at least {b} multiplications; the best of {moves:N0} orders tried"
                : $"no lower bound is known for these rules; the best of {moves:N0} orders tried",
            Rules = rules,
            InputCount = trace.InputCount,
            OutputCount = trace.OutputCount,
            OperationCount = trace.OperationCount,
            Moves = moves,
            PortfolioSeconds = portfolioSeconds,
            PlanSeconds = clock.Elapsed.TotalSeconds,
        };
    }

    internal static string WhyLost(long cost, long best) =>
        cost == best ? "takes as many multiplications" : $"takes {cost - best} more multiplications";

    /// <summary>The steps of an order that really take place.</summary>
    internal static (List<uint> Steps, long Additions) Replay(Evaluator evaluator, uint[] order)
    {
        var before = evaluator.Additions;
        evaluator.Log = [];
        evaluator.Evaluate(order);
        var log = evaluator.Log;
        evaluator.Log = null;
        return (log, evaluator.Additions - before);
    }

    /// <summary>A step in the ids of the trace.</summary>
    internal static EliminationStep Traced(DualGraph graph, uint step) => Moves.KindOf(step) switch
    {
        EliminationKind.Vertex => EliminationStep.Vertex(graph.TraceIds[(int)step]),
        EliminationKind.FrontEdge => EliminationStep.Front(graph.TraceIds[Moves.FromOf(step)], graph.TraceIds[Moves.ToOf(step)]),
        _ => EliminationStep.Back(graph.TraceIds[Moves.FromOf(step)], graph.TraceIds[Moves.ToOf(step)]),
    };
}
