using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Loops.Rewrites;
using HybridAD.Rolling.Loops.Runs;
using HybridAD.Rolling.Loops.Samples;
using HybridAD.Rolling.Loops.Units;
using HybridAD.Rolling.Loops.Widening;
using HybridAD.Simplification;

namespace HybridAD.Rolling.Loops;

/// <summary>
/// Reads loops off a recording and writes the function as blocks, with work per instance and not per operation: every body is simplified and divided once.
/// </summary>
internal static class LoopRoller
{
    /// <summary>The least share of a recording that has to be in loops.</summary>
    private const double LeastShare = 0.95;

    /// <summary>The least share that has to be in loops as it was recorded where sums make operations differ.</summary>
    private const double LeastShareOfSums = 0.5;

    /// <summary>Nodes of bodies that add to sums at least.</summary>
    private const int ShortestWithSums = 24;

    /// <summary>How many times as long as its samples a recording is at least.</summary>
    private const int LeastGain = 4;

    /// <summary>With more blocks than this it may be that instances only seem to wait for each other.</summary>
    private const int ManyBlocks = 12;

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
        if (stated is not null && Roll(trace, StatedStretches.Of(trace, stated), withAccumulations: true, mixesLiterals: false, options, simplification, stated) is { } asStated)
            return asStated;
        return RollFound(trace, options, simplification, stated, mayBeDead: true);
    }

    /// <summary>The same for loops that are found.</summary>
    /// <param name="trace">The recording.</param>
    /// <param name="options">What the blocks are for.</param>
    /// <param name="simplification">How bodies are simplified.</param>
    /// <param name="names">The loops that the code stated, for their names.</param>
    /// <param name="mayBeDead">Whether much of the recording may be needed by nothing.</param>
    private static BlockGraph? RollFound(Trace trace, RollingOptions options, SimplificationOptions simplification, StatedLoops? names, bool mayBeDead)
    {
        var stretches = LoopScan.Of(trace);
        // Coordinates and weights may be 0 or 1 here and there, which makes many shapes that differ in nothing else.
        var maybeMixed = LoopRuns.AreEnough(trace, stretches, LeastShare, Roller.SmallestGroup, shortest: 1);
        if (InOrder(trace, stretches, mixesLiterals: false, options, simplification, names) is { } graph)
            return graph;
        // Names are those of nodes, which have other numbers there.
        if (mayBeDead && LiveRecording.Of(trace) is { } live)
            return RollFound(live, options, simplification, names: null, mayBeDead: false);
        if (maybeMixed && InOrder(trace, stretches, mixesLiterals: true, options, simplification, names) is { } mixed)
            return mixed;
        // Where bodies do little but add, operations are sooner looked at one by one.
        if (!LoopRuns.AreEnough(trace, stretches, LeastShareOfSums, LoopScan.FewestPeriods, ShortestWithSums))
            return null;
        return (CommonZero.Of(trace) is { } common ? WithSums(common, LoopScan.Of(common), mixesLiterals: true, options, simplification, names) : null)
            ?? WithSums(trace, stretches, mixesLiterals: false, options, simplification, names)
            ?? (maybeMixed ? WithSums(trace, stretches, mixesLiterals: true, options, simplification, names) : null);
    }

    /// <summary>Loops of which no instance waits for another; the shortest period may be one of several terms that share operations, and then the loops around are looked at.</summary>
    private static BlockGraph? InOrder(Trace trace, Growing<Stretch> stretches, bool mixesLiterals, RollingOptions options, SimplificationOptions simplification, StatedLoops? names) =>
        Roll(trace, stretches, withAccumulations: false, mixesLiterals, options, simplification, names)
        ?? (NestedStretches.Of(trace, stretches) is { } nested ? Roll(trace, nested, withAccumulations: false, mixesLiterals, options, simplification, names) : null);

    /// <summary>Loops whose instances add to the same sums, in whatever order: here those around short ones come first.</summary>
    private static BlockGraph? WithSums(Trace trace, Growing<Stretch> stretches, bool mixesLiterals, RollingOptions options, SimplificationOptions simplification, StatedLoops? names)
    {
        return (NestedStretches.Of(trace, stretches) is { } nested ? Few(nested) : null) ?? Few(stretches);

        BlockGraph? Few(Growing<Stretch> loops) =>
            Roll(trace, loops, withAccumulations: true, mixesLiterals, options, simplification, names) is { Blocks.Length: <= ManyBlocks } sums ? sums : null;
    }

    private static BlockGraph? Roll(
        Trace trace, Growing<Stretch> stretches, bool withAccumulations, bool mixesLiterals, RollingOptions options, SimplificationOptions simplification, StatedLoops? names)
    {
        if (LoopRuns.Of(trace, stretches, LeastShare, mixesLiterals) is not { } runs)
            return null;
        var graph = Roll(trace, runs, accumulations: null, options, simplification, names);
        // Many blocks are levels of instances that wait for sums they only add to.
        if (!withAccumulations || graph?.Blocks.Length <= ManyBlocks || Accumulations.Of(trace, runs, options.IncludeGuards) is not { } accumulations)
            return graph;
        var accumulated = Roll(trace, runs, accumulations, options, simplification, names);
        return graph is null || accumulated?.Blocks.Length < graph.Blocks.Length ? accumulated : graph;
    }

    private static BlockGraph? Roll(Trace trace, LoopRuns runs, Accumulations? accumulations, RollingOptions options, SimplificationOptions simplification, StatedLoops? names)
    {
        if (LoopUnits.Of(trace, runs, options.IncludeGuards, accumulations) is not { } units || !LoopInlining.TryInline(units))
            return null;
        LoopLiveness.Mark(units);
        if (!LoopSharing.TryShare(units))
            return null;
        LoopLiveness.Mark(units);
        var widening = new BlockWidening(trace, units, names);
        var (phases, last) = (Phases(units), LastLevel(units));
        for (var level = 0; level <= last; level++)
        {
            for (var phase = LoopUnit.PhaseOf(level, isDivided: true); phase <= LoopUnit.PhaseOf(level, isDivided: false); phase++)
                if (phases[phase] is { } live
                    && (LevelSample.Of(live, options, simplification, trace.NodeCount / LeastGain) is not { } sample || !widening.TryAdd(sample)))
                    return null;
            widening.AddSums(level);
        }
        return widening.Finish(options.IncludeGuards);
    }

    /// <summary>The units that anything asks for, by phase: those that do not wait for each other together.</summary>
    private static List<LoopUnit>?[] Phases(LoopUnits units)
    {
        var phases = new List<LoopUnit>?[LoopUnit.PhaseOf(LoopLevels.Most, isDivided: false) + 1];
        foreach (var unit in units.Units)
            if (unit.IsLive)
                (phases[unit.Phase] ??= []).Add(unit);
        return phases;
    }

    /// <summary>The last level on which anything is computed.</summary>
    private static int LastLevel(LoopUnits units)
    {
        var last = 0;
        foreach (var unit in units.Units)
        {
            last = Math.Max(last, unit.Level);
            foreach (var levels in unit.SumLevels)
                foreach (var level in levels)
                    last = Math.Max(last, level);
        }
        return last;
    }
}
