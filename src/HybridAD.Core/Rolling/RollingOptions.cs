using HybridAD.Rolling.Nodes;
using HybridAD.Rolling.Revisions;

namespace HybridAD.Rolling;

/// <summary>What a block graph is for.</summary>
public sealed record RollingOptions
{
    /// <summary>For derivatives: sums at the ends of rows are split into their terms.</summary>
    public static RollingOptions ForDerivatives { get; } = new();

    /// <summary>For values: rows that repeat stay whole, so that their sums are added in the order of the trace.</summary>
    public static RollingOptions ForValues { get; } = new() { SplitSums = false, LongestBody = 8192 };

    /// <summary>
    /// Whether the sums at the ends of rows are split into terms where that makes the Jacobian cheaper. Otherwise only rows that do not repeat as a whole are
    /// split. Sums of many terms are split always.
    /// </summary>
    public bool SplitSums { get; init; } = true;

    /// <summary>Whether the nodes of the trace's guards are outputs too, after the trace's own.</summary>
    public bool IncludeGuards { get; init; }

    /// <summary>Terms of the sums that are split wherever they are.</summary>
    internal int ShortestSum { get; init; } = Expressions.Long;

    /// <summary>
    /// Operations of an instance from which on it is divided, if it has parts that repeat and there are few of its kind: compiling it would take a second. The derivatives of an operation take several
    /// times as long as the operation.
    /// </summary>
    internal int LongestBody { get; init; } = 2048;

    /// <summary>Whether what could be computed before the rest of a cone is a cone of its own, see <see cref="LevelCuts"/>.</summary>
    internal bool CutsLevels { get; init; }

    /// <summary>The outputs whose rows are not split, because others read them; null for none.</summary>
    internal bool[]? WholeOutputs { get; init; }

    /// <summary>
    /// How many times as many operations as the trace the instances may have together. Cheap shared operations are repeated in every instance that needs them.
    /// </summary>
    public double LargestExpansion { get; init; } = 2;

    /// <summary>The least share of operations that has to be in groups of instances or in sums; with less a block graph has no advantage.</summary>
    public double LeastShare { get; init; } = 0.5;
}
