using HybridAD.Graph;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Primitives;
using HybridAD.Sparsity;

namespace HybridAD.Planning.Candidates;

/// <summary>
/// Rows in reverse on the trace as it was recorded, in one pass over it: slower for each evaluation than on the simplified function, and ready at once. It is enough while all
/// evaluations together take no longer than simplifying and linearising would.
/// </summary>
internal static class VisitedRows
{
    /// <summary>What simplifying, linearising and scheduling take for every node, and for the smallest function; measured on the .nl timing set.</summary>
    private const double PreparingSecondsPerNode = 80e-9;
    private const double LeastPreparingSeconds = 50e-6;

    /// <summary>What following an edge takes of what it takes where rows are walked over one by one and their operations looked for.</summary>
    private const double EdgeShare = 0.25;

    public const string WhyAlone = "not worked out: making the function ready for it takes longer than all evaluations";

    /// <summary>The candidate, if it is enough; otherwise null.</summary>
    public static PlanCandidate? IfEnough(RowVisits visits, JacobianPlannerOptions options)
    {
        var preparing = LeastPreparingSeconds + PreparingSecondsPerNode * visits.Trace.NodeCount;
        var seconds = WorkOf(visits).Seconds(options.Profile);
        if (options.Evaluations * seconds > preparing || visits.WorkingBytes > options.MemoryLimit)
            return null;
        return new PlanCandidate
        {
            Name = Portfolio.ReverseRows.Name,
            PredictedSeconds = seconds,
            MultiplyAdds = visits.EdgeCount,
            MemoryBytes = visits.WorkingBytes,
            Sweeps = 0,
            Directions = NonemptyRows(visits.Pattern),
        };
    }

    private static Work WorkOf(RowVisits visits)
    {
        var trace = visits.Trace;
        var work = new Work().Add(Price.Evaluation, 1).Add(Price.WalkedEdge, EdgeShare * visits.EdgeCount).Add(Price.EntryCopy, visits.Pattern.NonzeroCount);
        Span<int> counts = stackalloc int[256];
        foreach (var operation in trace.Operations[trace.InputCount..])
            counts[operation]++;
        for (var operation = Op.Constant + 1; operation < counts.Length; operation++)
        {
            if (counts[operation] == 0)
                continue;
            var primitive = Primitive.Of((byte)operation);
            work.Add(Price.For(CostEngine.Value, primitive.ValueCost), counts[operation]);
            if (primitive.FormOf(0) == PartialForm.Computed)
                work.Add(Price.For(CostEngine.Partial, primitive.PartialCost), counts[operation]);
        }
        return work;
    }

    private static int NonemptyRows(SparsityPattern pattern)
    {
        var count = 0;
        for (var row = 0; row < pattern.RowCount; row++)
            count += pattern.Row(row).IsEmpty ? 0 : 1;
        return count;
    }
}
