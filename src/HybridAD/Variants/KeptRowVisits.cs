using HybridAD.Graph;
using HybridAD.Simplification;
using HybridAD.Sparsity;

namespace HybridAD.Variants;

/// <summary>The rows of a Jacobian on the trace as it was recorded, kept only as long as something uses them: made again when needed, they are there in no time.</summary>
/// <param name="trace">The trace.</param>
/// <param name="declared">Positions that are listed in any case; null for none.</param>
internal sealed class KeptRowVisits(Trace trace, SparsityPattern? declared)
{
    /// <summary>
    /// Edges that may be followed again for what rows share: for every operation, for the smallest function, and in all. Each is listed and followed in some 40 ns, and making
    /// other ways ready takes more than 1 µs for every operation.
    /// </summary>
    private const int MostSharedEdgesPerOperation = 16;
    private const int MostSharedEdgesOfFew = 10_000;
    private const long MostSharedEdges = 20_000_000;

    private WeakReference<RowVisits>? _visits;
    private bool _areNone;

    /// <summary>The rows; null where they share too much, or where simplification may change the pattern.</summary>
    public RowVisits? Visits
    {
        get
        {
            lock (this)
            {
                if (_areNone)
                    return null;
                if (_visits is not null && _visits.TryGetTarget(out var visits))
                    return visits;
                return Keep(KeptDependences.AreAll(trace) ? RowVisitsBuilder.Build(trace, declared, Budget) : null);
            }
        }
    }

    /// <summary>The rows with a pattern that may have been found in another way, so that who compares patterns finds one object; null where they have other entries.</summary>
    public RowVisits? With(SparsityPattern pattern)
    {
        lock (this)
        {
            if (Visits is not { } visits || !visits.Pattern.HasEntriesOf(pattern))
                return null;
            return ReferenceEquals(visits.Pattern, pattern) ? visits : Keep(visits.With(pattern));
        }
    }

    private RowVisits? Keep(RowVisits? visits)
    {
        _areNone = visits is null;
        _visits = visits is null ? null : new(visits);
        return visits;
    }

    private long Budget => Math.Min(MostSharedEdges, MostSharedEdgesOfFew + ((long)MostSharedEdgesPerOperation * trace.OperationCount));
}
