using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;
using HybridAD.Rolling;
using HybridAD.Rolling.Recurrences;
using HybridAD.Simplification;

namespace HybridAD.Planning.Candidates;

/// <summary>
/// Through bodies that are repeated one time after the other, each of which is compiled once: steps in time, iterations. Forward or in reverse, with the directions as instances.
/// </summary>
internal static class CompiledRecurrences
{
    /// <summary>Directions, each of which every body is computed for. With more, other ways are better.</summary>
    private const int MostDirections = 64;

    /// <summary>Operations that have to be possible at once before kernels of many instances take less than straight-line code of a body: some registers full of them. Prices decide above that.</summary>
    private const double FewestAtOnce = 4 * Lanes;

    /// <summary>How long an adjoint that was added in memory makes those wait that load it, in steps of arithmetic.</summary>
    private const int Latency = 2;

    private const int Lanes = KernelCost.Lanes;

    /// <summary>Numbers that beginnings at lines of the cache may cost.</summary>
    private const int LineSlack = 2 * SweepWidth.NumbersOfLine;

    /// <summary>Blocks from which on a function may be steps that wait for each other, each of a few blocks.</summary>
    private const int FewestBlocks = 16;

    /// <summary>Whether a function may consist of recurrences: it does not fall into a few blocks of many instances.</summary>
    public static bool MayBe(BlockGraph? blocks) => blocks is null || blocks.Blocks.Length >= FewestBlocks || FunctionBlocks.IsMostlyStraight(blocks);

    /// <summary>
    /// Whether a function can hardly be anything else, so that dividing it into blocks need not be tried where it consists of recurrences: little of it can be computed at once, and it is too long to be
    /// compiled operation by operation.
    /// </summary>
    /// <param name="lowered">The function, once steps are lowered.</param>
    public static bool MustBe(Trace lowered) => lowered.OperationCount > FunctionBlocks.LargestStraightLine && Parallelism.Of(lowered) < FewestAtOnce;

    /// <summary>The cheaper candidate that fits into the memory limit, if one does; null where the function does not consist of recurrences, or has too many inputs and outputs.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="problem">The function.</param>
    /// <param name="otherwise">What runs where compiled code does not; null for sweeps in the same directions.</param>
    public static Candidate? Of(string name, PlanningProblem problem, JacobianStrategy? otherwise)
    {
        var lowered = StepLowering.Apply(problem.Graph.Trace);
        return Math.Min(problem.LongestRow, problem.NonemptyRows) <= MostDirections && FunctionBlocks.HasSteps(lowered) && RecurrenceFinder.Find(lowered) is { } segments
            ? Cheaper(name, problem, segments, BlockComposition.Recurrences, MostDirections, otherwise) : null;
    }

    /// <summary>The cheaper of the candidates forward and in reverse that fits into the memory limit, if one does; null where both have too many directions.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="problem">The function.</param>
    /// <param name="segments">Its bodies.</param>
    /// <param name="composition">Whether these are recurrences, or the function as a whole.</param>
    /// <param name="mostDirections">Directions at most.</param>
    /// <param name="otherwise">What runs where compiled code does not; null for sweeps in the same directions.</param>
    public static Candidate? Cheaper(string name, PlanningProblem problem, RecurrenceSegment[] segments, BlockComposition composition, int mostDirections, JacobianStrategy? otherwise)
    {
        var forward = problem.LongestRow <= mostDirections ? Tangents(name, problem, segments, composition, mostDirections, otherwise) : null;
        var reverse = problem.NonemptyRows <= mostDirections ? Adjoints(name, problem, segments, composition, otherwise) : null;
        if (forward is null || reverse is null)
            return forward ?? reverse;
        var expected = StraightLineOrBlocks.Expected(problem.Options);
        var (first, second) = reverse.SecondsWithSetup(expected) < forward.SecondsWithSetup(expected) ? (reverse, forward) : (forward, reverse);
        return first.Summary.MemoryBytes > problem.Options.MemoryLimit && second.Summary.MemoryBytes <= problem.Options.MemoryLimit ? second : first;
    }

