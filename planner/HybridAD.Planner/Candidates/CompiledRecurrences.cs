using HybridAD.Blocks;
using HybridAD.Linearization;
using HybridAD.Planning.Costs;
using HybridAD.Plans;
using HybridAD.Rolling;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Planning.Candidates;

/// <summary>Forward through bodies that are repeated one time after the other, with the directions as instances of compiled kernels: steps in time, iterations.</summary>
internal static class CompiledRecurrences
{
    /// <summary>Directions, each of which every body is computed for. With more, other ways are better.</summary>
    private const int MostDirections = 64;

    /// <summary>With fewer blocks a function does not do one thing after the other.</summary>
    private const int FewestBlocks = 32;

    /// <summary>Whether a function may consist of recurrences: it does not fall into a few blocks of many instances.</summary>
    public static bool MayBe(BlockGraph? blocks) => blocks is null || blocks.Blocks.Length >= FewestBlocks || CompiledSweeps.IsMostlyStraight(blocks);

    /// <summary>The candidate; null where the function does not consist of recurrences, or has too many inputs.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="problem">The function.</param>
    /// <param name="otherwise">What runs where compiled code does not; null for sweeps in the same directions.</param>
    public static Candidate? Of(string name, PlanningProblem problem, JacobianStrategy? otherwise)
    {
        if (problem.LongestRow > MostDirections)
            return null;
        var isColored = Chunks(problem.LongestRow) < Chunks(problem.NonemptyColumns);
        var sweep = isColored
            ? new SweepStrategy(SweepDirection.Forward, [.. problem.ColumnColoring.Colors], problem.ColumnColoring.Count)
            : PlainSweeps.Of(problem, SweepDirection.Forward);
        if (sweep.ColorCount > MostDirections)
            return null;
        var trace = problem.Graph.Trace;
        var lowered = StepLowering.Apply(trace);
        if (!FunctionBlocks.HasSteps(lowered) || RecurrenceFinder.Find(lowered) is not { } segments)
            return null;
        var (profile, chunks) = (problem.Profile, Chunks(sweep.ColorCount));
        var work = new Work().Add(Price.CompiledEvaluation, 1).Add(Price.EntryCopy, problem.Pattern.NonzeroCount)
            .Add(Price.KernelStep, chunks * trace.InputCount);
        if (!trace.Guards.IsEmpty)
            work.Add(Price.StraightStep, trace.OperationCount);
        var setup = profile.RolledOperation * trace.NodeCount;
        long multiplyAdds = 0, memory = 0;
        foreach (var segment in segments)
        {
            var graph = LinearizedGraph.Of(segment.Body, segment.ActiveLeafCount);
            var operations = LabelOperations.WithAllValues(graph);
            // Half of the loads are operands of the instructions that read them.
            var loads = segment.Leaves.Length + segment.ActiveLeafCount + segment.Parameters.Length;
            var stores = 2 * segment.Results.Length;
            var times = (double)segment.Count * chunks;
            var busy = new Work().Add(Price.KernelChunk, times).Add(Price.KernelStep, times * (TangentSteps(graph) + loads / 2.0 + stores));
            operations.AddTo(busy, times);
            // A time waits for the one before, and nothing else is there to be done.
            var waiting = new Work().Add(Price.StraightWait, (double)segment.Count * operations.LongestChain);
            work.Add(Price.BlockStep, segment.Count).Add(waiting.Seconds(profile) > busy.Seconds(profile) ? waiting : busy);
            setup += profile.CompiledKernel + profile.CompiledVectorStep * (operations.Count + graph.EdgeCount);
            multiplyAdds += (long)segment.Count * sweep.ColorCount * graph.EdgeCount;
            memory += 2L * sizeof(int) * segment.Count * (loads + stores) + 2L * sizeof(double) * Lanes * chunks * segment.Results.Length;
        }
        return new Candidate(new PlanCandidate
        {
            Name = name,
            PredictedSeconds = work.Seconds(profile),
            SetupSeconds = 1e-9 * setup,
            MultiplyAdds = multiplyAdds,
            MemoryBytes = memory + 2L * sizeof(double) * Lanes * chunks * trace.InputCount,
            Sweeps = 1,
            Directions = sweep.ColorCount,
        }, new BlockStrategy([sweep], otherwise ?? sweep, BlockComposition.Recurrences), work);
    }

    private const int Lanes = KernelCost.Lanes;

    /// <summary>Instructions that tangents take: one for every edge, but for one edge of a sum, which is another number already.</summary>
    private static int TangentSteps(LinearizedGraph graph)
    {
        var steps = graph.EdgeCount;
        for (var node = graph.Trace.InputCount; node < graph.Trace.NodeCount; node++)
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                if (graph.Kinds[edge] == LabelKind.Constant && Math.Abs(graph.Constants[graph.Labels[edge]]) == 1)
                {
                    steps--;
                    break;
                }
        return steps;
    }

    private static int Chunks(int directions) => (directions + Lanes - 1) / Lanes;
}
