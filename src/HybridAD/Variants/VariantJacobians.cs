using System.Runtime.CompilerServices;
using HybridAD.Collections;
using HybridAD.Blocks;
using HybridAD.Execution;
using HybridAD.Execution.Blocks;
using HybridAD.Execution.Jacobians;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning;
using HybridAD.Plans;
using HybridAD.Simplification;

namespace HybridAD.Variants;

/// <summary>The Jacobians of a variant: for each set of options a plan and what runs it.</summary>
/// <param name="variant">The variant.</param>
/// <param name="recordedRows">Its rows as they were recorded.</param>
/// <param name="multiplyPowers">Whether simplification writes powers as products.</param>
internal sealed class VariantJacobians(FunctionVariant variant, KeptRowVisits recordedRows, bool multiplyPowers)
{
    /// <summary>What planning takes, for every node.</summary>
    private const double SecondsOfPlanningPerNode = 500e-9;

    /// <summary>What preparing to interpret takes for every node: simplifying, linearising, placing.</summary>
    private const double SecondsOfInterpreterPerNode = 150e-9;

    /// <summary>For fewer evaluations rows are rather walked over as they were recorded.</summary>
    private const double FewEvaluations = 100;

    /// <summary>Recordings of more nodes are not divided operation by operation where loops are known, unless these are slow: what holds them meanwhile is several times as large as they are.</summary>
    private const int MostNodesDivided = 400_000;

    /// <summary>What dividing takes for every node.</summary>
    private const double SecondsOfDivisionPerNode = 250e-9;

    /// <summary>What something better is expected to save of all evaluations, one function with another.</summary>
    private const double ShareSaved = 0.1;

    /// <summary>Loops that are expected to take longer for every node are slow enough to look for something better however large the recording is.</summary>
    private const double MostSecondsPerNode = 1e-9;

    /// <summary>What looking at the code of an operation and of its derivatives, and compiling that, takes.</summary>
    private const double SecondsPerOperation = 50e-6;

    // One set of options nearly always, for which a table would be larger than many plans are.
    private (JacobianPlannerOptions Options, PlannedJacobian Planned)[] _jacobians = [];
    private readonly MadeWhenAsked<Dictionary<JacobianPlannerOptions, FactorChain>> _factors = new();

    /// <summary>What planning and compiling a Jacobian is expected to take.</summary>
    public double Seconds => VariantSweeps.SecondsOfCompiler + (VariantSweeps.SecondsPerNode + SecondsOfPlanningPerNode) * variant.Program.Trace.NodeCount;

    /// <summary>What planning for very many evaluations, and compiling that, is expected to take.</summary>
    public double SecondsForMany => Seconds + SecondsPerOperation * variant.Program.Trace.OperationCount;

    /// <summary>Kernels for very many evaluations; null where they would be the same.</summary>
    /// <param name="plan">The plan until now.</param>
    /// <param name="options">What it was made for.</param>
    public PlannedJacobian? ForMany(JacobianPlan plan, JacobianPlannerOptions options)
    {
        var many = Of(options with { Engine = Engine.Compiled, Evaluations = Math.Max(options.Evaluations, JacobianPlannerOptions.Default.Evaluations) });
        return many.Blocks?.Ready is not null && !IsSame(plan.Strategy, many.Plan.Strategy) ? many : null;
    }

    /// <summary>Whether kernels are put together in the same way.</summary>
    private static bool IsSame(JacobianStrategy some, JacobianStrategy others)
    {
        if (some is not BlockStrategy first || others is not BlockStrategy second || first.Composition != second.Composition || first.Division != second.Division)
            return false;
        return first.Orders is not [SweepStrategy one] || second.Orders is not [SweepStrategy other] || (one.Direction == other.Direction && one.ColorCount == other.ColorCount);
    }

    /// <summary>The plan and its executor, made once for each set of options.</summary>
    public PlannedJacobian Of(JacobianPlannerOptions options)
    {
        // Nobody else sees this object.
        lock (this)
        {
            foreach (var (known, jacobian) in _jacobians)
                if (known == options)
                    return jacobian;
            var planned = OfLoops(options) ?? AsRecorded(options) ?? Planned(options);
            LetBlocksGo(planned.Plan, options.Engine);
            if (planned.Blocks is null && options is { Engine: Engine.Auto, Mode: JacobianMode.Auto } && RuntimeFeature.IsDynamicCodeCompiled)
                planned = UntilMoreEvaluations(planned, options);
            _jacobians = [.. _jacobians, (options, planned)];
            return planned;
        }
    }

    private PlannedJacobian Planned(JacobianPlannerOptions options) =>
        Execute(JacobianPlanner.Plan(() => variant.Graph, variant.Pattern, options, variant.Blocks.Loops, areStated: variant.Program.Loops is not null, new StraightLineWork(variant.StrictFunctions)), options.Engine);

