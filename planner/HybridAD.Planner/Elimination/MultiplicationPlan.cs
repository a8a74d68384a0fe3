using System.Collections.Immutable;
using HybridAD.Plans;

namespace HybridAD.Planning.Elimination;

/// <summary>What a search for the fewest multiplications found. Immutable.</summary>
public sealed record MultiplicationPlan
{
    /// <summary>Name of the chosen candidate.</summary>
    public required string Chosen { get; init; }

    /// <summary>Every candidate, the fewest multiplications first.</summary>
    public required ImmutableArray<MultiplicationCandidate> Candidates { get; init; }

    /// <summary>The chosen order; null only where the graph is too large for every candidate.</summary>
    public required EliminationOrder? Order { get; init; }

    /// <summary>
    /// No elimination of whole vertices takes fewer multiplications; null where none is known but 0 (rules other than
    /// <see cref="EliminationRules.All"/>, very large graphs). Edge eliminations may go below it.
    /// </summary>
    public required long? LowerBound { get; init; }

    /// <summary>Whether the order meets the lower bound, so that no order of vertices is better.</summary>
    public required bool ProvenOptimal { get; init; }

    /// <summary>One sentence on how far the result is proven or searched.</summary>
    public required string Note { get; init; }

    /// <summary>What was counted.</summary>
    public required EliminationRules Rules { get; init; }

    /// <summary>Number of inputs n.</summary>
    public required int InputCount { get; init; }

    /// <summary>Number of outputs m.</summary>
    public required int OutputCount { get; init; }

    /// <summary>Operations of the trace, literal arithmetic included.</summary>
    public required int OperationCount { get; init; }

    /// <summary>Orders tried by the search after the portfolio.</summary>
    public required long Moves { get; init; }

    /// <summary>Seconds until the portfolio was done.</summary>
    public required double PortfolioSeconds { get; init; }

    /// <summary>Seconds in all.</summary>
    public required double PlanSeconds { get; init; }
}

/// <summary>One order that was counted.</summary>
/// <param name="Name">Which order.</param>
/// <param name="Multiplications">What it costs; where it was given up, more than this.</param>
/// <param name="Additions">Products added to an edge that is already there.</param>
/// <param name="Lost">Why it lost, or null for the chosen one.</param>
public sealed record MultiplicationCandidate(string Name, long Multiplications, long Additions, string? Lost);
