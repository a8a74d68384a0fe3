using HybridAD.Linearization;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Costs;
using HybridAD.Plans;

namespace HybridAD.Planning.Estimates;

/// <summary>What some sweeps in one direction do.</summary>
/// <param name="Direction">Which way.</param>
/// <param name="Width">Directions side by side.</param>
/// <param name="Sweeps">Number of sweeps.</param>
/// <param name="Visits">Operations visited, in all sweeps together.</param>
/// <param name="Carriers">Visited operations that carry something.</param>
/// <param name="Followed">Edges followed.</param>
/// <param name="Skipped">Edges passed over.</param>
/// <param name="Seeds">Directions seeded.</param>
internal readonly record struct SweepCounts(
    SweepDirection Direction, int Width, int Sweeps, double Visits, double Carriers, double Followed, double Skipped, double Seeds)
{
    private const int Samples = 3;

    /// <summary>Multiply-adds, those of directions that are not needed included.</summary>
    public long MultiplyAdds => (long)(Followed * Width);

    /// <summary>What they take. A reverse sweep passes an operation that carries nothing with all its edges.</summary>
    public Work Work => new Work().Add(Price.Sweep, Sweeps).Add(Price.SweepSeed, Seeds).Add(Price.SweepNode, Visits).Add(Price.SweepCarrier, Carriers)
        .Add(Direction == SweepDirection.Forward ? Price.SweepEdge(Width) : Price.ReverseEdge(Width), Followed)
        .Add(Price.SkippedEdge, Direction == SweepDirection.Forward ? Skipped : 0);

    /// <summary>How many directions go side by side, and in how many sweeps.</summary>
    public static (int Width, int Sweeps) WidthAndSweeps(int directions)
    {
        var width = SweepWidth.For(directions);
        return (width, (directions + width - 1) / width);
    }

    /// <summary>Walks sweeps over a part of the graph or the whole; of many, a few stand for all.</summary>
    public static SweepCounts Of(PlanningProblem problem, SweepDirection direction, ReadOnlySpan<int> colors, int colorCount, GraphPart? part)
    {
        if (colorCount == 0)
            return new SweepCounts(direction, 1, 0, 0, 0, 0, 0, 0);
        var (width, sweeps) = WidthAndSweeps(colorCount);
        var (carriers, followed) = (0.0, 0.0);
        var samples = Math.Min(sweeps, Samples);
        for (var sample = 0; sample < samples; sample++)
        {
            var (nodes, edges) = Walk(problem.Graph, direction, colors, samples == 1 ? 0 : (int)((long)sample * (sweeps - 1) / (samples - 1)), width, part);
            (carriers, followed) = (carriers + nodes, followed + edges);
        }
        (carriers, followed) = (carriers * sweeps / samples, followed * sweeps / samples);
        var (operations, all) = part is null ? (problem.ActiveOperations, problem.Graph.EdgeCount) : (part.OperationCount, part.EdgeCount);
        var seeds = colors.Length - colors.Count(-1);
        return new SweepCounts(direction, width, sweeps, (double)sweeps * operations, carriers, followed, (double)sweeps * all - followed, seeds);
    }

    /// <summary>How many operations carry something in one batch of directions, and how many edges are followed.</summary>
    private static (long Carriers, long Followed) Walk(
        LinearizedGraph graph, SweepDirection direction, ReadOnlySpan<int> colors, int batch, int width, GraphPart? part)
    {
        var alive = new bool[graph.Trace.NodeCount];
        for (var item = 0; item < colors.Length; item++)
            if (colors[item] >= 0 && colors[item] / width == batch)
                alive[direction == SweepDirection.Forward ? item : graph.Trace.Outputs[item]] = true;
        var (carriers, followed) = (0L, 0L);
        if (direction == SweepDirection.Forward)
        {
            for (var node = graph.Trace.InputCount; node < graph.Trace.NodeCount; node++)
            {
                for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                    if (alive[graph.Sources[edge]] && part?.IsInside(node) != false)
                    {
                        alive[node] = true;
                        followed++;
                    }
                carriers += alive[node] ? 1 : 0;
            }
        }
        else
        {
            for (var node = graph.Trace.NodeCount - 1; node >= graph.Trace.InputCount; node--)
            {
                if (!alive[node])
                    continue;
                carriers++;
                for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                    if (part?.Carries(graph.Sources[edge]) != false)
                    {
                        alive[graph.Sources[edge]] = true;
                        followed++;
                    }
            }
        }
        return (carriers, followed);
    }
}
