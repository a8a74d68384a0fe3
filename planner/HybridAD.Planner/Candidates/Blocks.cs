using System.Collections.Immutable;
using System.Globalization;
using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Linearization;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;
using HybridAD.Rolling;
using HybridAD.Simplification;

namespace HybridAD.Planning.Candidates;

internal static partial class Portfolio
{
    public static readonly ICandidateSource Blocks = Register(new Blocks());
}

/// <summary>
/// The function is divided into kernels with many instances and sums between them; every kernel is differentiated in an order of its own and compiled.
/// </summary>
internal sealed class Blocks : ICandidateSource
{
    /// <summary>What the search for orders of all kernels may take, about as long as compiling some: better orders than are found by then are rare.</summary>
    private const double KernelSearchSeconds = 0.008;

    /// <summary>Operations of the longest kernel that is searched: in longer ones what can be found by then is a small part.</summary>
    private const int LongestSearched = 5_000;

    /// <summary>Of a graph with fewer edges every way is worked out in some milliseconds.</summary>
    private const int FewEdges = 20_000;

    /// <summary>Multiply-adds, each entry among them, that are sooner walked over, for as often as kernels are not compiled yet, than written as a program.</summary>
    private const long LongProgram = 1 << 20;

    /// <summary>
    /// The share of what loops take, which blocks divided operation by operation have to take less than to be preferred: they are mostly more, and passing numbers between many is
    /// what prices know least of.
    /// </summary>
    private const double ShareOfLoops = 0.9;

    /// <summary>The share of what gradients take, which sweeps with copies of inputs have to take less than to be preferred: what they store goes anywhere.</summary>
    private const double ShareOfGradients = 0.7;

    /// <summary>The share of what blocks take, which recurrences have to take less than to be preferred: how much of the memory between their bodies is waited for is what prices know least of.</summary>
    private const double ShareOfBlocks = 0.85;

    /// <summary>Edges of a function for every multiply-add that its Jacobian takes at least.</summary>
    private const int EdgesPerProduct = 4;

    public string Name => "blocks";

    public JacobianMode Mode => JacobianMode.Blocks;

    public int Rank => 9;

    /// <summary>
    /// Whether blocks are looked at before other ways: programs of a large function take long to write, and with blocks known, most turn out to be too long after a few instructions.
    /// </summary>
    /// <param name="problem">The function.</param>
    public static bool MayCutShort(PlanningProblem problem) =>
        problem.Options.Engine != Engine.Interpreted && problem.Graph.EdgeCount > FewEdges
            && BlockCost.RollingSeconds(problem) <= JacobianPlannerOptions.PlanningShare * problem.Options.Evaluations * SweepCost.UpperBound(problem);

    public Candidate Propose(PlanningProblem problem, bool forced)
    {
        var trace = problem.Graph.Trace;
        if (!forced && problem.Options.Engine == Engine.Interpreted)
            return Candidate.GivenUp(Name, double.PositiveInfinity, problem.NonemptyRows, "nothing is to be compiled");
        var rolling = BlockCost.RollingSeconds(problem);
        if (!forced && problem.Options.Engine != Engine.Compiled && rolling > JacobianPlannerOptions.PlanningShare * problem.Options.Evaluations * problem.BestSeconds)
            return Candidate.GivenUp(Name, double.PositiveInfinity, problem.NonemptyRows,
                $"dividing it into blocks takes more than {JacobianPlannerOptions.PlanningShare:P0} of what it may save in {problem.Options.Evaluations:N0} evaluations");
        var stated = problem.LoopsAreStated ? problem.Loops?.Blocks : null;
        if (stated is null && CompiledRecurrences.MustBe(StepLowering.Apply(trace)) && CompiledRecurrences.Of(Name, problem, problem.BestStrategy) is { } sequential)
            return sequential;
        var divided = stated is null ? FunctionBlocks.Of(trace, RollingOptions.ForDerivatives) : null;
        var recurrences = CompiledRecurrences.MayBe(stated ?? divided) ? CompiledRecurrences.Of(Name, problem, problem.BestStrategy) : null;
        // Where kernels pass nothing on, loops do no better.
        var loops = stated ?? (divided is null || divided.KernelsReadResults ? problem.Loops?.Blocks : null);
        if ((divided ?? loops) is not { } graph)
            return recurrences ?? Candidate.GivenUp(Name, double.PositiveInfinity, problem.NonemptyRows, "too little of it repeats, and the rest is too long to be compiled or has operations without a kernel");
        if ((problem.BestStrategy ?? Otherwise(problem)) is not { } otherwise)
            return Candidate.GivenUp(Name, double.PositiveInfinity, problem.NonemptyRows, "nothing that could run where kernels do not fits into memory");
        var blocks = Better(Of(problem, loops, divided, new MadeOnce<JacobianStrategy>(otherwise)), recurrences, Expected(problem, recurrences), ShareOfBlocks);
        if (stated is null && Undivided(problem, graph, blocks, otherwise) is { } whole)
            blocks = whole;
        var expected = Expected(problem, blocks);
        if (stated is null && CompiledDirections.MayBe(problem, graph) && !(blocks.Strategy is not null && CompiledDirections.MustLose(problem, blocks.SecondsWithSetup(expected))))
            blocks = Better(blocks, CompiledDirections.Of(Name, problem, problem.BestStrategy), expected);
        expected = Expected(problem, blocks);
        if (!CompiledSweeps.MayBe(graph, blocks.Strategy) || (blocks.Strategy is not null && CompiledSweeps.MustLose(problem, blocks.SecondsWithSetup(expected))))
            return blocks;
        return Better(blocks, CompiledSweeps.Of(Name, problem, problem.BestStrategy), expected);
    }

