using System.Collections.Immutable;

namespace HybridAD.Plans;

/// <summary>A complete elimination of a linearised graph: after the last step every edge leads from an input to an output. Immutable.</summary>
/// <param name="Steps">The steps in order, in the node ids of the trace as it was given.</param>
/// <param name="Rules">What was counted.</param>
/// <param name="Multiplications">How many multiplications the steps take under these rules.</param>
/// <param name="Additions">How many products are added to an edge that is already there.</param>
public sealed record EliminationOrder(ImmutableArray<EliminationStep> Steps, EliminationRules Rules, long Multiplications, long Additions);
