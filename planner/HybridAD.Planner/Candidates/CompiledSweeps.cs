using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;
using HybridAD.Rolling;
using HybridAD.Simplification;

namespace HybridAD.Planning.Candidates;

/// <summary>
/// Sweeps over the whole function with labels from compiled code: what is left where nothing repeats and rows as straight-line code would be many times as long as
/// the function, of which every step has to be compiled.
/// </summary>
internal static class CompiledSweeps
{
    /// <summary>With so many rows in reverse, one after the other, directions side by side may be better.</summary>
    private const int ManyRows = 8;

    /// <summary>
    /// Whether they come into question: where most of a function is computed once, where blocks would take many sweeps, and where many blocks pass gradients on from each to the next: products of rows that are
    /// small and follow each other take longer than their multiply-adds. And where nothing can be done with blocks.
    /// </summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="strategy">What would be done with them; null where nothing can be.</param>
    public static bool MayBe(BlockGraph blocks, JacobianStrategy? strategy) =>
        strategy is null || FunctionBlocks.IsMostlyStraight(blocks) || blocks.Blocks.Length >= FunctionBlocks.FewestSteps || (strategy is BlockStrategy { Composition: BlockComposition.Adjoints or BlockComposition.Recurrences } && blocks.OutputSlots.Length >= ManyRows);

    /// <summary>Whether nothing is won by them, since compiling rows takes too little for that: other ways then need not be worked out.</summary>
    /// <param name="problem">The function.</param>
    /// <param name="seconds">What an evaluation of rows takes, with its share of compiling.</param>
    public static bool MustLose(PlanningProblem problem, double seconds)
    {
        var profile = problem.Profile;
        return seconds <= 1e-9 * (profile.Evaluation + profile.Sweep + profile.SweepNode * problem.ActiveOperations + profile.EntryExtract * problem.Pattern.NonzeroCount);
    }

    /// <summary>The candidate with the cheapest directions; null where the function cannot be compiled operation by operation.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="problem">The function.</param>
    /// <param name="otherwise">What runs where compiled code does not; null for the same sweeps.</param>
    public static Candidate? Of(string name, PlanningProblem problem, JacobianStrategy? otherwise)
    {
        if (!FunctionBlocks.CanBeStraightLine(StepLowering.Apply(problem.Graph.Trace)) || Best(problem) is not ({ } sweep, { } sweeps))
            return null;
        var (graph, profile) = (problem.Graph, problem.Profile);
        var (operations, labels) = (LabelOperations.Of(graph), Labels(graph));
        var work = new Work().Add(sweeps).Add(Price.Evaluation, 1).Add(Price.BlockStep, 1).Add(Price.StraightStep, labels);
        operations.AddTo(work);
        if (!graph.Trace.Guards.IsEmpty)
            work.Add(Price.StraightStep, graph.Trace.OperationCount);
        var (width, count) = WidthAndSweeps(sweep.ColorCount);
        return new Candidate(new PlanCandidate
        {
            Name = name,
            PredictedSeconds = work.Seconds(profile),
            SetupSeconds = 1e-9 * (profile.RolledOperation * graph.Trace.NodeCount + profile.CompiledKernel + profile.CompiledStep * (operations.Count + labels)),
            MultiplyAdds = (long)count * width * graph.EdgeCount,
            MemoryBytes = WorkingMemory.OfSweeps(problem, width),
            Sweeps = count,
            Directions = sweep.ColorCount,
        }, new BlockStrategy([sweep], otherwise ?? sweep, BlockComposition.Sweeps), work);
    }