    /// <summary>Blocks that were found in the variant stay with it, which lets them go where they are large; they are not kept by the plan. Without dynamic code nothing looks for them again.</summary>
    private void LetBlocksGo(JacobianPlan plan, Engine engine)
    {
        if (!RuntimeFeature.IsDynamicCodeCompiled || plan.Strategy is not BlockStrategy { Graph: { } graph } strategy)
            return;
        var source = variant.Blocks.Of(strategy.Division);
        if (!source.LetGo(graph))
            return;
        strategy.LetGraphGo(source);
        // Dividing a function operation by operation takes so long that packing it does not count.
        if (strategy.Division == BlockDivision.Operations && engine == Engine.Compiled)
            variant.Program.Trace.Rest(evenIfLarge: true);
    }

    /// <summary>Whether a plan was made here, so that it need not be compared with the function.</summary>
    public bool HasMade(JacobianPlan plan)
    {
        // Nobody else sees this object.
        lock (this)
            return Array.Exists(_jacobians, known => ReferenceEquals(known.Planned.Plan, plan));
    }

    private PlannedJacobian UntilMoreEvaluations(PlannedJacobian planned, JacobianPlannerOptions options) =>
        planned.UntilMoreEvaluations(Seconds, evaluations => evaluations > options.Evaluations ? Of(options with { Evaluations = evaluations }) : null);

    /// <summary>The factors of the Jacobian, made once for each set of options.</summary>
    public FactorChain FactorsOf(JacobianPlannerOptions options)
    {
        var known = _factors.Of(this, static _ => []);
        lock (known)
        {
            if (!known.TryGetValue(options, out var factors))
            {
                factors = new FactorChain(variant, options);
                known.Add(options, factors);
            }
            return factors;
        }
    }

    /// <summary>Makes a plan ready to run.</summary>
    public PlannedJacobian Execute(JacobianPlan plan, Engine engine)
    {
        if (plan.Strategy is not BlockStrategy strategy)
            return Interpreted(plan);
        // Rows are walked over until kernels are compiled only: of points that kernels cannot do there may be many.
        var walks = engine == Engine.Auto;
        var otherwise = Remade.Of(() =>
        {
            var way = strategy.Otherwise is AccumulationStrategy { IsWalked: true } walked ? walked with { IsWalked = walks } : strategy.Otherwise;
            walks = false;
            return JacobianExecutor.For(variant.Compiled, variant.Pattern, way);
        });
        if (engine == Engine.Interpreted || !RuntimeFeature.IsDynamicCodeCompiled)
            return new PlannedJacobian(plan, otherwise, null);
        var blocks = Compilation(strategy, otherwise, DeferredCompilation.Seconds(engine, plan.Best.SetupSeconds));
        // Where kernels are compiled at once, another way is rarely needed; else it comes first, and making it is not a part of the time it takes.
        if (engine == Engine.Compiled)
            blocks.Now();
        else
            _ = otherwise.Value;
        strategy.Rest();
        return new PlannedJacobian(plan, otherwise, blocks);
    }

    /// <summary>What the values take alone; a function of its own, since what others captured would be kept with it.</summary>
    private double NanosecondsOfValues() => variant.Sweeps.Values.Now()?.Nanoseconds ?? double.PositiveInfinity;

    /// <summary>Compiles the blocks of a plan, which stay until then: that may be much later.</summary>
    private DeferredCompilation<BlockJacobian> Compilation(BlockStrategy strategy, Remade<JacobianExecutor> otherwise, double seconds)
    {
        // A plan from a file was verified with those of the variant.
        var blocks = variant.Blocks.Of(strategy.Division);
        var graph = strategy.NeedsBlocks ? strategy.Graph ?? blocks.Blocks : null;
        var isCompiled = false;
        return new(
            () =>
            {
                var compiled = BlockJacobian.Of(graph, blocks, Function, variant.Pattern, strategy, variant.Kernels, NanosecondsOfValues);
                isCompiled = compiled is not null;
                return compiled is null ? null : variant.Instead(compiled, otherwise);
            },
            seconds);

        Trace Function()
        {
            var trace = variant.Trace;
            // Who compiles once more is not waited for.
            if (isCompiled)
                variant.LetGo();
            return trace;
        }
    }

