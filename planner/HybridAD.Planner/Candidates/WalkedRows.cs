using HybridAD.Linearization;
using HybridAD.Planning.Costs;
using HybridAD.Plans;

namespace HybridAD.Planning.Candidates;

/// <summary>
/// Rows in reverse, walked over without a program: slower than anything that was worked out, and ready at once. Where few evaluations are expected, all that any other
/// way could save would not pay for looking at it.
/// </summary>
internal static class WalkedRows
{
    /// <summary>What working out the other candidates takes for every edge of the graph and nonzero of the Jacobian, and for the smallest function; measured on the .nl timing set.</summary>
    private const double PlanningSecondsPerEdge = 100e-9;
    private const double LeastPlanningSeconds = 100e-6;

    /// <summary>Rows whose cones are walked to know how much there is to walk: the fullest ones, and some at equal distances.</summary>
    private const int FullestRows = 32;
    private const int SpacedRows = 64;
    private const int FewestRows = 4;

    /// <summary>The candidate and why the others are left out, if it is not worth looking for a better one; otherwise null.</summary>
    public static (Candidate Candidate, string WhyAlone)? IfEnough(PlanningProblem problem)
    {
        var worth = JacobianPlannerOptions.PlanningShare * problem.Options.Evaluations;
        var planning = LeastPlanningSeconds + PlanningSecondsPerEdge * (problem.Graph.EdgeCount + problem.Pattern.NonzeroCount);
        if (worth * problem.CommonSeconds > planning)
            return null;
        var edges = Edges(problem);
        var work = new Work().Add(problem.CommonWork).Add(Price.WalkedEdge, edges).Add(Price.EntryCopy, problem.Pattern.NonzeroCount);
        var seconds = work.Seconds(problem.Profile);
        // An adjoint for every node, and two numbers to walk by.
        var memory = sizeof(double) * (SlotLayout.End(problem.Graph) + 2L * problem.Graph.Trace.NodeCount);
        if (worth * seconds > planning || memory > problem.Options.MemoryLimit)
            return null;
        return (new Candidate(new PlanCandidate
        {
            Name = Portfolio.ReverseRows.Name,
            PredictedSeconds = seconds,
            MultiplyAdds = edges,
            MemoryBytes = memory,
            Sweeps = 0,
            Directions = problem.NonemptyRows,
        }, new AccumulationStrategy([]) { IsWalked = true }, work), FormattableString.Invariant($"not worked out: that takes more than {JacobianPlannerOptions.PlanningShare:P0} of what it may save in {problem.Options.Evaluations:N0} evaluations"));
    }

    /// <summary>The edges of all cones, estimated from some where there are many.</summary>
    private static long Edges(PlanningProblem problem)
    {
        var graph = problem.Graph;
        var walk = new Walk(graph);
        var rows = problem.Pattern.RowCount;
        if (rows <= FullestRows + SpacedRows)
            return Sample(walk, [.. Enumerable.Range(0, rows)], rows, 16L * graph.EdgeCount);
        var fullest = Fullest(problem);
        var isFull = fullest.ToHashSet();
        var spaced = Enumerable.Range(0, SpacedRows).Select(k => (int)((k + 0.5) * rows / SpacedRows)).Where(row => !isFull.Contains(row)).ToArray();
        return Sample(walk, [.. fullest], fullest.Count, graph.EdgeCount) + Sample(walk, spaced, rows - fullest.Count, graph.EdgeCount);
    }

    /// <summary>The edges of some cones, as those of the first few of them let expect; long cones are not followed more often than needed.</summary>
    private static long Sample(Walk walk, int[] rows, int count, long enough)
    {
        var (edges, walked) = (0L, 0);
        while (walked < rows.Length && (walked < FewestRows || edges < enough))
            edges += walk.EdgesOf(rows[walked++]);
        return walked == 0 ? 0 : (long)((double)edges / walked * count);
    }

    private static List<int> Fullest(PlanningProblem problem)
    {
        var queue = new PriorityQueue<int, int>();
        for (var row = 0; row < problem.Pattern.RowCount; row++)
        {
            var length = problem.Pattern.Row(row).Length;
            if (queue.Count < FullestRows)
                queue.Enqueue(row, length);
            else if (queue.TryPeek(out _, out var shortest) && length > shortest)
                queue.EnqueueDequeue(row, length);
        }
        return [.. queue.UnorderedItems.Select(static item => item.Element)];
    }

    /// <summary>Counts the edges of cones.</summary>
    private sealed class Walk(LinearizedGraph graph)
    {
        private readonly int[] _lastRow = new int[graph.Trace.NodeCount];
        private readonly Stack<int> _pending = [];

        public long EdgesOf(int row)
        {
            var edges = 0L;
            var output = graph.Trace.Outputs[row];
            if (graph.IsActive(output))
                _pending.Push(output);
            while (_pending.TryPop(out var node))
            {
                for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                {
                    edges++;
                    var source = graph.Sources[edge];
                    if (_lastRow[source] == row + 1)
                        continue;
                    _lastRow[source] = row + 1;
                    _pending.Push(source);
                }
            }
            return edges;
        }
    }
}
