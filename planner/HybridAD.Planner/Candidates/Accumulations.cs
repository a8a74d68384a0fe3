using System.Collections.Immutable;
using HybridAD.Elimination;
using HybridAD.Planning.Estimates;
using HybridAD.Planning.Sharing;
using HybridAD.Plans;

namespace HybridAD.Planning.Candidates;

internal static partial class Portfolio
{
    public static readonly ICandidateSource ReverseRows = Register(new ReverseRows());
    public static readonly ICandidateSource SparseForward = Register(new SparseForward());
    public static readonly ICandidateSource Hybrid = Register(new Hybrid());
}

/// <summary>Every row in reverse, over its own operations only.</summary>
internal sealed class ReverseRows : ICandidateSource
{
    private const long CountingBudget = 100_000_000;

    public string Name => "reverse-rows";

    public JacobianMode Mode => JacobianMode.ReverseRows;

    public int Rank => 0;

    public Candidate Propose(PlanningProblem problem, bool forced)
    {
        var budget = AccumulationCost.Budget(problem, forced);
        if (!forced && problem.Sharing.RowWork > budget && problem.Sharing.CountRowsExactly(CountingBudget) && problem.Sharing.RowWork > 2 * budget)
            return AccumulationCost.TooLong(Name, problem, budget);
        var program = problem.RowProgram(budget);
        return program is null
            ? AccumulationCost.TooLong(Name, problem, budget)
            : AccumulationCost.Candidate(Name, problem, program, new AccumulationStrategy([]));
    }
}

/// <summary>Every operation carries its sparse gradient.</summary>
internal sealed class SparseForward : ICandidateSource
{
    /// <summary>On larger graphs the hybrid, which keeps a gradient wherever that pays, stands for this one too.</summary>
    private const int LargestGraph = 20_000;

    public string Name => "sparse-forward";

    public JacobianMode Mode => JacobianMode.SparseForward;

    public int Rank => 4;

    public Candidate Propose(PlanningProblem problem, bool forced)
    {
        if (!forced && problem.Sharing.Count == 0)
            return Candidate.GivenUp(Name, double.PositiveInfinity, problem.NonemptyRows, "no operation serves two outputs: rows in reverse do the same with less");
        if (!forced && problem.Graph.EdgeCount > LargestGraph)
            return Candidate.GivenUp(Name, double.PositiveInfinity, problem.NonemptyRows, "not worked out for a graph of this size: hybrid keeps every gradient that pays");
        var budget = AccumulationCost.Budget(problem, forced);
        var nodes = ImmutableArray.CreateBuilder<int>();
        for (var node = problem.Graph.Trace.InputCount; node < problem.Graph.Trace.NodeCount; node++)
            if (problem.Graph.IsActive(node))
                nodes.Add(node);
        var strategy = new AccumulationStrategy(nodes.ToImmutable());
        var program = AccumulationBuilder.Build(problem.Graph, problem.Pattern, strategy.KeptNodes.AsSpan(), budget);
        return program is null ? AccumulationCost.TooLong(Name, problem, budget) : AccumulationCost.Candidate(Name, problem, program, strategy);
    }
}

/// <summary>
/// Rows in reverse, with shared operations keeping their sparse gradient where that is cheaper; decided for each group of outputs that shares operations.
/// </summary>
internal sealed class Hybrid : ICandidateSource
{
    public string Name => "hybrid";

    public JacobianMode Mode => JacobianMode.Hybrid;

    public int Rank => 3;

    public Candidate Propose(PlanningProblem problem, bool forced)
    {
        var kept = problem.Sharing.Count == 0 ? [] : GradientKeeping.Choose(problem.Graph, problem.Sharing);
        if (!forced && kept.IsEmpty)
            return Candidate.GivenUp(Name, double.PositiveInfinity, problem.NonemptyRows, "no shared operation is worth keeping: same as reverse-rows");
        var budget = AccumulationCost.Budget(problem, forced);
        var program = AccumulationBuilder.Build(problem.Graph, problem.Pattern, kept.AsSpan(), budget);
        if (program is null)
            return AccumulationCost.TooLong(Name, problem, budget);
        var fewer = KeptWhereItPays(problem, kept, program);
        if (fewer.Length < kept.Length && AccumulationBuilder.Build(problem.Graph, problem.Pattern, fewer.AsSpan(), budget) is { } better
            && better.InstructionCount < program.InstructionCount)
            (kept, program) = (fewer, better);
        return AccumulationCost.Candidate(Name, problem, program, new AccumulationStrategy(kept));
    }

    /// <summary>Leaves out the groups of outputs for which rows in reverse take no more instructions.</summary>
    private static ImmutableArray<int> KeptWhereItPays(PlanningProblem problem, ImmutableArray<int> kept, AccumulationProgram program)
    {
        var plain = problem.RowProgram(AccumulationCost.Budget(problem, forced: false));
        if (plain is null)
            return kept;
        var gain = new long[problem.Sharing.GroupCount];
        for (var row = 0; row < problem.Sharing.GroupOfRow.Length; row++)
            gain[problem.Sharing.GroupOfRow[row]] += plain.RowInstructions[row] - program.RowInstructions[row];
        foreach (var (node, instructions) in program.KeptInstructions)
            gain[problem.Sharing.GroupOf(node)] -= instructions;
        var fewer = ImmutableArray.CreateBuilder<int>(kept.Length);
        foreach (var node in kept)
            if (gain[problem.Sharing.GroupOf(node)] > 0)
                fewer.Add(node);
        return fewer.ToImmutable();
    }
}