    private static Candidate? Tangents(string name, PlanningProblem problem, RecurrenceSegment[] segments, BlockComposition composition, int mostDirections, JacobianStrategy? otherwise)
    {
        var isColored = Chunks(problem.LongestRow) < Chunks(problem.NonemptyColumns);
        var sweep = isColored
            ? new SweepStrategy(SweepDirection.Forward, [.. problem.ColumnColoring.Colors], problem.ColumnColoring.Count)
            : PlainSweeps.Of(problem, SweepDirection.Forward);
        if (sweep.ColorCount > mostDirections)
            return null;
        var (profile, chunks, trace) = (problem.Profile, Chunks(sweep.ColorCount), problem.Graph.Trace);
        var (work, setup) = Common(problem);
        work.Add(Price.EntryCopy, problem.Pattern.NonzeroCount).Add(Price.KernelStep, chunks * trace.InputCount);
        long multiplyAdds = 0, memory = 0;
        foreach (var segment in segments)
        {
            var graph = LinearizedGraph.Of(segment.Body, segment.ActiveLeafCount);
            var operations = LabelOperations.WithAllValues(graph);
            // Half of the loads are operands of the instructions that read them.
            var loads = segment.Leaves.Length + segment.ActiveLeafCount + segment.Parameters.Length;
            var stores = 2 * segment.Results.Length;
            var times = (double)segment.Count * chunks;
            var busy = new Work().Add(Price.KernelChunk, times).Add(Price.KernelStep, times * (DirectionSteps.OfTangents(graph) - DirectionSteps.Contracted(graph.Trace) + loads / 2.0 + stores));
            operations.AddTo(busy, times);
            // A time waits for the one before, and nothing else is there to be done.
            var waiting = new Work().Add(Price.StraightWait, (double)segment.Count * operations.LongestChain);
            work.Add(Price.BlockStep, segment.Count).Add(waiting.Seconds(profile) > busy.Seconds(profile) ? waiting : busy);
            setup += profile.CompiledKernel + profile.CompiledStep * (operations.Count + graph.EdgeCount);
            multiplyAdds += (long)segment.Count * sweep.ColorCount * graph.EdgeCount;
            memory += 2L * sizeof(int) * segment.Count * (loads + stores) + 2L * sizeof(double) * Lanes * chunks * segment.Results.Length;
        }
        return Of(name, sweep, composition, otherwise, work, setup, multiplyAdds, memory + 2L * sizeof(double) * Lanes * chunks * trace.InputCount, profile);
    }

