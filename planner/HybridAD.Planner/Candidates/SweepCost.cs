using HybridAD.Linearization;
using HybridAD.Plans;

namespace HybridAD.Planning.Candidates;

/// <summary>Predicts the cost of sweeps over the whole graph.</summary>
internal static class SweepCost
{
    private const int Samples = 3;

    /// <summary>The number of directions one sweep carries, as the executor will choose it.</summary>
    public static int WidthFor(int directions) => directions switch
    {
        <= 1 => 1,
        <= 4 => 4,
        <= 8 => 8,
        _ => (directions % 16) is > 0 and <= 8 && directions < 32 ? 8 : 16,
    };

    /// <summary>A candidate for some colours in one direction.</summary>
    public static Candidate Candidate(string name, PlanningProblem problem, SweepDirection direction, int[] colors, int colorCount)
    {
        var width = WidthFor(colorCount);
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

    /// <summary>The least that some number of directions can take, before colours are known: every edge is followed once per direction's share of a sweep.</summary>
    public static double LowerBound(PlanningProblem problem, SweepDirection direction, int directions)
    {
        var width = WidthFor(directions);
        var sweeps = (directions + width - 1) / width;
        var factor = direction == SweepDirection.Reverse ? problem.Profile.ReverseFactor : 1;
        // A sweep may skip most edges; how many is known only with the colours.
        return 1e-9 * (sweeps * problem.Graph.EdgeCount * Math.Min(problem.Profile.SkippedEdge, problem.Profile.SweepEdge(width)) * factor
            + problem.Pattern.NonzeroCount * problem.Profile.EntryExtract);
    }

    private static (double Seconds, long MultiplyAdds) Predict(PlanningProblem problem, SweepDirection direction, int[] colors, int width, int sweeps)
    {
        var profile = problem.Profile;
        if (sweeps == 0)
            return (0, 0);
        double nodes = 0, edges = 0, skipped = 0;
        var samples = Math.Min(sweeps, Samples);
        for (var sample = 0; sample < samples; sample++)
        {
            var batch = samples == 1 ? 0 : (int)((long)sample * (sweeps - 1) / (samples - 1));
            var alive = CountAlive(problem.Graph, direction, colors, batch, width);
            edges += alive;
            skipped += problem.Graph.EdgeCount - alive;
            nodes += problem.ActiveOperations;
        }
        var scale = (double)sweeps / samples;
        var perEdge = profile.SweepEdge(width) * (direction == SweepDirection.Reverse ? profile.ReverseFactor : 1);
        var nanoseconds = scale * (nodes * profile.SweepNode + edges * perEdge + skipped * profile.SkippedEdge)
            + problem.Pattern.NonzeroCount * profile.EntryExtract;
        return (1e-9 * nanoseconds, (long)(scale * edges * width));
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
