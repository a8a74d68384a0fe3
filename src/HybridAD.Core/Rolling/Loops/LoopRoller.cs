using HybridAD.Blocks;
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
    public static BlockGraph? Roll(Trace trace, RollingOptions options, SimplificationOptions simplification)
    {
        if (!trace.Guards.IsEmpty || LoopRuns.Of(trace, LeastShare) is not { } runs || LoopUnits.Of(trace, runs) is not { } units)
            return null;
        if (!LoopInlining.TryInline(units))
            return null;
        LoopLiveness.Mark(units);
        if (!LoopSharing.TryShare(units))
            return null;
        LoopLiveness.Mark(units);
        var widening = new BlockWidening(trace, units);
        foreach (var phase in Phases(units))
            if (LevelSample.Of(phase, options, simplification, trace.NodeCount / LeastGain) is not { } sample || !widening.TryAdd(sample))
                return null;
        return widening.Finish();
    }

    /// <summary>The units that anything asks for, those that do not wait for each other together.</summary>
    private static List<List<LoopUnit>> Phases(LoopUnits units)
    {
        var phases = new List<LoopUnit>[LoopUnit.PhaseOf(LoopLevels.Most, isDivided: false) + 1];
        foreach (var unit in units.Units)
            if (unit.IsLive)
                (phases[unit.Phase] ??= []).Add(unit);
        var found = new List<List<LoopUnit>>();
        foreach (var phase in phases)
            if (phase is not null)
                found.Add(phase);
        return found;
    }
}
