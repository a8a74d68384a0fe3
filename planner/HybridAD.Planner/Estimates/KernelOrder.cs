using HybridAD.Linearization;
using HybridAD.Planning.Candidates;
using HybridAD.Plans;

namespace HybridAD.Planning.Estimates;

/// <summary>How a kernel is differentiated.</summary>
/// <param name="Strategy">The order.</param>
/// <param name="Name">Its name.</param>
/// <param name="MultiplyAdds">Multiply-adds of one instance.</param>
/// <param name="Problem">The kernel as a problem of its own.</param>
internal sealed record KernelOrder(JacobianStrategy Strategy, string Name, long MultiplyAdds, PlanningProblem Problem)
{
    /// <summary>The order with the fewest multiply-adds: of rows in reverse, shared gradients kept, and elimination; null where none fits into the memory limit of the problem.</summary>
    public static KernelOrder? Of(PlanningProblem problem) =>
        Best(problem) is { } best ? new KernelOrder(best.Strategy!, best.Summary.Name, best.Summary.MultiplyAdds, problem) : null;

    /// <summary>The order for a whole function as a kernel, or null where every one has more multiply-adds than <paramref name="most"/>.</summary>
    public static JacobianStrategy? Of(LinearizedGraph graph, SparsityPattern pattern, JacobianPlannerOptions options, long most) =>
        Best(new PlanningProblem(graph, pattern, options with { MemoryLimit = AccumulationCost.BytesPerInstruction * most }))?.Strategy;

    private static Candidate? Best(PlanningProblem problem)
    {
        ICandidateSource[] sources = [Portfolio.ReverseRows, Portfolio.Hybrid, Portfolio.Elimination];
        Candidate? best = null;
        foreach (var source in sources)
        {
            var candidate = source.Propose(problem, forced: source == Portfolio.ReverseRows);
            if (candidate.Strategy is null || (best is not null && candidate.Summary.MultiplyAdds >= best.Summary.MultiplyAdds))
                continue;
            best = candidate;
            problem.BestSeconds = candidate.Summary.PredictedSeconds;
        }
        return best;
    }
}