    /// <summary>
    /// The options with the evaluations that a candidate is compared for: where kernels are to be compiled at once, many; but bodies of recurrences are ready in a moment, while all else has code for every
    /// operation of a long function.
    /// </summary>
    private static JacobianPlannerOptions Expected(PlanningProblem problem, Candidate? candidate) =>
        candidate?.Strategy is BlockStrategy { Composition: BlockComposition.Recurrences } && problem.Graph.Trace.OperationCount > StraightLineOrBlocks.LongestLookedAt
            ? problem.Options : StraightLineOrBlocks.Expected(problem.Options);

    /// <summary>The cheaper of two candidates, of which the first may have been given up and the second may not be there; not the second where only the first fits into the memory limit.</summary>
    /// <param name="first">The one.</param>
    /// <param name="second">The other.</param>
    /// <param name="options">How many evaluations are expected, and the memory limit.</param>
    /// <param name="share">The share of what the first takes that the second has to take less than.</param>
    private static Candidate Better(Candidate first, Candidate? second, JacobianPlannerOptions options, double share = 1) =>
        second is not null && (first.Strategy is null || (second.SecondsWithSetup(options) < share * first.SecondsWithSetup(options)
            && (second.Summary.MemoryBytes <= options.MemoryLimit || first.Summary.MemoryBytes > options.MemoryLimit))) ? second : first;

    /// <summary>The candidate of blocks, of which there are some.</summary>
    /// <param name="problem">The function.</param>
    /// <param name="loops">Those read off its recording, if any.</param>
    /// <param name="divided">Those divided operation by operation, if any.</param>
    /// <param name="otherwise">What runs where kernels do not.</param>
    public Candidate Of(PlanningProblem problem, BlockGraph? loops, BlockGraph? divided, MadeOnce<JacobianStrategy> otherwise)
    {
        var ofLoops = loops is null ? null : Of(problem, loops, BlockDivision.Loops, otherwise);
        var ofDivided = divided is null ? null : Of(problem, divided, BlockDivision.Operations, otherwise);
        if (ofLoops?.Strategy is null)
            return ofDivided ?? ofLoops!;
        return ofDivided?.Strategy is not null && ofDivided.SecondsWithSetup(problem.Options) < ShareOfLoops * ofLoops.SecondsWithSetup(problem.Options) ? ofDivided : ofLoops;
    }

    /// <summary>The candidate of straight-line code where that is much cheaper than blocks, which take as long as it takes to start them; else null.</summary>
    private Candidate? Undivided(PlanningProblem problem, BlockGraph graph, Candidate blocks, JacobianStrategy otherwise)
    {
        var operations = problem.Graph.Trace.OperationCount;
        if (blocks.Strategy is null || FunctionBlocks.IsWhole(graph) || operations > FunctionBlocks.LargestStraightLine)
            return null;
        if (problem.Code is { } code && StraightLineOrBlocks.MayLookAt(operations, problem.Pattern.NonzeroCount, blocks.Summary.PredictedSeconds, problem.Options))
            return LookedAt(problem, blocks, otherwise, code);
        if (MostProducts(problem, blocks) is not (> 0 and var most) || FunctionBlocks.AsWhole(problem.Graph.Trace, RollingOptions.ForDerivatives) is not { } whole)
            return null;
        var candidate = Of(problem, whole, BlockDivision.Whole, new MadeOnce<JacobianStrategy>(otherwise), most);
        return candidate.Strategy is not null && candidate.Summary.PredictedSeconds < StraightLineOrBlocks.ShareOfBlocks * blocks.Summary.PredictedSeconds
            && candidate.SecondsWithSetup(problem.Options) < blocks.SecondsWithSetup(problem.Options) ? candidate : null;
    }

