using HybridAD.Linearization;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;

namespace HybridAD.Planning.Candidates;

/// <summary>
/// The ways that are ready at once: rows in reverse, walked over without a program, and sweeps with a direction for every input or output. Where few evaluations are
/// expected, all that any other way could save would not pay for looking at it.
/// </summary>
internal static class ReadyWays
{
    /// <summary>What working out the other candidates takes for every edge of the graph and nonzero of the Jacobian, and for the smallest function; measured on the .nl timing set.</summary>
    private const double PlanningSecondsPerEdge = 100e-9;
    private const double LeastPlanningSeconds = 100e-6;

    /// <summary>What making sweeps ready takes for every operation: their program and their slots.</summary>
    private const double SweepSecondsPerOperation = 100e-9;

    /// <summary>Rows whose cones are walked to know how much there is to walk: the fullest ones, and some at equal distances.</summary>
    private const int FullestRows = 32;
    private const int SpacedRows = 64;
    private const int FewestRows = 4;

    /// <summary>The candidate and why the others are left out, if it is not worth looking for a better one; otherwise null.</summary>
    public static (Candidate Candidate, string WhyAlone)? IfEnough(PlanningProblem problem)
    {
        var evaluations = problem.Options.Evaluations;
        var worth = JacobianPlannerOptions.PlanningShare * evaluations;
        var planning = LeastPlanningSeconds + PlanningSecondsPerEdge * (problem.Graph.EdgeCount + problem.Pattern.NonzeroCount);
        if (worth * problem.CommonSeconds > planning)
            return null;
        var chosen = Walked(problem);
        // Rows that share most of what they depend on are walked over many times; eight directions are swept over it at once.
        if (SweepCost.UpperBound(problem) + SweepSecondsPerOperation * problem.ActiveOperations / Math.Max(1, evaluations) < chosen.Summary.PredictedSeconds
            && Swept(problem) is var swept && swept.Summary.MemoryBytes <= problem.Options.MemoryLimit)
            chosen = swept;
        if (worth * chosen.Summary.PredictedSeconds > planning || chosen.Summary.MemoryBytes > problem.Options.MemoryLimit)
            return null;
        return (chosen, FormattableString.Invariant($"not worked out: that takes more than {JacobianPlannerOptions.PlanningShare:P0} of what it may save in {evaluations:N0} evaluations"));
    }

    private static Candidate Walked(PlanningProblem problem)
    {
        var edges = Edges(problem);
        var work = new Work().Add(problem.CommonWork).Add(Price.WalkedEdge, edges).Add(Price.EntryCopy, problem.Pattern.NonzeroCount);
        return new Candidate(new PlanCandidate
        {
            Name = Portfolio.ReverseRows.Name,
            PredictedSeconds = work.Seconds(problem.Profile),
            MultiplyAdds = edges,
            // An adjoint for every node, and two numbers to walk by.
            MemoryBytes = sizeof(double) * (SlotLayout.End(problem.Graph) + 2L * problem.Graph.Trace.NodeCount),
            Sweeps = 0,
            Directions = problem.NonemptyRows,
        }, new AccumulationStrategy([]) { IsWalked = true }, work);
    }

    private static Candidate Swept(PlanningProblem problem) =>
        (SweepCost.Most(problem, SweepDirection.Forward, problem.NonemptyColumns) < SweepCost.Most(problem, SweepDirection.Reverse, problem.NonemptyRows)
            ? Portfolio.Forward : Portfolio.Reverse).Propose(problem, forced: true);

    /// <summary>The edges of all cones, estimated from some where there are many.</summary>
    private static long Edges(PlanningProblem problem)
    {
        var graph = problem.Graph;
        var walk = new Walk(graph);
        var rows = problem.Pattern.RowCount;
        if (rows <= FullestRows + SpacedRows)
            return Sample(walk, Scattered(rows), rows, 4L * graph.EdgeCount);
        var fullest = Fullest(problem);
        var isFull = fullest.ToHashSet();
        var spaced = Enumerable.Range(0, SpacedRows).Select(k => (int)((k + 0.5) * rows / SpacedRows)).Where(row => !isFull.Contains(row)).ToArray();
        return Sample(walk, [.. fullest], fullest.Count, graph.EdgeCount) + Sample(walk, spaced, rows - fullest.Count, graph.EdgeCount);
    }

    /// <summary>All rows in an order of which every beginning is spread over them: steps of the golden ratio, or the next length that meets all.</summary>
    private static int[] Scattered(int rows)
    {
        var step = Math.Max(1, (int)(0.618 * rows));
        while (CommonDivisor(step, rows) != 1)
            step++;
        return [.. Enumerable.Range(0, rows).Select(k => (int)((long)k * step % rows))];
    }

    private static int CommonDivisor(int a, int b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
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
