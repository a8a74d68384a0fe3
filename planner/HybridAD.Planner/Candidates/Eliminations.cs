using System.Collections.Immutable;
using HybridAD.Elimination;
using HybridAD.Planning.Elimination;
using HybridAD.Planning.Elimination.Executed;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;

namespace HybridAD.Planning.Candidates;

internal static partial class Portfolio
{
    public static readonly ICandidateSource Elimination = Register(new Eliminations());
}

/// <summary>
/// Vertices and edges of the linearised graph are eliminated in an order that is searched for every group of outputs that share operations; groups that
/// repeat a kernel are searched once.
/// </summary>
internal sealed class Eliminations : ICandidateSource
{
    /// <summary>The search keeps matrices over the vertices of a group.</summary>
    private const int LargestBlock = 400;

    /// <summary>Writing and pricing a program takes about as long as a few hundred evaluations.</summary>
    private const int LargestGraph = 100_000;

    /// <summary>Seconds of search where the mode is asked for.</summary>
    private const double ForcedSearchSeconds = 0.004;

    /// <summary>What it takes to take a block out of the graph and to write its program, whatever the order; measured on the .nl timing set.</summary>
    private const double SecondsPerOperation = 2e-6;

    /// <summary>Steps that are compiled for an operation: its value and its part in the entries.</summary>
    private const int StepsPerOperation = 3;

    /// <summary>Into how many parts the time of compiling is divided, of which one may be searched.</summary>
    private const double SearchedPart = 6;

    private const double SecondsPerProduct = 10e-9;

    public string Name => "elimination";

    public JacobianMode Mode => JacobianMode.Elimination;

    public int Rank => 5;

    public Candidate Propose(PlanningProblem problem, bool forced)
    {
        if (!forced && problem.Sharing.Count == 0)
            return Candidate.GivenUp(Name, double.PositiveInfinity, problem.NonemptyRows, "no operation serves two outputs: rows in reverse do the same");
        if (!forced && problem.Graph.EdgeCount > LargestGraph)
            return Candidate.GivenUp(Name, double.PositiveInfinity, problem.NonemptyRows, $"not worked out for a graph of {problem.Graph.EdgeCount:N0} edges");
        var groups = OperationsOfGroups(problem);
        var widest = 0;
        foreach (var group in groups)
            widest = Math.Max(widest, group.Count);
        if (!forced && widest > LargestBlock)
            return Candidate.GivenUp(Name, double.PositiveInfinity, problem.NonemptyRows,
                $"{widest:N0} operations are tied together; orders are searched up to {LargestBlock:N0}");
        var least = AccumulationCost.Seconds(problem, 0);
        if (!forced && least >= problem.BestSeconds)
            return Candidate.GivenUp(Name, least, problem.NonemptyRows, "writing the entries alone takes as long");
        var best = Math.Min(problem.BestSeconds, SweepCost.UpperBound(problem));
        var worth = Math.Min(JacobianPlannerOptions.PlanningShare * problem.Options.Evaluations * (best - least), problem.MostSearchSeconds);
        var writing = SecondsPerOperation * problem.ActiveOperations;
        if (!forced && problem.Options.SearchSeconds is null && worth < writing)
            return Candidate.GivenUp(Name, double.PositiveInfinity, problem.NonemptyRows,
                $"working it out takes more than {JacobianPlannerOptions.PlanningShare:P0} of what it may save in {problem.Options.Evaluations:N0} evaluations");
        var budget = AccumulationCost.Budget(problem, forced);
        var search = problem.Options.SearchSeconds ?? Math.Max(forced ? ForcedSearchSeconds : CompilingSeconds(problem), worth - writing);
        var steps = Steps(problem, groups, (long)Math.Min(search / SecondsPerProduct, long.MaxValue / 2));
        if (EliminationBuilder.Build(problem.Graph, problem.Pattern, steps.AsSpan(), budget) is not { } program)
            return AccumulationCost.TooLong(Name, problem, budget);
        return AccumulationCost.Candidate(Name, problem, program, new EliminationStrategy(steps));
    }

    /// <summary>Where it is said that compiling pays, looking for what is compiled may take a part of what compiling it takes: later a better order is rarely found.</summary>
    private static double CompilingSeconds(PlanningProblem problem) => problem.Options.Engine != Engine.Compiled
        ? 0
        : 1e-9 * (problem.Profile.CompiledKernel + problem.Profile.CompiledStep / SearchedPart * StepsPerOperation * problem.ActiveOperations);

    private static List<int>[] OperationsOfGroups(PlanningProblem problem)
    {
        var groups = new List<int>[problem.Sharing.GroupCount];
        for (var group = 0; group < groups.Length; group++)
            groups[group] = [];
        for (var node = problem.Graph.Trace.InputCount; node < problem.Graph.Trace.NodeCount; node++)
            if (problem.Graph.IsActive(node))
                groups[problem.Sharing.GroupOf(node)].Add(node);
        return groups;
    }

    private static ImmutableArray<EliminationStep> Steps(PlanningProblem problem, List<int>[] groups, long work)
    {
        var trace = problem.Graph.Trace;
        var isOutput = new bool[trace.NodeCount];
        foreach (var output in trace.Outputs)
            isOutput[output] = true;
        var primal = new Dictionary<int, (int, int)>();
        foreach (var (left, right, node) in PrimalProducts.Of(problem.Graph))
            primal.Add(node, (left, right));
        var isTied = new bool[groups.Length];
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (problem.Graph.IsActive(node) && problem.Sharing.IsShared(node))
                isTied[problem.Sharing.GroupOf(node)] = true;
        var found = new Dictionary<UInt128, uint[]>();
        var steps = ImmutableArray.CreateBuilder<EliminationStep>();
        for (var k = 0; k < groups.Length; k++)
        {
            var operations = groups[k];
            if (!isTied[k] || operations.Count > LargestBlock)
            {
                // One output, or too many operations to search: from the outputs to the inputs.
                for (var at = operations.Count - 1; at >= 0; at--)
                    steps.Add(EliminationStep.Vertex(operations[at]));
                continue;
            }
            var block = EliminationBlock.Of(problem.Graph, operations, isOutput, primal);
            if (!found.TryGetValue(block.Signature, out var order))
                found.Add(block.Signature, order = InstructionSearch.Best(block, work * operations.Count / problem.ActiveOperations));
            foreach (var step in order)
                steps.Add(MultiplicationPlanner.Traced(block.Graph, step));
        }
        return steps.ToImmutable();
    }
}
