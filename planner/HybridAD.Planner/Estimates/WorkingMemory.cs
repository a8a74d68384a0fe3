using HybridAD.Linearization;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Costs;
using HybridAD.Plans;

namespace HybridAD.Planning.Estimates;

/// <summary>Bytes that sweeps over a whole graph work on: values and partials, and the directions they carry.</summary>
internal static class WorkingMemory
{
    private static readonly int[] NarrowerWidths = [8, 4, 1];

    /// <summary>With some directions at once.</summary>
    public static long OfSweeps(PlanningProblem problem, int width) =>
        sizeof(double) * (SlotLayout.End(problem.Graph) + (long)width * problem.SweptNodes + SweepWidth.NumbersOfLine) + problem.SweptNodes;

    /// <summary>The most nodes that a sweep over a graph carries at once; the inputs are carried to the end.</summary>
    public static int SweptNodes(LinearizedGraph graph)
    {
        var (starts, sources) = (graph.EdgeStartArray, graph.SourceArray);
        var trace = graph.Trace;
        var lastUse = new int[trace.NodeCount];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            for (var edge = starts[node]; edge < starts[node + 1]; edge++)
                lastUse[sources[edge]] = node;
        foreach (var output in trace.Outputs)
            lastUse[output] = int.MaxValue;
        var (carried, most) = (trace.InputCount, trace.InputCount);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            for (var edge = starts[node]; edge < starts[node + 1]; edge++)
                if (sources[edge] >= trace.InputCount && lastUse[sources[edge]] == node)
                {
                    carried--;
                    lastUse[sources[edge]] = 0;
                }
            if (graph.IsActive(node))
                most = Math.Max(most, ++carried);
        }
        return most;
    }

    /// <summary>The same sweeps with so few directions at once that they fit into the memory limit, or as they are where that does not help.</summary>
    public static Candidate Fitted(PlanningProblem problem, Candidate candidate)
    {
        if (candidate.Strategy is not SweepStrategy sweep || candidate.Summary.MemoryBytes <= problem.Options.MemoryLimit)
            return candidate;
        foreach (var width in NarrowerWidths)
        {
            if (width >= SweepWidth.For(sweep.ColorCount) || OfSweeps(problem, width) > problem.Options.MemoryLimit)
                continue;
            var passes = (sweep.ColorCount + width - 1) / width;
            var visits = (double)passes * problem.ActiveOperations;
            var work = new SweepCounts(sweep.Direction, width, passes, visits, visits, (double)passes * problem.Graph.EdgeCount, 0, sweep.ColorCount).Work
                .Add(problem.CommonWork).Add(Price.EntryExtract, problem.Pattern.NonzeroCount);
            return new Candidate(candidate.Summary with
            {
                PredictedSeconds = Math.Max(candidate.Summary.PredictedSeconds, work.Seconds(problem.Profile)),
                MemoryBytes = OfSweeps(problem, width),
                MultiplyAdds = (long)passes * width * problem.Graph.EdgeCount,
                Sweeps = passes,
            }, sweep with { MostWidth = width });
        }
        return candidate;
    }
}
