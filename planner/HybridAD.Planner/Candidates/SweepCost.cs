using HybridAD.Linearization;
using HybridAD.Plans;

namespace HybridAD.Planning.Candidates;

/// <summary>Predicts the cost of sweeps over the whole graph.</summary>
internal static class SweepCost
{
    private const int Samples = 3;

    /// <summary>A candidate for some colours in one direction.</summary>
    public static Candidate Candidate(string name, PlanningProblem problem, SweepDirection direction, int[] colors, int colorCount)
    {
        var sweeps = Predict(problem, direction, colors, colorCount, null);
        return new Candidate(new PlanCandidate
        {
            Name = name,
            PredictedSeconds = Total(problem, sweeps.Nanoseconds),
            MultiplyAdds = sweeps.MultiplyAdds,
            MemoryBytes = WorkingMemory.OfSweeps(problem, SweepWidth.For(colorCount)),
            Sweeps = sweeps.Count,
            Directions = colorCount,
        }, new SweepStrategy(direction, [.. colors], colorCount));
    }

    /// <summary>A candidate for forward and reverse sweeps, each over the operations between what it seeds and what it yields.</summary>
    public static Candidate Candidate(string name, PlanningProblem problem, BicoloredStrategy strategy)
    {
        var halves = new BicoloredHalves(problem.Pattern, strategy);
        var parts = Parts(problem, halves);
        var forward = Predict(problem, SweepDirection.Forward, strategy.ColumnColors.AsSpan(), strategy.ColumnColorCount, parts.Forward);
        var reverse = Predict(problem, SweepDirection.Reverse, strategy.RowColors.AsSpan(), strategy.RowColorCount, parts.Reverse);
        return new Candidate(new PlanCandidate
        {
            Name = name,
            PredictedSeconds = Total(problem, forward.Nanoseconds + reverse.Nanoseconds),
            MultiplyAdds = forward.MultiplyAdds + reverse.MultiplyAdds,
            MemoryBytes = WorkingMemory.OfSweeps(problem, SweepWidth.For(Math.Max(strategy.ColumnColorCount, strategy.RowColorCount))),
            Sweeps = forward.Count + reverse.Count,
            Directions = strategy.ColumnColorCount + strategy.RowColorCount,
            ReverseDirections = strategy.RowColorCount,
        }, strategy);
    }

    /// <summary>What the halves of a bicolouring sweep over.</summary>
    public static (GraphPart Forward, GraphPart Reverse) Parts(PlanningProblem problem, BicoloredHalves halves)
    {
        var outputs = problem.Graph.Trace.Outputs;
        return (GraphPart.Between(problem.Graph, halves.SeededColumns, Pick(outputs, halves.ReadRows)),
            GraphPart.Between(problem.Graph, halves.ReadColumns, Pick(outputs, halves.SeededRows)));
    }

    /// <summary>
    /// The least that some number of directions can take, before colours are known: every sweep visits every operation, and every edge is followed in
    /// at least one of them.
    /// </summary>
    public static double LowerBound(PlanningProblem problem, SweepDirection direction, int directions)
    {
        var (width, sweeps) = Sweeps(directions);
        return Total(problem, Nanoseconds(problem, direction, width, sweeps, problem.ActiveOperations, problem.Graph.EdgeCount, (sweeps - 1.0) * problem.Graph.EdgeCount));
    }

    /// <summary>The least that forward and reverse directions together can take: every operation and every edge is in one of the halves at least.</summary>
    public static double LowerBound(PlanningProblem problem, int forward, int reverse)
    {
        var profile = problem.Profile;
        var ((forwardWidth, forwardSweeps), (reverseWidth, reverseSweeps)) = (Sweeps(forward), Sweeps(reverse));
        return Total(problem, Math.Min(forwardSweeps, reverseSweeps) * profile.SweepNode * problem.ActiveOperations
            + Math.Min(profile.SweepEdge(forwardWidth), profile.SweepEdge(reverseWidth) * profile.ReverseFactor) * problem.Graph.EdgeCount);
    }

