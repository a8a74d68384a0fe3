using HybridAD.Graph;
using HybridAD.Rolling.Assembly;
using HybridAD.Rolling.Nodes;
using HybridAD.Rolling.Partitions;
using HybridAD.Rolling.Revisions;
using HybridAD.Rolling.Sums;

namespace HybridAD.Rolling;

/// <summary>
/// Finds what repeats in a trace, and writes the function as a graph of blocks. How: docs/dev/rolling.md.
/// </summary>
public static class Roller
{
    /// <summary>So many instances make a group.</summary>
    internal const int SmallestGroup = 8;

    /// <summary>So many make one if each has at least <see cref="Long"/> operations.</summary>
    internal const int SmallestGroupOfLong = 4;

    /// <summary>Operations of an instance that is long.</summary>
    internal const int Long = 64;

    /// <summary>So many instances gain what it takes to compile them, however long they are.</summary>
    private const int ManyInstances = 256;

    /// <summary>Fewer operations are straight-line code in some tens of milliseconds, and then have the faster derivatives.</summary>
    private const int FewestDividedMore = 2_000;

    /// <summary>The share of the operations needed below which an estimate of what repeats is believed.</summary>
    private const double Certainty = 0.9;

    /// <summary>Whether so few instances of so many operations are better divided than compiled as they are.</summary>
    internal static bool IsTooLong(int operations, int instances, RollingOptions options) => operations >= options.LongestBody && instances < ManyInstances;

    /// <summary>Rolls a trace up.</summary>
    /// <param name="trace">The trace; it does not change.</param>
    /// <param name="options">What the blocks are for; derivatives if null.</param>
    /// <returns>The blocks, or the reason why there are none.</returns>
    public static RollingResult Roll(Trace trace, RollingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(trace);
        options ??= RollingOptions.ForDerivatives;
        var result = Roll(trace, options, out var hasMiddlingSums);
        if (result is not { Outcome: RollingOutcome.TooLittleRepeats, OperationCount: >= FewestDividedMore })
            return result;
        // Sums that others read, of as many terms as a vertex has neighbours, keep those from repeating.
        if (hasMiddlingSums && Roll(trace, options with { ShortestSum = Expressions.Middling }, out _) is { Outcome: RollingOutcome.Rolled } divided)
            return divided;
        return Roll(trace, options with { CutsLevels = true }, out _) is { Outcome: RollingOutcome.Rolled } cut ? cut : result;
    }

    private static RollingResult Roll(Trace trace, RollingOptions options, out bool hasMiddlingSums)
    {
        var scratch = Scratch.Take();
        var function = new LiveFunction(trace, options.IncludeGuards, scratch, options.ShortestSum);
        var result = Roll(function, options, scratch);
        hasMiddlingSums = function.Expressions.MiddlingCount >= SmallestGroup;
        scratch.Leave();
        return result;
    }

    private static RollingResult Roll(LiveFunction function, RollingOptions options, Scratch scratch)
    {
        var operations = function.Expressions.OperationCount;
        if (operations < SmallestGroup)
            return new RollingResult(RollingOutcome.TooSmall, null, operations, 0, 0);
        var seen = scratch.Marks(function.Trace.NodeCount);
        var sums = new LinearSums(function, new RowSplits(function, seen, options.SplitSums), options.WholeOutputs);
        var cones = new Cones(function, sums.Required);
        if (options.CutsLevels)
        {
            if (LevelCuts.Require(cones, sums.Required) < SmallestGroup)
                return new RollingResult(RollingOutcome.TooLittleRepeats, null, operations, 0, operations);
            cones = new Cones(function, sums.Required);
        }
        var believed = Certainty * options.LeastShare * operations;
        // Where nothing is computed twice, more can be alike than the shapes, which have cheap shared operations in them, show.
        if (options.LargestExpansion > 1 && !options.CutsLevels && LikelyRepeats.Count(cones, believed) is var likely && likely < believed)
            return new RollingResult(RollingOutcome.TooLittleRepeats, null, operations, (int)likely, operations);
        var runs = new TermRuns(function, sums, seen);
        var division = new Division(cones, sums, runs, seen, options.LargestExpansion * operations, options);
        var schedule = division.Arrange();
        var instances = division.Instances;
        if (operations - instances.UngroupedCount < options.LeastShare * operations)
            return new RollingResult(RollingOutcome.TooLittleRepeats, null, operations, (int)(operations - instances.UngroupedCount), instances.OperationCount);
        var order = new StepOrder(schedule, instances, scratch.Ints);
        if (order.FindScattered(schedule, instances) is { } scattered)
        {
            schedule = new Schedule(function, sums, instances, scattered);
            order = new StepOrder(schedule, instances, scratch.Ints);
        }
        var assembly = new BlockAssembly(function, sums, runs, instances, schedule, order, seen);
        var graph = assembly.Assemble();
        var rolled = (int)Math.Max(0, operations - assembly.UngroupedCount);
        return rolled < options.LeastShare * operations
            ? new RollingResult(RollingOutcome.TooLittleRepeats, null, operations, rolled, instances.OperationCount)
            : new RollingResult(RollingOutcome.Rolled, graph, operations, rolled, instances.OperationCount);
    }
}
