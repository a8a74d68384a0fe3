using HybridAD.Checkpoints;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;

namespace HybridAD.Planning.Checkpoints;

/// <summary>Sweeps segment by segment: what they take in time and memory with some segments and checkpoints.</summary>
/// <param name="Strategy">How they run.</param>
/// <param name="Seconds">Time of one Jacobian.</param>
/// <param name="MemoryBytes">Working memory.</param>
/// <param name="Sweeps">Sweeps through each segment.</param>
internal sealed record SegmentedSweep(CheckpointedStrategy Strategy, double Seconds, long MemoryBytes, int Sweeps)
{
    private const int FewestNodes = 16;

    /// <summary>The fastest that fits into the memory limit, or the smallest where none does.</summary>
    public static SegmentedSweep Cheapest(PlanningProblem problem)
    {
        var profile = new SegmentProfile(problem.Graph, problem.Profile);
        SweepStrategy[] sweeps = [Forward(problem), Reverse(problem)];
        SegmentedSweep? fastest = null, smallest = null;
        for (var segments = 1; segments == 1 || (long)segments * FewestNodes <= problem.Graph.Trace.NodeCount; segments *= 2)
        {
            var cut = SegmentSizes.Of(profile, problem.Graph.Trace.InputCount, profile.Ends(segments));
            foreach (var sweep in sweeps)
            {
                var fitted = Of(problem, profile, sweep, cut);
                if (fitted.MemoryBytes <= problem.Options.MemoryLimit && (fastest is null || fitted.Seconds < fastest.Seconds))
                    fastest = fitted;
                if (smallest is null || fitted.MemoryBytes < smallest.MemoryBytes)
                    smallest = fitted;
            }
        }
        return fastest ?? smallest!;
    }

    private static SweepStrategy Forward(PlanningProblem problem) =>
        (SweepStrategy)(problem.LongestRow == problem.NonemptyColumns ? Portfolio.Forward : Portfolio.ForwardColored).Propose(problem, forced: true).Strategy!;

    private static SweepStrategy Reverse(PlanningProblem problem) =>
        (SweepStrategy)(problem.LongestColumn == problem.NonemptyRows ? Portfolio.Reverse : Portfolio.ReverseColored).Propose(problem, forced: true).Strategy!;

    /// <summary>With as many checkpoints and as many directions at once as fit.</summary>
    private static SegmentedSweep Of(PlanningProblem problem, SegmentProfile profile, SweepStrategy sweep, SegmentSizes sizes)
    {
        var trace = problem.Graph.Trace;
        var (isForward, colors, state, ends) = (sweep.Direction == SweepDirection.Forward, sweep.ColorCount, sizes.LargestState, sizes.Ends);
        var width = SweepWidth.For(colors);
        while (width > 1 && Numbers(width, 0) > problem.Options.MemoryLimit / sizeof(double))
            width = width == 16 ? 8 : width == 8 ? 4 : 1;
        var fixedNumbers = Numbers(width, 0);
        var checkpoints = isForward || state == 0 ? 0
            : (int)Math.Clamp((problem.Options.MemoryLimit / sizeof(double) - fixedNumbers) / state, 0, ends.Length - 1);
        var passes = (colors + width - 1) / width;
        var (runs, copied) = Runs(profile, trace.InputCount, ends, isForward, checkpoints);
        var prices = problem.Profile;
        var visits = (double)passes * problem.ActiveOperations;
        var sweeps = new SweepCounts(sweep.Direction, width, passes, visits, visits, (double)passes * problem.Graph.EdgeCount, 0, colors);
        var nanoseconds = runs + copied * prices.EntryCopy + sweeps.Work.Nanoseconds(prices)
            + 2.0 * sizes.States * passes * width * prices.EntryCopy + problem.Pattern.NonzeroCount * prices.EntryExtract;
        return new SegmentedSweep(
            new CheckpointedStrategy(sweep with { MostWidth = width }, [.. ends], checkpoints),
            problem.CommonSeconds + 1e-9 * nanoseconds, sizeof(double) * Numbers(width, checkpoints), passes);

        long Numbers(int width, int checkpoints)
        {
            var lanes = (long)(colors + width - 1) / width * width;
            return trace.InputCount + trace.OutputCount + 1 + (2 + checkpoints + 2 * lanes) * state
                + (isForward ? 0 : lanes * trace.InputCount) + sizes.LargestSegment + sizes.SweptNodes * width + SweepWidth.NumbersOfLine + (sizes.SweptNodes + sizeof(double) - 1) / sizeof(double);
        }
    }

    /// <summary>Nanoseconds for the values that are computed after the first time, and how many numbers of states are copied meanwhile.</summary>
    private static (double Nanoseconds, double Copied) Runs(SegmentProfile profile, int inputs, int[] ends, bool isForward, int checkpoints)
    {
        var (time, copied) = (new double[ends.Length + 1], new double[ends.Length + 1]);
        for (var segment = 0; segment < ends.Length; segment++)
        {
            var start = segment == 0 ? inputs : ends[segment - 1];
            time[segment + 1] = time[segment] + profile.Nanoseconds(start, ends[segment]);
            copied[segment + 1] = copied[segment] + 2.0 * profile.StateBefore(start);
        }
        if (isForward)
            return (time[^1], copied[^1]);
        var (runs, moved, isFirst) = (0.0, copied[^1], true);
        foreach (var move in CheckpointSchedule.Of(ends.Length, checkpoints))
        {
            // Until the first segment is turned, checkpoints are made in the first run.
            isFirst &= !move.Turns;
            var to = move.To + (move.Turns ? 1 : 0);
            if (isFirst)
                continue;
            runs += time[to] - time[move.From];
            moved += copied[to] - copied[move.From];
        }
        return (runs, moved);
    }
}

/// <summary>What some segments take at most.</summary>
/// <param name="Ends">Where they end.</param>
/// <param name="LargestState">Values between two segments.</param>
/// <param name="States">Values between all of them together.</param>
/// <param name="LargestSegment">Values and partials of one.</param>
/// <param name="SweptNodes">Nodes that a sweep through one carries at once.</param>
internal sealed record SegmentSizes(int[] Ends, long LargestState, long States, long LargestSegment, long SweptNodes)
{
    public static SegmentSizes Of(SegmentProfile profile, int inputs, int[] ends)
    {
        var (largest, swept, state, states, start) = (0L, 0L, 0L, 0L, inputs);
        foreach (var end in ends)
        {
            largest = Math.Max(largest, profile.Numbers(start, end));
            swept = Math.Max(swept, profile.SweptNodes(start, end));
            state = Math.Max(state, profile.StateBefore(start));
            states += profile.StateBefore(start);
            start = end;
        }
        return new SegmentSizes(ends, state, states, largest, swept);
    }
}
