using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Simplification;

namespace HybridAD.Rolling.Loops;

/// <summary>
/// Reads loops off a recording and writes the function as blocks, with work per instance and not per operation: every body is simplified and divided once.
/// </summary>
internal static class LoopRoller
{
    /// <summary>The least share of a recording that has to be in loops.</summary>
    private const double LeastShare = 0.95;

    /// <summary>How many times as long as its samples a recording is at least.</summary>
    private const int LeastGain = 4;

    /// <summary>The blocks of a function as it was recorded, or null where it does not consist of loops that blocks can be made of.</summary>
    /// <param name="trace">The recording, not simplified.</param>
    /// <param name="options">What the blocks are for.</param>
    /// <param name="simplification">How bodies are simplified.</param>
    /// <param name="stated">The loops that the code stated, which need not be looked for; null where it states none.</param>
    public static BlockGraph? Roll(Trace trace, RollingOptions options, SimplificationOptions simplification, StatedLoops? stated)
    {
        // What guards depend on is simplified less, which must not show in the pattern.
        if (!trace.Guards.IsEmpty && !options.IncludeGuards && !KeptDependences.AreAll(trace))
            return null;
        if (stated is not null && Roll(trace, StatedStretches.Of(trace, stated), options, simplification, stated) is { } asStated)
            return asStated;
        var stretches = LoopScan.Of(trace);
        return Roll(trace, stretches, options, simplification, stated)
            ?? (NestedStretches.Of(trace, stretches) is { } nested ? Roll(trace, nested, options, simplification, stated) : null);
    }

    private static BlockGraph? Roll(Trace trace, Growing<Stretch> stretches, RollingOptions options, SimplificationOptions simplification, StatedLoops? names)
    {
        if (LoopRuns.Of(trace, stretches, LeastShare) is not { } runs || LoopUnits.Of(trace, runs, options.IncludeGuards) is not { } units)
            return null;
        if (!LoopInlining.TryInline(units))
            return null;
        LoopLiveness.Mark(units);
        if (!LoopSharing.TryShare(units))
            return null;
        LoopLiveness.Mark(units);
        var widening = new BlockWidening(trace, units, names);
        foreach (var level in units.Units.Where(static unit => unit.IsLive).GroupBy(static unit => unit.Phase).OrderBy(static group => group.Key))
            if (LevelSample.Of(level, options, simplification, trace.NodeCount / LeastGain) is not { } sample || !widening.TryAdd(sample))
                return null;
        return widening.Finish(options.IncludeGuards);
    }
}
