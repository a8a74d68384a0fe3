using HybridAD.Graph;

namespace HybridAD.Sparsity;

/// <summary>
/// Where the adjoints of all rows go when each row is differentiated in reverse, worked out on the trace as it was recorded, in passes over its nodes and without a graph.
/// What only one row depends on is visited once, and so one pass over the trace serves the own operations of all rows; what several rows share is listed once for each of
/// them. Immutable.
/// </summary>
/// <remarks>
/// The pass visits own operations from the last to the first, then <see cref="SharedVisits"/> in order. Operands that are own operations hold their adjoint themselves;
/// for every operand that is an input or shared, and whose partial derivative is not structurally zero, the next number of <see cref="Targets"/> says where the product
/// goes: to that entry of the Jacobian, or, as a complement, to that visit of a shared operation.
/// </remarks>
internal sealed class RowVisits
{
    /// <summary>The seed of a row that is a literal.</summary>
    public const int NoSeed = int.MinValue;

    internal RowVisits(Trace trace, SparsityPattern pattern, int[] owners, int[] targets, int[] sharedVisits, int[] seeds, long edgeCount)
    {
        Trace = trace;
        Pattern = pattern;
        Owners = owners;
        Targets = targets;
        SharedVisits = sharedVisits;
        Seeds = seeds;
        EdgeCount = edgeCount;
    }

    /// <summary>The same with another object for the pattern, which has the same entries.</summary>
    public RowVisits With(SparsityPattern pattern) => new(Trace, pattern, Owners, Targets, SharedVisits, Seeds, EdgeCount);

    /// <summary>The function.</summary>
    public Trace Trace { get; }

    /// <summary>The structural nonzeros, and the positions that were declared.</summary>
    public SparsityPattern Pattern { get; }

    /// <summary>For every node 1 + the row it belongs to, less than 0 if it is shared, or 0 where no derivative comes to.</summary>
    public int[] Owners { get; }

    /// <summary>Where products go, in the order of the pass.</summary>
    public int[] Targets { get; }

    /// <summary>Shared operations, row by row, from the last to the first in each.</summary>
    public int[] SharedVisits { get; }

    /// <summary>Where the derivative of a row to itself goes, if its output is not an own operation: an entry, as a complement a visit, or <see cref="NoSeed"/>.</summary>
    public int[] Seeds { get; }

    /// <summary>Edges that are followed.</summary>
    public long EdgeCount { get; }

    /// <summary>Bytes that an evaluation works on: these arrays, a value and an adjoint for each node, and an adjoint for each visit of a shared one.</summary>
    public long WorkingBytes => sizeof(int) * ((long)Owners.Length + Targets.Length + SharedVisits.Length + Seeds.Length)
        + sizeof(double) * (2L * Trace.NodeCount + SharedVisits.Length);
}
