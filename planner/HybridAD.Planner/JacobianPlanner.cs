using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Errors;
using HybridAD.Linearization;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Estimates;
using HybridAD.Planning.Explanation;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Planning;

/// <summary>Chooses how a Jacobian is computed: works out every candidate, prices it, and keeps the cheapest with the reason.</summary>
public static class JacobianPlanner
{
    /// <summary>Plans the Jacobian of a function.</summary>
    /// <param name="graph">The linearised graph.</param>
    /// <param name="pattern">The pattern of the Jacobian; must contain every structural nonzero of the graph.</param>
    /// <param name="options">Wishes; null for the defaults.</param>
    /// <exception cref="HybridAdException">The forced mode does not fit into memory (HAD5001).</exception>
    public static JacobianPlan Plan(LinearizedGraph graph, SparsityPattern pattern, JacobianPlannerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var plan = Plan(() => graph, pattern, options, loops: null, areStated: false, code: null);
        // With everything that is to be said of it a plan does not keep the graph.
        _ = plan.Blocks;
        return plan;
    }

    /// <summary>Plans the Jacobian of a function whose recording may consist of loops.</summary>
    /// <param name="graphOf">The linearised graph; asked for again where more is to be said of the plan, so that a plan does not keep it.</param>
    /// <param name="pattern">The pattern of the Jacobian; must contain every structural nonzero of the graph.</param>
    /// <param name="options">Wishes; null for the defaults.</param>
    /// <param name="loops">The blocks that are read off the recording; null where it is not known.</param>
    /// <param name="areStated">Whether the code states them.</param>
    /// <param name="code">Looks at straight-line code; null where nothing does.</param>
    internal static JacobianPlan Plan(
        Func<LinearizedGraph> graphOf, SparsityPattern pattern, JacobianPlannerOptions? options, IBlockSource? loops, bool areStated, IStraightLineWork? code)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        options ??= JacobianPlannerOptions.Default;
        if (!RuntimeFeature.IsDynamicCodeCompiled)
            options = options with { Engine = Engine.Interpreted };
        var clock = Stopwatch.StartNew();
        var graph = graphOf();
        var problem = new PlanningProblem(graph, pattern, options) { Loops = loops, LoopsAreStated = areStated, Code = code };
        var candidates = new List<Candidate>();
        var ready = options is { Mode: JacobianMode.Auto, Engine: not Engine.Compiled } ? ReadyWays.IfEnough(problem) : null;
        var (whyAlone, isReady) = (ready?.WhyAlone, ready is not null);
        var blocksFirst = options.Engine == Engine.Compiled || (options.Mode == JacobianMode.Auto && Candidates.Blocks.MayCutShort(problem));
        foreach (var source in blocksFirst ? Portfolio.BlocksFirst : Portfolio.Sources)
        {
            var forced = source.Mode == options.Mode;
            if (ready is { } way ? source.Name != way.Candidate.Summary.Name : options.Mode != JacobianMode.Auto && !forced)
                continue;
            var candidate = ready?.Candidate ?? source.Propose(problem, forced);
            if (forced && candidate.Strategy is null)
                throw new HybridAdException(ErrorCodes.PlanDoesNotFit,
                    $"The mode '{candidate.Summary.Name}' cannot be used for this function: {candidate.Summary.Lost}. Use mode 'auto' or a mode with sweeps.");
            candidate = Limited(WorkingMemory.Fitted(problem, candidate), options, forced);
            candidates.Add(candidate);
            if (options.Engine == Engine.Compiled && candidate.Strategy is BlockStrategy)
            {
                // Who asks for compiled kernels gets them where there can be any, and the others need not be worked out.
                whyAlone = "not worked out: compiled kernels are asked for";
                break;
            }
            if (candidate.Strategy is not null && candidate.SecondsWithSetup(options) < problem.BestSeconds)
                (problem.BestSeconds, problem.BestStrategy) = (candidate.SecondsWithSetup(options), candidate.Strategy);
            if (blocksFirst && candidate.Strategy is BlockStrategy && problem.BestSeconds <= problem.CommonSeconds)
            {
                whyAlone = "not worked out: compiled kernels take less than values and partial derivatives alone, interpreted";
                break;
            }
        }
        Candidate? chosen = null;
        foreach (var candidate in candidates)
            if (candidate.Strategy is not null && (chosen is null || candidate.SecondsWithSetup(options) < chosen.SecondsWithSetup(options)))
                chosen = candidate;
        if (chosen is null)
            throw NothingFits(candidates, options);
        var (best, strategy, ranked) = (chosen.Summary, chosen.Strategy!, whyAlone is null ? Ranked(candidates, chosen) : default);
        return new JacobianPlan
        {
            Chosen = best.Name,
            Strategy = strategy,
            Candidates = ranked,
            Best = best,
            InputCount = graph.Trace.InputCount,
            OutputCount = graph.Trace.OutputCount,
            NonzeroCount = pattern.NonzeroCount,
            OperationCount = graph.Trace.OperationCount,
            PlanSeconds = clock.Elapsed.TotalSeconds,
            Details = new(() =>
            {
                var again = new PlanningProblem(graphOf(), pattern, options);
                var candidates = whyAlone is null ? ranked : WithOthers(again, best, whyAlone);
                return DetailsOf(again, strategy, candidates, Reasons.WhyChosen(again, best, candidates, options.Mode, isReady));
            }),
        };
    }

    /// <summary>
    /// Plans the Jacobian of a function whose blocks were read off its recording: no other way is priced, and nothing is made that only other ways need.
    /// </summary>
    /// <param name="loops">The blocks.</param>
    /// <param name="graph">The linearised graph, where something asks for it.</param>
    /// <param name="pattern">The pattern of the Jacobian; must contain every structural nonzero.</param>
    /// <param name="options">Wishes.</param>
    /// <returns>The plan; null where the blocks need more memory than allowed, or more code than is worth compiling.</returns>
    internal static JacobianPlan? Plan(BlockGraph loops, MadeOnce<LinearizedGraph> graph, SparsityPattern pattern, JacobianPlannerOptions options)
    {
        var clock = Stopwatch.StartNew();
        var problem = new PlanningProblem(graph, pattern, options);
        var otherwise = new MadeOnce<JacobianStrategy>(() => Candidates.Blocks.Otherwise(problem) ?? new AccumulationStrategy([]));
        var chosen = ((Candidates.Blocks)Portfolio.Blocks).Of(problem, loops, divided: null, otherwise);
        if (chosen.Strategy is null || chosen.Summary.MemoryBytes > options.MemoryLimit)
            return null;
        var (best, strategy, trace) = (chosen.Summary, chosen.Strategy, loops.Trace);
        return new JacobianPlan
        {
            Chosen = best.Name,
            Strategy = strategy,
            Best = best,
            InputCount = trace.InputCount,
            OutputCount = trace.OutputCount,
            NonzeroCount = pattern.NonzeroCount,
            OperationCount = trace.OperationCount,
            PlanSeconds = clock.Elapsed.TotalSeconds,
            Details = new(() =>
            {
                var again = new PlanningProblem(graph, pattern, options);
                return DetailsOf(
                    again, strategy, WithOthers(again, best, "not worked out: the function consists of loops, whose kernels are compiled sooner than another way is prepared"), Reasons.WhyLoops(again, best, trace.OperationCount));
            }),
        };
    }

    /// <summary>
    /// The plan to walk over the rows of a trace as it was recorded, if few evaluations are expected: then nothing else is made ready, not even the simplified function.
    /// Otherwise null.
    /// </summary>
    /// <param name="visits">The rows of the trace.</param>
    /// <param name="options">Wishes, which leave mode and engine open.</param>
    /// <param name="graph">The linearised graph of the simplified function, which is asked for only where more is to be said of the plan.</param>
    internal static JacobianPlan? PlanVisits(RowVisits visits, JacobianPlannerOptions options, Func<LinearizedGraph> graph)
    {
        var start = Stopwatch.GetTimestamp();
        if (VisitedRows.IfEnough(visits, options) is not { } chosen)
            return null;
        var (trace, pattern) = (visits.Trace, visits.Pattern);
        var strategy = new AccumulationStrategy([]) { IsWalked = true };
        return new JacobianPlan
        {
            Chosen = chosen.Name,
            Strategy = strategy,
            Best = chosen,
            InputCount = trace.InputCount,
            OutputCount = trace.OutputCount,
            NonzeroCount = pattern.NonzeroCount,
            OperationCount = trace.OperationCount,
            PlanSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
            Details = new(() =>
            {
                var problem = new PlanningProblem(graph(), pattern, options);
                return DetailsOf(problem, strategy, WithOthers(problem, chosen, VisitedRows.WhyAlone), Reasons.WhyVisited(pattern, chosen, options));
            }),
        };
    }

    private static PlanDetails DetailsOf(PlanningProblem problem, JacobianStrategy strategy, ImmutableArray<PlanCandidate> candidates, string reason) =>
        new(candidates, PlanBlocks.Of(problem, strategy, candidates[0].Name), reason, TimeBound.Seconds(problem), problem.Graph.Trace.Hash);

    /// <summary>The chosen candidate, then those that were not worked out.</summary>
    private static ImmutableArray<PlanCandidate> WithOthers(PlanningProblem problem, PlanCandidate chosen, string whyAlone) =>
    [
        chosen,
        .. Portfolio.Sources.Where(source => problem.Options.Mode == JacobianMode.Auto && source.Name != chosen.Name).Select(source => Candidate.GivenUp(
            source.Name, double.PositiveInfinity, source == Portfolio.Forward ? problem.NonemptyColumns : problem.NonemptyRows, whyAlone).Summary),
    ];

    /// <summary>A candidate that needs more memory than allowed loses, and is an error where it is asked for.</summary>
    private static Candidate Limited(Candidate candidate, JacobianPlannerOptions options, bool forced)
    {
        var (needed, limit) = (candidate.Summary.MemoryBytes, options.MemoryLimit);
        if (candidate.Strategy is null || needed <= limit)
            return candidate;
        if (forced)
            throw new HybridAdException(ErrorCodes.PlanDoesNotFit, string.Create(CultureInfo.InvariantCulture,
                $"The mode '{candidate.Summary.Name}' needs {needed:N0} bytes for this function; the limit is {limit:N0}. Raise the memory limit, or use mode 'auto'."));
        return new Candidate(candidate.Summary with { Lost = $"it needs {PlanText.Bytes(needed)}; the limit is {PlanText.Bytes(limit)}" }, null);
    }

    private static HybridAdException NothingFits(List<Candidate> candidates, JacobianPlannerOptions options)
    {
        var smallest = candidates.Where(candidate => candidate.Summary.MemoryBytes > 0).MinBy(candidate => candidate.Summary.MemoryBytes);
        return new HybridAdException(ErrorCodes.PlanDoesNotFit, string.Create(CultureInfo.InvariantCulture,
            $"No way to compute this Jacobian fits into {options.MemoryLimit:N0} bytes; the smallest, '{smallest?.Summary.Name}', needs {smallest?.Summary.MemoryBytes:N0}. Raise the memory limit."));
    }

    /// <summary>The candidate of a mode, with what its prediction is made of; without a mode that of a way that is ready, if it is enough.</summary>
    internal static Candidate? Propose(LinearizedGraph graph, SparsityPattern pattern, JacobianPlannerOptions options)
    {
        var problem = new PlanningProblem(graph, pattern, options);
        return options.Mode == JacobianMode.Auto
            ? ReadyWays.IfEnough(problem)?.Candidate
            : Portfolio.Sources.Single(source => source.Mode == options.Mode).Propose(problem, forced: true);
    }

    /// <summary>The chosen candidate, then the others by predicted time, each with the reason it lost.</summary>
    private static ImmutableArray<PlanCandidate> Ranked(List<Candidate> candidates, Candidate chosen)
    {
        var ranked = new PlanCandidate[candidates.Count];
        for (var k = 0; k < ranked.Length; k++)
            ranked[k] = candidates[k] == chosen
                ? chosen.Summary
                : candidates[k].Summary with { Lost = candidates[k].Summary.Lost ?? Reasons.WhyLost(candidates[k].Summary, chosen.Summary) };
        // The chosen one comes first; equal times keep the order of the portfolio.
        var order = new Dictionary<string, int>();
        for (var k = 0; k < ranked.Length; k++)
            order[ranked[k].Name] = ranked[k].Lost is null ? -1 : k;
        Array.Sort(ranked, (a, b) => a.Lost is null || b.Lost is null || a.PredictedSeconds == b.PredictedSeconds
            ? order[a.Name].CompareTo(order[b.Name])
            : a.PredictedSeconds.CompareTo(b.PredictedSeconds));
        return ImmutableCollectionsMarshal.AsImmutableArray(ranked);
    }
}
