using HybridAD.Linearization;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Costs;
using HybridAD.Plans;

namespace HybridAD.Planning.Estimates;

/// <summary>Predicts the cost of sweeps over the whole graph.</summary>
internal static class SweepCost
{
    /// <summary>A candidate for some colours in one direction.</summary>
    public static Candidate Candidate(string name, PlanningProblem problem, SweepDirection direction, int[] colors, int colorCount)
    {
        var sweeps = SweepCounts.Of(problem, direction, colors, colorCount, null);
        var work = Whole(problem, sweeps.Work);
        return new Candidate(new PlanCandidate
        {
            Name = name,
            PredictedSeconds = work.Seconds(problem.Profile),
            MultiplyAdds = sweeps.MultiplyAdds,
            MemoryBytes = WorkingMemory.OfSweeps(problem, SweepWidth.For(colorCount)),
            Sweeps = sweeps.Sweeps,
            Directions = colorCount,
        }, new SweepStrategy(direction, [.. colors], colorCount), work);
    }

    /// <summary>A candidate for forward and reverse sweeps, each over the operations between what it seeds and what it yields.</summary>
    public static Candidate Candidate(string name, PlanningProblem problem, BicoloredStrategy strategy)
    {
        var halves = new BicoloredHalves(problem.Pattern, strategy);
        var parts = Parts(problem, halves);
        var forward = SweepCounts.Of(problem, SweepDirection.Forward, strategy.ColumnColors.AsSpan(), strategy.ColumnColorCount, parts.Forward);
        var reverse = SweepCounts.Of(problem, SweepDirection.Reverse, strategy.RowColors.AsSpan(), strategy.RowColorCount, parts.Reverse);
        var work = Whole(problem, forward.Work.Add(reverse.Work));
        return new Candidate(new PlanCandidate
        {
            Name = name,
            PredictedSeconds = work.Seconds(problem.Profile),
            MultiplyAdds = forward.MultiplyAdds + reverse.MultiplyAdds,
            MemoryBytes = WorkingMemory.OfSweeps(problem, SweepWidth.For(Math.Max(strategy.ColumnColorCount, strategy.RowColorCount))),
            Sweeps = forward.Sweeps + reverse.Sweeps,
            Directions = strategy.ColumnColorCount + strategy.RowColorCount,
            ReverseDirections = strategy.RowColorCount,
        }, strategy, work);
    }

    /// <summary>What the halves of a bicolouring sweep over.</summary>
    public static (GraphPart Forward, GraphPart Reverse) Parts(PlanningProblem problem, BicoloredHalves halves)
    {
        var outputs = problem.Graph.Trace.Outputs;
        return (GraphPart.Between(problem.Graph, halves.SeededColumns, Pick(outputs, halves.ReadRows)),
            GraphPart.Between(problem.Graph, halves.ReadColumns, Pick(outputs, halves.SeededRows)));
    }

    /// <summary>
    /// The least that some number of directions can take, before colours are known: every sweep visits every operation, and every edge is followed in
    /// at least one of them.
    /// </summary>
    public static double LowerBound(PlanningProblem problem, SweepDirection direction, int directions)
    {
        var (width, sweeps) = SweepCounts.WidthAndSweeps(directions);
        var (operations, edges) = (problem.ActiveOperations, problem.Graph.EdgeCount);
        return Whole(problem, new SweepCounts(direction, width, sweeps, (double)sweeps * operations, operations, edges, (sweeps - 1.0) * edges, directions).Work).Seconds(problem.Profile);
    }

    /// <summary>The least that forward and reverse directions together can take: every operation and every edge is in one of the halves at least.</summary>
    public static double LowerBound(PlanningProblem problem, int forward, int reverse)
    {
        var profile = problem.Profile;
        var ((forwardWidth, forwardSweeps), (reverseWidth, reverseSweeps)) = (SweepCounts.WidthAndSweeps(forward), SweepCounts.WidthAndSweeps(reverse));
        return Whole(problem, new Work().Add(Price.SweepNode, (double)Math.Min(forwardSweeps, reverseSweeps) * problem.ActiveOperations)).Seconds(profile)
            + 1e-9 * Math.Min(profile.SweepEdge(forwardWidth), profile.ReverseEdge(reverseWidth)) * problem.Graph.EdgeCount;
    }

    /// <summary>The most that the better of the two plain modes can take: every edge followed in every sweep.</summary>
    public static double UpperBound(PlanningProblem problem) => Whole(problem, new Work()).Seconds(problem.Profile)
        + 1e-9 * Math.Min(Most(problem, SweepDirection.Forward, problem.NonemptyColumns), Most(problem, SweepDirection.Reverse, problem.NonemptyRows));

    /// <summary>Nanoseconds of some directions where every edge of the graph is followed in every sweep.</summary>
    public static double Most(PlanningProblem problem, SweepDirection direction, int directions)
    {
        var (width, sweeps) = SweepCounts.WidthAndSweeps(directions);
        var visits = (double)sweeps * problem.ActiveOperations;
        return new SweepCounts(direction, width, sweeps, visits, visits, (double)sweeps * problem.Graph.EdgeCount, 0, directions).Work.Nanoseconds(problem.Profile);
    }

    /// <summary>What sweeps take together with everything around them.</summary>
    private static Work Whole(PlanningProblem problem, Work sweeps) =>
        new Work().Add(sweeps).Add(problem.CommonWork).Add(Price.EntryExtract, problem.Pattern.NonzeroCount);

    private static int[] Pick(ReadOnlySpan<int> values, ReadOnlySpan<int> indexes)
    {
        var picked = new int[indexes.Length];
        for (var k = 0; k < picked.Length; k++)
            picked[k] = values[indexes[k]];
        return picked;
    }
}
