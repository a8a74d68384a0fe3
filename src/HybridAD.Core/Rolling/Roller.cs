using HybridAD.Graph;

namespace HybridAD.Rolling;

/// <summary>
/// Finds what repeats in a trace, and writes the function as a graph of blocks. How: docs/dev/rolling.md.
/// </summary>
public static class Roller
{
    /// <summary>So many instances make a group.</summary>
    internal const int SmallestGroup = 8;

    /// <summary>How often the division into regions is revised in the light of the groups that it gives.</summary>
    private const int MostRevisions = 3;

    /// <summary>Rolls a trace up.</summary>
    /// <param name="trace">The trace; it does not change.</param>
    /// <param name="options">What the blocks are for; derivatives if null.</param>
    /// <returns>The blocks, or the reason why there are none.</returns>
    public static RollingResult Roll(Trace trace, RollingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(trace);
        options ??= RollingOptions.ForDerivatives;
        var function = new LiveFunction(trace, options.IncludeGuards);
        var operations = function.OperationCount;
        if (operations < SmallestGroup)
            return new RollingResult(RollingOutcome.TooSmall, null, operations, 0, 0);
        var counts = new LinearCounts(function);
        var hashes = new StructuralHashes(function);
        var sums = new LinearSums(function, counts, new RowSplits(function, counts, hashes, options.SplitSums));
        var regions = new Regions(new Cones(function, sums.Required));
        var instances = new Instances(function, hashes);
        var schedule = Arrange(function, sums, regions, instances, options.LargestExpansion * operations);
        var assembly = new BlockAssembly(function, sums, instances, schedule);
        var graph = assembly.Assemble();
        var rolled = Math.Max(0, operations - assembly.RestOperationCount);
        return rolled < options.LeastShare * operations
            ? new RollingResult(RollingOutcome.TooLittleRepeats, null, operations, rolled, instances.OperationCount)
            : new RollingResult(RollingOutcome.Rolled, graph, operations, rolled, instances.OperationCount);
    }

    private static Schedule Arrange(LiveFunction function, LinearSums sums, Regions regions, Instances instances, double largestCount)
    {
        for (var revision = 0; ; revision++)
        {
            if (!instances.Encode(regions, largestCount))
            {
                regions.RepeatNothing();
                instances.Encode(regions, double.PositiveInfinity);
            }
            if (revision < MostRevisions && regions.Separate(JoinedInVain(regions, instances)))
                continue;
            var schedule = new Schedule(function, sums, instances);
            if (schedule.IsPossible)
                return schedule;
            // Cones with one result each cannot form a cycle, so what is in one was joined.
            regions.Separate(schedule.RegionsInCycles());
        }
    }

    /// <summary>Regions of several cones that do not repeat: apart, their cones may.</summary>
    private static bool[] JoinedInVain(Regions regions, Instances instances)
    {
        var inVain = new bool[regions.Count];
        for (var region = 0; region < inVain.Length; region++)
            inVain[region] = regions.Roots(region).Length > 1 && instances.Forms.RegionCount(instances.FormOf[region]) < SmallestGroup;
        return inVain;
    }
}