    /// <summary>The plan of blocks read off the recording, where it consists of loops and compiled kernels are wanted or sooner ready than anything else.</summary>
    private PlannedJacobian? OfLoops(JacobianPlannerOptions options)
    {
        var isWanted = options.Engine == Engine.Compiled || (options.Engine == Engine.Auto && variant.Blocks.IsLarge && options.Evaluations >= FewEvaluations);
        if (!isWanted || options.Mode is not (JacobianMode.Auto or JacobianMode.Blocks) || variant.Blocks.Loops.Blocks is not { } loops)
            return null;
        // Loops whose results others read, as layers of a network read each other's, may be parts of larger instances that pass nothing on, or steps in time; and instances may compute the same as their
        // neighbours do. What the code states it asks for.
        var mayBeBetter = variant.Program.Loops is null && (loops.KernelsReadResults || (variant.Program.Trace.NodeCount <= MostNodesDivided && variant.Blocks.ComputeTheSame(loops)));
        var nodes = variant.Program.Trace.NodeCount;
        if ((mayBeBetter && nodes <= VariantBlocks.MostNodesDividedToo) || JacobianPlanner.Plan(loops, new MadeOnce<LinearizedGraph>(() => variant.Graph), variant.Pattern, options) is not { } plan)
            return null;
        var mostPerNode = nodes <= MostNodesDivided ? Math.Min(MostSecondsPerNode, SecondsOfDivisionPerNode / (ShareSaved * options.Evaluations)) : MostSecondsPerNode;
        if (mayBeBetter && plan.Best.PredictedSeconds > mostPerNode * nodes)
            return null;
        return options.Engine == Engine.Compiled || plan.Best.SetupSeconds < SecondsOfInterpreterPerNode * nodes ? Execute(plan, Engine.Compiled) : null;
    }

    /// <summary>For few evaluations, the rows of the trace as it was recorded; its guards count otherwise than those of the simplified one, so that there must be none.</summary>
    private PlannedJacobian? AsRecorded(JacobianPlannerOptions options)
    {
        if (options is not { Mode: JacobianMode.Auto, Engine: not Engine.Compiled } || !variant.Program.Trace.Guards.IsEmpty || recordedRows.With(variant.Pattern) is not { } visits)
            return null;
        return JacobianPlanner.PlanVisits(visits, options, () => variant.Graph) is { } plan
            ? new PlannedJacobian(plan, Remade.Of<JacobianExecutor>(() => new VisitedRowsJacobian(new MadeOnce<CompiledTrace>(() => variant.Compiled), visits, multiplyPowers)), null) : null;
    }

    private PlannedJacobian Interpreted(JacobianPlan plan)
    {
        var executor = Remade.Of(() => JacobianExecutor.For(variant.Compiled, variant.Pattern, plan.Strategy));
        _ = executor.Value;
        plan.Strategy.Rest();
        return new PlannedJacobian(plan, executor, null);
    }
}

/// <summary>A plan and what runs it.</summary>
/// <param name="plan">The plan.</param>
/// <param name="executor">What runs it without compiled kernels, made when it is first needed.</param>
/// <param name="blocks">What runs it with them; null where the plan has none.</param>
/// <param name="later">The plan that the kernels are of, where it is another one.</param>
internal sealed class PlannedJacobian(
    JacobianPlan plan, Remade<JacobianExecutor> executor, DeferredCompilation<BlockJacobian>? blocks, MadeOnce<PlannedJacobian?>? later = null)
{
    /// <summary>How many times the evaluations that were made are expected in all when it is planned again.</summary>
    private const double MoreEvaluations = 10;

    /// <summary>The plan that is at work.</summary>
    public JacobianPlan Plan => later is { IsMade: true, Value: { } compiled } && blocks?.Ready is not null ? compiled.Plan : plan;

    /// <summary>What runs it without compiled kernels.</summary>
    public JacobianExecutor Executor => executor.Value;

    /// <summary>What runs it with them; null where the plan has none.</summary>
    public DeferredCompilation<BlockJacobian>? Blocks => blocks;

    /// <summary>The same until so many evaluations have been made that planning and compiling would have taken no longer; then it is planned for more of them.</summary>
    /// <param name="seconds">What planning and compiling is expected to take.</param>
    /// <param name="again">Plans for a number of evaluations, if they are more than it was planned for.</param>
    public PlannedJacobian UntilMoreEvaluations(double seconds, Func<double, PlannedJacobian?> again)
    {
        // Only a plan of blocks is compiled: another one waits for still more evaluations in its turn.
        var planned = new MadeOnce<PlannedJacobian?>(() =>
            again(MoreEvaluations * seconds / plan.Best.PredictedSeconds) is { Plan.Strategy: BlockStrategy } blocks ? blocks : null);
        var compilation = new DeferredCompilation<BlockJacobian>(
            () => planned.Value?.Blocks?.Now(), seconds, [() => planned.Value?.Plan.Best.SetupSeconds ?? 0], countsFirst: false);
        return new PlannedJacobian(plan, executor, compilation, planned);
    }
}