    /// <summary>The most that the better of the two plain modes can take: every edge followed in every sweep.</summary>
    public static double UpperBound(PlanningProblem problem) => Total(problem,
        Math.Min(Most(problem, SweepDirection.Forward, problem.NonemptyColumns), Most(problem, SweepDirection.Reverse, problem.NonemptyRows)));

    /// <summary>Nanoseconds of some directions where every edge of the graph is followed in every sweep.</summary>
    public static double Most(PlanningProblem problem, SweepDirection direction, int directions)
    {
        var (width, sweeps) = Sweeps(directions);
        return Nanoseconds(problem, direction, width, sweeps, problem.ActiveOperations, (double)sweeps * problem.Graph.EdgeCount, 0);
    }

    private static (int Width, int Sweeps) Sweeps(int directions)
    {
        var width = SweepWidth.For(directions);
        return (width, (directions + width - 1) / width);
    }

    private static double Total(PlanningProblem problem, double sweepNanoseconds) =>
        problem.CommonSeconds + 1e-9 * (sweepNanoseconds + problem.Pattern.NonzeroCount * problem.Profile.EntryExtract);

    private static double Nanoseconds(PlanningProblem problem, SweepDirection direction, int width, double sweeps, int operations, double followed, double skipped)
    {
        var profile = problem.Profile;
        var perEdge = profile.SweepEdge(width) * (direction == SweepDirection.Reverse ? profile.ReverseFactor : 1);
        return sweeps * operations * profile.SweepNode + followed * perEdge + (direction == SweepDirection.Forward ? skipped * profile.SkippedEdge : 0);
    }

    private static (double Nanoseconds, long MultiplyAdds, int Count) Predict(
        PlanningProblem problem, SweepDirection direction, ReadOnlySpan<int> colors, int colorCount, GraphPart? part)
    {
        if (colorCount == 0)
            return (0, 0, 0);
        var (width, sweeps) = Sweeps(colorCount);
        var followed = 0.0;
        var samples = Math.Min(sweeps, Samples);
        for (var sample = 0; sample < samples; sample++)
            followed += CountAlive(problem.Graph, direction, colors, samples == 1 ? 0 : (int)((long)sample * (sweeps - 1) / (samples - 1)), width, part);
        followed *= (double)sweeps / samples;
        var (operations, edges) = part is null ? (problem.ActiveOperations, problem.Graph.EdgeCount) : (part.OperationCount, part.EdgeCount);
        return (Nanoseconds(problem, direction, width, sweeps, operations, followed, (double)sweeps * edges - followed), (long)(followed * width), sweeps);
    }

    /// <summary>How many edges one batch of directions really follows, in a part of the graph or the whole.</summary>
    private static long CountAlive(LinearizedGraph graph, SweepDirection direction, ReadOnlySpan<int> colors, int batch, int width, GraphPart? part)
    {
        var alive = new bool[graph.Trace.NodeCount];
        for (var item = 0; item < colors.Length; item++)
            if (colors[item] >= 0 && colors[item] / width == batch)
                alive[direction == SweepDirection.Forward ? item : graph.Trace.Outputs[item]] = true;
        var followed = 0L;
        if (direction == SweepDirection.Forward)
        {
            for (var node = graph.Trace.InputCount; node < graph.Trace.NodeCount; node++)
                for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                    if (alive[graph.Sources[edge]] && part?.IsInside(node) != false)
                    {
                        alive[node] = true;
                        followed++;
                    }
        }
        else
        {
            for (var node = graph.Trace.NodeCount - 1; node >= graph.Trace.InputCount; node--)
                if (alive[node])
                    for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                        if (part?.Carries(graph.Sources[edge]) != false)
                        {
                            alive[graph.Sources[edge]] = true;
                            followed++;
                        }
        }
        return followed;
    }

    private static int[] Pick(ReadOnlySpan<int> values, ReadOnlySpan<int> indexes)
    {
        var picked = new int[indexes.Length];
        for (var k = 0; k < picked.Length; k++)
            picked[k] = values[indexes[k]];
        return picked;
    }
}
