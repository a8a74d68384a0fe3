using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Costs;
using HybridAD.Rolling;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Planning.Estimates;

/// <summary>Whether values are better computed body by body, one time after the other, than from blocks: then no more is compiled than the bodies.</summary>
internal static class RecurrentValues
{
    /// <summary>How long a number that was stored makes those wait that load it, in steps of arithmetic.</summary>
    private const int Latency = 2;

    /// <summary>Operations, and one, between results that lie beside each other.</summary>
    private const int MostBetween = 4;

    /// <summary>The bodies, of which the nodes of guards are results; null where the function does not consist of any, or blocks take less with their share of compiling.</summary>
    /// <param name="lowered">The function, once steps are lowered.</param>
    /// <param name="found">Its blocks for values; null where it has none. They are not looked for where they could hardly take less.</param>
    public static RecurrenceSegment[]? Of(Trace lowered, MadeOnce<BlockGraph?> found)
    {
        if (CompiledRecurrences.MustBe(lowered) && FunctionBlocks.HasSteps(lowered) && RecurrenceFinder.Find(lowered, withGuards: true) is { } bodies)
            return bodies;
        var blocks = found.Value;
        if (!CompiledRecurrences.MayBe(blocks) || !FunctionBlocks.HasSteps(lowered) || RecurrenceFinder.Find(lowered, withGuards: true) is not { } segments)
            return null;
        var (profile, evaluations) = (CostProfile.Default, JacobianPlannerOptions.Default.Evaluations);
        return blocks is null || Nanoseconds(segments, lowered.OutputCount, profile) + SetupNanoseconds(segments, profile) / evaluations < BlockValuesCost.Of(blocks, profile).WithSetup(evaluations) ? segments : null;
    }

    /// <summary>What an evaluation takes.</summary>
    public static double Nanoseconds(RecurrenceSegment[] segments, int outputs, CostProfile profile)
    {
        var work = new Work().Add(Price.EntryCopy, outputs);
        foreach (var segment in segments)
        {
            // What a time leaves is stored, and loaded by the next.
            var once = new Work().Add(Price.BlockStep, 1).Add(Price.StraightStep, 2 * segment.Results.Length).Add(Price.StraightWait, segment.Count > 1 ? Latency : 0);
            LabelOperations.OfValues(segment.Body).AddTo(once);
            work.Add(once, segment.Count).Add(Price.EntryCopy, segment.Count * (double)Copies(segment).Groups);
        }
        return work.Nanoseconds(profile);
    }

    private static double SetupNanoseconds(RecurrenceSegment[] segments, CostProfile profile)
    {
        var setup = 0.0;
        foreach (var segment in segments)
            setup += profile.CompiledKernel + profile.CompiledStep * LabelOperations.OfValues(segment.Body).Count;
        return setup;
    }

    /// <summary>What is copied for every time: leaves that are neither the same each time nor, in the end, what the body itself has computed; those that follow each other are copied together.</summary>
    public static (int Leaves, int Groups) Copies(RecurrenceSegment segment)
    {
        var (leaves, groups, last) = (0, 0, (int[]?)null);
        foreach (var leaf in segment.Leaves)
        {
            if (!leaf.AsSpan().ContainsAnyExcept(leaf[0]) || segment.Results.Any(result => segment.Count > 1 && leaf[^1] == result[^2]))
                continue;
            if (last is null || !IsNext(last, leaf))
                groups++;
            leaves++;
            last = leaf;
        }
        return (leaves, groups);
    }

    /// <summary>Whether a leaf is at the same small distance behind another every time, as results of an earlier loop and inputs are that have been written in this order.</summary>
    private static bool IsNext(int[] leaf, int[] next)
    {
        var distance = next[0] - leaf[0];
        for (var time = 0; time < leaf.Length; time++)
            if (next[time] - leaf[time] != distance)
                return false;
        return distance is > 0 and <= MostBetween;
    }
}