    private static Candidate Adjoints(string name, PlanningProblem problem, RecurrenceSegment[] segments, BlockComposition composition, JacobianStrategy? otherwise)
    {
        var sweep = PlainSweeps.Of(problem, SweepDirection.Reverse);
        var (profile, inputs, chunks) = (problem.Profile, problem.Graph.Trace.InputCount, sweep.ColorCount > 1 ? Chunks(sweep.ColorCount) : 0);
        var lanes = Math.Max(1, chunks * Lanes);
        var (work, setup) = Common(problem);
        // Adjoints of inputs are cleared, and copied to the entries.
        work.Add(Price.BlockStep, 4).Add(Price.EntryCopy, inputs + (double)problem.Pattern.NonzeroCount);
        // Inputs and their adjoints, a row, and the seeds of outputs.
        long multiplyAdds = 0, numbers = (2L + lanes) * inputs + problem.Graph.Trace.OutputCount + LineSlack;
        foreach (var segment in segments)
        {
            var graph = LinearizedGraph.Of(segment.Body, segment.ActiveLeafCount);
            var operations = LabelOperations.WithAllValues(graph);
            var (results, active, kept) = (segment.Results.Length, segment.ActiveLeafCount, graph.ComputedPartials.Length);
            var ((copied, copies), latency) = segment.Count > 1 ? (RecurrentValues.Copies(segment), Latency) : ((0, 0), 0);
            var values = new Work().Add(Price.BlockStep, 1).Add(Price.StraightStep, 2 * results + kept).Add(Price.StraightWait, latency).Add(Price.EntryCopy, copies);
            operations.AddTo(values);
            // Arithmetic that derivatives are made of is done again, adjoints are loaded, added to what is there and stored; those that were copied are added a second time.
            var again = LabelOperations.Of(graph).ArithmeticCount;
            var steps = DirectionSteps.OfAdjoints(graph) + again + results + 2 * active;
            var back = new Work().Add(Price.BlockStep, 1).Add(Price.EntryCopy, copies + results * Math.Max(1, chunks));
            var waiting = new Work().Add(Price.StraightWait, DirectionSteps.LongestWay(graph) + latency);
            if (chunks == 0)
                back.Add(Price.StraightStep, steps).Add(waiting);
            else
            {
                var busy = new Work().Add(Price.KernelChunk, chunks).Add(Price.KernelStep, chunks * (steps + 3 * copied));
                back.Add(waiting.Seconds(profile) > busy.Seconds(profile) ? waiting : busy);
            }
            work.Add(values, segment.Count).Add(back, segment.Count);
            setup += 2 * profile.CompiledKernel + profile.CompiledStep * (operations.Count + operations.ArithmeticCount + graph.EdgeCount);
            multiplyAdds += (long)segment.Count * graph.EdgeCount;
            numbers += RecordNumbers(segment, graph, chunks * Lanes);
        }
        // All of it is written, and read on the way back: what the cache does not hold comes from afar.
        work.Add(Price.EntryCopy, Math.Max(0, numbers - profile.CacheBytes / sizeof(double)));
        return Of(name, sweep, composition, otherwise, work, setup, sweep.ColorCount * multiplyAdds, sizeof(double) * numbers, profile);
    }

    /// <summary>The most numbers that the records of a segment hold: what each time leaves, keeps, copies and reads, and the adjoints of it.</summary>
    private static long RecordNumbers(RecurrenceSegment segment, LinearizedGraph graph, int lanes)
    {
        var values = LabelOperations.OfValues(segment.Body);
        var (results, kept) = (segment.Results.Length, graph.ComputedPartials.Length + values.Count - values.ArithmeticCount);
        var varying = segment.Leaves.Count(static leaf => leaf.AsSpan().ContainsAnyExcept(leaf[0]));
        long record = results + kept + varying + segment.Parameters.Length;
        var distance = lanes == 0 ? 2 * record : record + (long)lanes * (results + varying) + 2 * LineSlack;
        return (segment.Count + (varying > 0 ? RecurrenceSegment.MostLag : 0)) * distance + 2 * LineSlack;
    }

    /// <summary>What both take: the call, guards, and finding the bodies.</summary>
    private static (Work Work, double Setup) Common(PlanningProblem problem)
    {
        var (trace, work) = (problem.Graph.Trace, new Work().Add(Price.CompiledEvaluation, 1));
        if (!trace.Guards.IsEmpty)
            work.Add(Price.StraightStep, trace.OperationCount);
        return (work, problem.Profile.RolledOperation * trace.NodeCount);
    }

    private static Candidate Of(string name, SweepStrategy sweep, BlockComposition composition, JacobianStrategy? otherwise, Work work, double setup, long multiplyAdds, long memory, CostProfile profile) =>
        new(new PlanCandidate
        {
            Name = name,
            PredictedSeconds = work.Seconds(profile),
            SetupSeconds = 1e-9 * setup,
            MultiplyAdds = multiplyAdds,
            MemoryBytes = memory,
            Sweeps = 1,
            Directions = sweep.ColorCount,
        }, new BlockStrategy([sweep], otherwise ?? sweep, composition), work);

    /// <summary>Registers for some directions.</summary>
    public static int Chunks(int directions) => (directions + Lanes - 1) / Lanes;
}