    /// <summary>The same for short code, which is written and looked at: it may be packed, and much of it constant.</summary>
    private Candidate? LookedAt(PlanningProblem problem, Candidate blocks, JacobianStrategy otherwise, IStraightLineWork code)
    {
        if (FunctionBlocks.AsWhole(problem.Graph.Trace, RollingOptions.ForDerivatives) is not { } whole)
            return null;
        // What adjoints take is known only without looking.
        var candidate = Of(problem, whole, BlockDivision.Whole, new MadeOnce<JacobianStrategy>(otherwise), mayBeAdjoints: false);
        if (candidate.Strategy is not BlockStrategy { Composition: BlockComposition.Gradients, Orders: [var order] })
            return null;
        var work = code.OfJacobian(whole, problem.Pattern, order, problem.Profile);
        if (!whole.Trace.Guards.IsEmpty)
            work.Add(Price.StraightStep, whole.Trace.OperationCount);
        candidate = candidate with { Summary = candidate.Summary with { PredictedSeconds = work.Seconds(problem.Profile) }, Work = work };
        var options = StraightLineOrBlocks.Expected(problem.Options);
        return candidate.Summary.PredictedSeconds < StraightLineOrBlocks.ShareWhereLookedAt * blocks.Summary.PredictedSeconds
            && candidate.SecondsWithSetup(options) < blocks.SecondsWithSetup(options) ? candidate : null;
    }

    /// <summary>With more multiply-adds straight-line code is not to be preferred to blocks: what labels are made of is computed besides, and every entry is stored. Where that alone is too much, 0.</summary>
    private static long MostProducts(PlanningProblem problem, Candidate blocks)
    {
        var (profile, operations) = (problem.Profile, LabelOperations.Of(problem.Graph));
        var (work, steps) = (new Work().Add(Price.StraightStep, problem.Pattern.NonzeroCount), operations.Count + problem.Pattern.NonzeroCount);
        operations.AddTo(work);
        var setup = profile.CompiledStep / Math.Max(1, problem.Options.Evaluations);
        var fast = (1e9 * StraightLineOrBlocks.ShareOfBlocks * blocks.Summary.PredictedSeconds - work.Nanoseconds(profile)) / profile.StraightStep;
        var soon = (1e9 * blocks.SecondsWithSetup(problem.Options) - work.Nanoseconds(profile) - setup * steps) / (profile.StraightStep + setup);
        // A product by 1 is no step, and no order has fewer products than some of the edges.
        var most = 2 * Math.Min(Math.Min(fast, soon), BlockCost.MostStraightSteps - steps);
        return most < problem.Graph.EdgeCount / EdgesPerProduct ? 0 : (long)most;
    }

    /// <summary>The candidate of blocks, with gradients or with adjoints.</summary>
    /// <param name="problem">The function.</param>
    /// <param name="graph">Its blocks.</param>
    /// <param name="division">How they were found.</param>
    /// <param name="otherwise">What runs where kernels do not.</param>
    /// <param name="most">Multiply-adds that an instance of a kernel may have.</param>
    /// <param name="mayBeAdjoints">Whether adjoints are preferred where they are cheaper.</param>
    private Candidate Of(
        PlanningProblem problem, BlockGraph graph, BlockDivision division, MadeOnce<JacobianStrategy> otherwise, long most = long.MaxValue, bool mayBeAdjoints = true)
    {
        var kernels = new BlockKernels(graph);
        var linearized = new LinearizedGraph[kernels.Count];
        for (var k = 0; k < linearized.Length; k++)
            linearized[k] = LinearizedGraph.Of(kernels.FirstBlockOf(k).Kernel, kernels.FirstBlockOf(k).LeafCount);
        // What reads only inputs has nothing to pass on.
        var groups = graph.KernelsReadResults ? OutputGroups.Of(graph) : null;
        var reverse = BlockCost.OfAdjoints(problem, graph, linearized, graph.Uses, groups, SweepReach.OfRows(graph, groups, problem.Pattern));
        if (BlockCost.Patterns(graph, linearized) is not { } patterns)
            return AdjointsOrNothing();
        if (Orders(problem, graph, linearized, patterns, most) is not { } orders)
            return AdjointsOrNothing();
        var cost = BlockCost.Of(problem, graph, orders, graph.Uses);
        if (mayBeAdjoints && reverse.Work.Seconds(problem.Profile) < (groups is null ? 1 : ShareOfGradients) * cost.Work.Seconds(problem.Profile))
            return Adjoints();
        if (cost.IsTooLong)
            return AdjointsOrNothing();
        return Proposed(cost, 0, new BlockStrategy([.. orders.Select(static order => order.Strategy)], otherwise, BlockComposition.Gradients) { Graph = graph, Division = division });

        Candidate Adjoints() => Proposed(reverse, groups?.Sweeps.Length ?? problem.NonemptyRows, new BlockStrategy([], otherwise, BlockComposition.Adjoints) { Graph = graph, Division = division });

        // Without gradients one row after the other is what is left, unless sweeps do better without anything being compiled.
        Candidate AdjointsOrNothing() => reverse.Work.Seconds(problem.Profile) < SweepCost.UpperBound(problem)
            ? Adjoints()
            : Candidate.GivenUp(Name, double.PositiveInfinity, problem.NonemptyRows, string.Create(CultureInfo.InvariantCulture,
                $"its derivatives are more than {BlockCost.MostStraightSteps:N0} steps of code that is run once: too long to be worth compiling"));

        Candidate Proposed(BlockCost cost, int sweeps, BlockStrategy strategy) => new(new PlanCandidate
        {
            Name = Name,
            PredictedSeconds = cost.Work.Seconds(problem.Profile),
            SetupSeconds = cost.SetupSeconds,
            MultiplyAdds = cost.MultiplyAdds,
            MemoryBytes = cost.MemoryBytes,
            Sweeps = sweeps,
            Directions = problem.NonemptyRows,
        }, strategy, cost.Work);
    }