    /// <summary>The cheapest of forward and reverse sweeps, with as many directions as there are lines or as few as colours allow, and what they take.</summary>
    private static (SweepStrategy? Sweep, Work? Work) Best(PlanningProblem problem)
    {
        (SweepStrategy? Sweep, Work? Work) best = default;
        var least = double.PositiveInfinity;
        foreach (var direction in (ReadOnlySpan<SweepDirection>)[SweepDirection.Forward, SweepDirection.Reverse])
        {
            var isForward = direction == SweepDirection.Forward;
            var (lines, longest) = isForward ? (problem.NonemptyColumns, problem.LongestRow) : (problem.NonemptyRows, problem.LongestColumn);
            var plain = PlainSweeps.Of(problem, direction);
            var plainWork = WorkOf(problem, direction, lines, CarriedShare(problem, plain));
            // Colours are looked for where as many as there have to be would save a register.
            var isColored = WorkOf(problem, direction, longest, 1).Seconds(problem.Profile) is var seconds && seconds < Math.Min(least, plainWork.Seconds(problem.Profile));
            if (!isColored && plainWork.Seconds(problem.Profile) >= least)
                continue;
            var sweep = !isColored ? plain
                : isForward ? new SweepStrategy(direction, [.. problem.ColumnColoring.Colors], problem.ColumnColoring.Count)
                : new SweepStrategy(direction, [.. problem.RowColoring.Colors], problem.RowColoring.Count);
            var work = isColored ? WorkOf(problem, direction, sweep.ColorCount, 1) : plainWork;
            if (work.Seconds(problem.Profile) < least)
                (best, least) = ((sweep, work), work.Seconds(problem.Profile));
        }
        return best;
    }

    /// <summary>
    /// What a sweep takes of the time that the whole graph would on average: where little carries anything, the rest is left out. Each sweep then has lists of its own,
    /// which are read once in an evaluation, so that no cache keeps them: an edge takes twice as long.
    /// </summary>
    private static double CarriedShare(PlanningProblem problem, SweepStrategy plain)
    {
        const double ListedEdge = 2;
        var (_, sweeps) = WidthAndSweeps(plain.ColorCount);
        var edges = problem.Graph.EdgeCount;
        if (sweeps < 2 || edges == 0)
            return 1;
        var counts = SweepCounts.Of(problem, plain.Direction, plain.Colors.AsSpan(), plain.ColorCount, null);
        var share = counts.Followed / ((double)counts.Sweeps * edges);
        return share * sweeps * edges <= SweepWidth.MostListed(sweeps, edges, problem.Pattern.NonzeroCount) ? Math.Min(1, ListedEdge * share) : 1;
    }

    /// <summary>Every edge of a share of the graph is followed in every sweep; sixteen directions take as long as others would, and more of them in proportion.</summary>
    private static Work WorkOf(PlanningProblem problem, SweepDirection direction, int directions, double share)
    {
        const int Usual = SweepWidth.Most;
        var (width, sweeps) = WidthAndSweeps(directions);
        var (edges, nodes) = (share * sweeps * problem.Graph.EdgeCount, share * sweeps * problem.ActiveOperations);
        var isForward = direction == SweepDirection.Forward;
        var price = isForward ? Price.SweepEdge(Math.Min(width, Usual)) : Price.ReverseEdge(Math.Min(width, Usual));
        return new Work().Add(Price.Sweep, sweeps).Add(Price.SweepSeed, directions).Add(Price.SweepNode, nodes).Add(Price.SweepCarrier, nodes)
            .Add(price, edges * Math.Max(1, (double)width / Usual))
            // Forward, the entries of a row lie side by side.
            .Add(isForward ? Price.EntryCopy : Price.EntryExtract, problem.Pattern.NonzeroCount);
    }

    private static (int Width, int Sweeps) WidthAndSweeps(int directions)
    {
        var width = SweepWidth.ReadyFor(directions);
        return (width, (directions + width - 1) / width);
    }

    /// <summary>Labels that depend on the point, each of which is stored once.</summary>
    private static int Labels(LinearizedGraph graph)
    {
        var isValue = new bool[graph.Trace.NodeCount];
        for (var edge = 0; edge < graph.EdgeCount; edge++)
            if (graph.Kinds[edge] == LabelKind.NodeValue)
                isValue[graph.Labels[edge]] = true;
        return graph.ComputedPartials.Length + isValue.AsSpan().Count(true);
    }
}
