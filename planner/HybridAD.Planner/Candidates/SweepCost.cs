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
        var width = SweepWidth.For(colorCount);
        var sweeps = (colorCount + width - 1) / width;
        var (seconds, multiplyAdds) = Predict(problem, direction, colors, width, sweeps);
        return new Candidate(new PlanCandidate
        {
            Name = name,
            PredictedSeconds = seconds,
            MultiplyAdds = multiplyAdds,
            MemoryBytes = 8L * width * (problem.Graph.Trace.InputCount + problem.ActiveOperations) + 8L * problem.Graph.EdgeCount,
            Sweeps = sweeps,
            Directions = colorCount,
        }, new SweepStrategy(direction, [.. colors], colorCount));
    }

    /// <summary>
    /// The least that some number of directions can take, before colours are known: every sweep visits every operation, and every edge is followed in
    /// at least one of them.
    /// </summary>
    public static double LowerBound(PlanningProblem problem, SweepDirection direction, int directions)
    {
        var width = SweepWidth.For(directions);
        var sweeps = (directions + width - 1) / width;
        return Seconds(problem, direction, width, sweeps, problem.Graph.EdgeCount, (sweeps - 1.0) * problem.Graph.EdgeCount);
    }

    /// <summary>The most that the better of the two plain modes can take: every edge followed in every sweep.</summary>
    public static double UpperBound(PlanningProblem problem) =>
        Math.Min(Most(problem, SweepDirection.Forward, problem.NonemptyColumns), Most(problem, SweepDirection.Reverse, problem.NonemptyRows));

    private static double Most(PlanningProblem problem, SweepDirection direction, int directions)
    {
        var width = SweepWidth.For(directions);
        var sweeps = (directions + width - 1) / width;
        return Seconds(problem, direction, width, sweeps, (double)sweeps * problem.Graph.EdgeCount, 0);
    }

    private static double Seconds(PlanningProblem problem, SweepDirection direction, int width, double sweeps, double followed, double skipped)
    {
        var profile = problem.Profile;
        var perEdge = profile.SweepEdge(width) * (direction == SweepDirection.Reverse ? profile.ReverseFactor : 1);
        return problem.PartialSeconds + 1e-9 * (sweeps * problem.ActiveOperations * profile.SweepNode + followed * perEdge
            + (direction == SweepDirection.Forward ? skipped * profile.SkippedEdge : 0)
            + problem.Pattern.NonzeroCount * profile.EntryExtract);
    }

    private static (double Seconds, long MultiplyAdds) Predict(PlanningProblem problem, SweepDirection direction, int[] colors, int width, int sweeps)
    {
        if (sweeps == 0)
            return (problem.PartialSeconds, 0);
        var followed = 0.0;
        var samples = Math.Min(sweeps, Samples);
        for (var sample = 0; sample < samples; sample++)
            followed += CountAlive(problem.Graph, direction, colors, samples == 1 ? 0 : (int)((long)sample * (sweeps - 1) / (samples - 1)), width);
        followed *= (double)sweeps / samples;
        return (Seconds(problem, direction, width, sweeps, followed, (double)sweeps * problem.Graph.EdgeCount - followed), (long)(followed * width));
    }

    /// <summary>How many edges one batch of directions really follows.</summary>
    private static long CountAlive(LinearizedGraph graph, SweepDirection direction, int[] colors, int batch, int width)
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
                    if (alive[graph.Sources[edge]])
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
                    {
                        alive[graph.Sources[edge]] = true;
                        followed++;
                    }
        }
        return followed;
    }
}
