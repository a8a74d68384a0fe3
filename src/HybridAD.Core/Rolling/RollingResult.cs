using HybridAD.Blocks;

namespace HybridAD.Rolling;

/// <summary>Why there is a block graph or none.</summary>
public enum RollingOutcome
{
    /// <summary>There is one.</summary>
    Rolled,

    /// <summary>The trace has too few operations for any group of instances.</summary>
    TooSmall,

    /// <summary>Too small a share of the operations repeats.</summary>
    TooLittleRepeats,
}

/// <summary>A block graph, or the reason why there is none, and what was found.</summary>
public sealed class RollingResult
{
    internal RollingResult(RollingOutcome outcome, BlockGraph? graph, int operationCount, int rolledCount, long expandedCount)
    {
        Outcome = outcome;
        Graph = graph;
        OperationCount = operationCount;
        RolledOperationCount = rolledCount;
        ExpandedOperationCount = expandedCount;
    }

    /// <summary>Whether there is a block graph, and if not why.</summary>
    public RollingOutcome Outcome { get; }

    /// <summary>The blocks, or null.</summary>
    public BlockGraph? Graph { get; }

    /// <summary>Operations of the trace that outputs need.</summary>
    public int OperationCount { get; }

    /// <summary>How many of them are in groups of instances or in sums; an estimate where there is no graph.</summary>
    public int RolledOperationCount { get; }

    /// <summary>Operations over all instances; more than those of the trace where shared ones are repeated.</summary>
    public long ExpandedOperationCount { get; }

    /// <summary>The share of operations in groups of instances or in sums.</summary>
    public double RolledShare => OperationCount == 0 ? 0 : (double)RolledOperationCount / OperationCount;
}