    /// <summary>
    /// What runs where kernels do not, when nothing else was worked out: rows in reverse, whose program is written when it is needed, or sweeps where
    /// it would be too long.
    /// </summary>
    internal static JacobianStrategy? Otherwise(PlanningProblem problem)
    {
        // An operation serves no more outputs than an input below it, which is often enough to know.
        var budget = AccumulationCost.Budget(problem, forced: false);
        var work = (long)problem.Graph.EdgeCount * problem.LongestColumn;
        if (work > LongProgram || work > budget)
            work = problem.Sharing.RowWork;
        if (work <= budget)
            return new AccumulationStrategy([]) { IsWalked = work + problem.Pattern.NonzeroCount > LongProgram };
        var (rows, columns) = (problem.LongestColumn, problem.LongestRow);
        var isForward = SweepCost.LowerBound(problem, SweepDirection.Forward, columns) <= SweepCost.LowerBound(problem, SweepDirection.Reverse, rows);
        var isFull = isForward ? columns == problem.NonemptyColumns : rows == problem.NonemptyRows;
        ICandidateSource source = (isForward, isFull) switch
        {
            (true, true) => Portfolio.Forward,
            (true, false) => Portfolio.ForwardColored,
            (false, true) => Portfolio.Reverse,
            (false, false) => Portfolio.ReverseColored,
        };
        return source.Propose(problem, forced: true).Strategy;
    }

    /// <summary>
    /// The order of elimination of every kernel: the fewest instructions of rows in reverse, shared gradients kept, and elimination; null where one has more than <paramref name="most"/>, whatever the order.
    /// </summary>
    private static KernelOrder[]? Orders(PlanningProblem problem, BlockGraph graph, LinearizedGraph[] linearized, SparsityPattern[] patterns, long most)
    {
        var kernels = new BlockKernels(graph);
        var instances = new long[kernels.Count];
        foreach (var block in graph.Blocks)
            if (block is KernelBlock kernel)
                instances[kernels.NumberOf(kernel)] += kernel.InstanceCount;
        var operations = 0L;
        for (var k = 0; k < kernels.Count; k++)
            operations += kernels.FirstBlockOf(k).Kernel.OperationCount;
        var orders = new KernelOrder[kernels.Count];
        for (var k = 0; k < orders.Length; k++)
        {
            // The limit of memory is for the whole; what kernels take is counted there.
            var limit = most > long.MaxValue / AccumulationCost.BytesPerInstruction ? long.MaxValue : AccumulationCost.BytesPerInstruction * most;
            var options = problem.Options with { Evaluations = problem.Options.Evaluations * instances[k], MemoryLimit = limit };
            var order = KernelOrder.Of(new PlanningProblem(linearized[k], patterns[k], options)
            {
                MostSearchSeconds = kernels.FirstBlockOf(k).Kernel.OperationCount is <= LongestSearched and var own ? KernelSearchSeconds * own / operations : 0,
            });
            if (order is null)
                return null;
            orders[k] = order;
        }
        return orders;
    }
}
