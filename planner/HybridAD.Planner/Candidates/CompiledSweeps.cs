using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning.Costs;
using HybridAD.Plans;
using HybridAD.Rolling;

namespace HybridAD.Planning.Candidates;

/// <summary>
/// Sweeps over the whole function with labels from compiled code: what is left where nothing repeats and rows as straight-line code would be many times as long as
/// the function, of which every step has to be compiled.
/// </summary>
internal static class CompiledSweeps
{
    private static readonly ICandidateSource[] Sources = [Portfolio.Forward, Portfolio.Reverse, Portfolio.ForwardColored, Portfolio.ReverseColored];

    /// <summary>Whether nothing is won by them, since compiling rows takes too little for that: other ways then need not be worked out.</summary>
    /// <param name="problem">The function.</param>
    /// <param name="seconds">What an evaluation of rows takes, with its share of compiling.</param>
    public static bool MustLose(PlanningProblem problem, double seconds)
    {
        var profile = problem.Profile;
        return seconds <= 1e-9 * (profile.Evaluation + profile.Sweep + profile.SweepNode * problem.ActiveOperations + profile.EntryExtract * problem.Pattern.NonzeroCount);
    }

    /// <summary>The candidate with the cheapest directions; null where the function cannot be compiled operation by operation.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="problem">The function.</param>
    /// <param name="otherwise">What runs where compiled code does not; null for the same sweeps.</param>
    public static Candidate? Of(string name, PlanningProblem problem, JacobianStrategy? otherwise)
    {
        if (!FunctionBlocks.CanBeStraightLine(StepLowering.Apply(problem.Graph.Trace)) || Best(problem) is not { Strategy: SweepStrategy sweep } best)
            return null;
        var (graph, profile) = (problem.Graph, problem.Profile);
        var operations = LabelOperations.Of(graph);
        var labels = Labels(graph);
        var work = new Work().Add(best.Work!).Add(problem.CommonWork, -1).Add(Price.Evaluation, 1).Add(Price.BlockStep, 1).Add(Price.StraightStep, labels);
        operations.AddTo(work);
        if (!graph.Trace.Guards.IsEmpty)
            work.Add(Price.StraightStep, graph.Trace.OperationCount);
        return new Candidate(best.Summary with
        {
            Name = name,
            PredictedSeconds = work.Seconds(profile),
            SetupSeconds = 1e-9 * (profile.RolledOperation * graph.Trace.NodeCount + profile.CompiledKernel + profile.CompiledStep * operations.Count),
            Lost = null,
        }, new BlockStrategy([sweep], otherwise ?? sweep, BlockComposition.Sweeps), work);
    }

    /// <summary>The cheapest sweeps, values and partial derivatives interpreted.</summary>
    private static Candidate? Best(PlanningProblem problem)
    {
        Candidate? best = null;
        // What is interpreted does not have to be beaten as a whole here.
        var known = problem.BestSeconds;
        problem.BestSeconds = double.PositiveInfinity;
        foreach (var source in Sources)
        {
            var candidate = WorkingMemory.Fitted(problem, source.Propose(problem, forced: false));
            if (candidate.Strategy is not null && candidate.Summary.MemoryBytes <= problem.Options.MemoryLimit && candidate.Summary.PredictedSeconds < problem.BestSeconds)
                (best, problem.BestSeconds) = (candidate, candidate.Summary.PredictedSeconds);
        }
        problem.BestSeconds = known;
        return best;
    }

    /// <summary>Labels that depend on the point, each of which is stored once.</summary>
    private static int Labels(LinearizedGraph graph)
    {
        var isValue = new bool[graph.Trace.NodeCount];
        for (var edge = 0; edge < graph.EdgeCount; edge++)
            if (graph.Kinds[edge] == LabelKind.NodeValue)
                isValue[graph.Labels[edge]] = true;
        return graph.ComputedPartials.Length + isValue.AsSpan().Count(true);
    }

    /// <summary>Whether most of a function is computed once: then rows are straight-line code.</summary>
    public static bool IsMostlyStraight(BlockGraph blocks)
    {
        var (straight, repeated) = (0L, 0L);
        foreach (var block in blocks.Blocks)
            if (block is KernelBlock kernel && kernel.InstanceCount == 1)
                straight += kernel.Kernel.OperationCount;
            else
                repeated += block is KernelBlock many ? (long)many.InstanceCount * many.Kernel.OperationCount : ((LinearBlock)block).Slots.Length;
        return straight >= repeated;
    }
}
