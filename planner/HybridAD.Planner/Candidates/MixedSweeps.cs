using System.Collections.Immutable;
using HybridAD.Planning.Chains;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Planning.Waists;
using HybridAD.Plans;

namespace HybridAD.Planning.Candidates;

internal static partial class Portfolio
{
    public static readonly ICandidateSource Mixed = Register(new MixedSweeps());
}

/// <summary>
/// The graph is cut at its narrow waists into a chain of stages, and the Jacobian is made of theirs in the cheapest way: with one waist of k nodes, k directions
/// in reverse below it, k forward above it, and a product of m × k by k × n, instead of n or m directions through everything.
/// </summary>
internal sealed class MixedSweeps : ICandidateSource
{
    /// <summary>Whatever passes a waist reaches all that lies behind it: a sparser Jacobian has none that matters.</summary>
    private const double SparseShare = 0.1;

    /// <summary>With fewer inputs or outputs than this, plain sweeps carry all directions at once.</summary>
    private const int NarrowestShape = 16;

    /// <summary>Wider cuts gain little over plain sweeps.</summary>
    private const int WidestCut = 64;

    /// <summary>Looking for cuts walks the graph once for every node of them; it may take as long as this many evaluations without them, or a fifth of a second.</summary>
    private const double WorthEvaluations = 4;

    private const double LongestSearchSeconds = 0.2;

    private const double SecondsPerEdge = 20e-9;

    public string Name => "mixed";

    public JacobianMode Mode => JacobianMode.Mixed;

    public int Rank => -1;

    public Candidate Propose(PlanningProblem problem, bool forced)
    {
        var shorter = Math.Min(problem.NonemptyColumns, problem.NonemptyRows);
        if (!forced && (problem.Pattern.NonzeroCount < SparseShare * problem.NonemptyColumns * problem.NonemptyRows || shorter < NarrowestShape))
            return Candidate.GivenUp(Name, double.PositiveInfinity, shorter, "a Jacobian this sparse or small is cheaper as a whole than as a product");
        var walks = Math.Min(LongestSearchSeconds, WorthEvaluations * SweepCost.UpperBound(problem)) / (SecondsPerEdge * (problem.Graph.EdgeCount + problem.ActiveOperations));
        var widest = (int)Math.Min(Math.Min(WidestCut, shorter / 2), walks);
        var stages = StageSearch.Find(problem.Graph, widest, walks);
        var prices = new StagePrices(stages, problem.Pattern, problem.Profile);
        var product = JacobianChain.Plan(prices).Plan;
        if (!forced && product.Way is ChainWay.Forward or ChainWay.Reverse)
            return Candidate.GivenUp(Name, double.PositiveInfinity, shorter, stages.Count == 1
                ? $"no waist was found through which {shorter:N0} rows or columns could be led with less"
                : $"none of the {stages.Count:N0} stages is worth a product of its own");
        return Propose(problem, stages, prices, product);
    }

    private Candidate Propose(PlanningProblem problem, StageGraph stages, StagePrices prices, ChainStep product)
    {
        var (forward, reverse, sweeps) = prices.Directions(product);
        var width = SweepWidth.For(Math.Max(forward, reverse));
        var work = prices.WorkOf(product).Add(problem.CommonWork).Add(Price.EntryCopy, problem.Pattern.NonzeroCount);
        return new Candidate(new PlanCandidate
        {
            Name = Name,
            PredictedSeconds = work.Seconds(problem.Profile),
            MultiplyAdds = (long)prices.MultiplyAdds(product),
            MemoryBytes = WorkingMemory.OfSweeps(problem, width) + (long)(sizeof(double) * prices.MatrixNumbers(product)),
            Sweeps = sweeps,
            Directions = forward + reverse,
            ReverseDirections = reverse,
        }, WithCutsInUse(stages, product), work);
    }

    /// <summary>The plan with the cuts at which it splits and no others.</summary>
    private static ChainStrategy WithCutsInUse(StageGraph stages, ChainStep product)
    {
        var isUsed = new bool[stages.Cuts.Length];
        Mark(product);
        // Stages between two used cuts become one.
        var numbers = new int[stages.Count];
        for (var stage = 1; stage < numbers.Length; stage++)
            numbers[stage] = numbers[stage - 1] + (isUsed[stage - 1] ? 1 : 0);
        return new ChainStrategy([.. stages.Cuts.Where((_, cut) => isUsed[cut])], Renumbered(product)!);

        void Mark(ChainStep? step)
        {
            if (step is null)
                return;
            if (step.Split < step.Last)
                isUsed[step.Split] = true;
            Mark(step.Early);
            Mark(step.Late);
        }

        ChainStep? Renumbered(ChainStep? step) => step is null ? null
            : new ChainStep(numbers[step.First], numbers[step.Last], step.Way, numbers[step.Split], Renumbered(step.Early), Renumbered(step.Late));
    }
}
