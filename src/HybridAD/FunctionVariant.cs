using System.Runtime.CompilerServices;
using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution;
using HybridAD.Execution.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Curvature;
using HybridAD.Execution.Jacobians;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning;
using HybridAD.Planning.Costs;
using HybridAD.Plans;
using HybridAD.Rolling;
using HybridAD.Rounding;
using HybridAD.Simplification;
using HybridAD.Sparsity;

namespace HybridAD;

/// <summary>One trace of a function with everything that is made from it, each part when it is first needed.</summary>
internal sealed class FunctionVariant
{
    private readonly RecordedRows _recordedRows;
    private readonly bool _multiplyPowers;
    private readonly MadeOnce<SparsityPattern> _pattern;
    private readonly Remade<Trace> _simplified;
    private readonly MadeOnce<bool> _hasGuards;
    private readonly Remade<LinearizedGraph> _graph;
    private readonly Remade<CompiledTrace> _compiled;
    private readonly MadeOnce<HessianExecutor> _hessian;
    private readonly MadeOnce<HvpExecutor> _hessianProduct;
    private readonly MadeOnce<RoundedProgram> _asWritten;
    private readonly MadeOnce<DeferredCompilation<BlockValues>> _values;
    private readonly MadeOnce<BlockGraph?> _loops;
    private readonly MadeOnce<BlockGraph?> _rolled;
    private readonly MadeOnce<BlockGraph?> _blocks;
    private readonly MadeOnce<DeferredCompilation<BlockAdjoints>> _adjoints;
    private readonly MadeOnce<DeferredCompilation<BlockTangents>> _tangents;
    private readonly MadeOnce<DeferredCompilation<BlockHessianProducts>> _hessianProducts;
    private readonly MadeOnce<DeferredCompilation<BlockHessian>> _compiledHessian;
    private readonly Dictionary<JacobianPlannerOptions, PlannedJacobian> _jacobians = [];
    private readonly Dictionary<JacobianPlannerOptions, FactorChain> _factors = [];

    /// <summary>What compiling the first kernels of values takes, and the rest for every node.</summary>
    private const double SecondsOfCompiler = 5e-3;

    private const double SecondsPerNode = 200e-9;

    /// <summary>What dividing into blocks and placing their numbers takes, for every node.</summary>
    private const double SecondsPerSweptNode = 400e-9;

    /// <summary>Steps of a sweep's kernel for an operation: its value, its partial derivatives, their products.</summary>
    private const double StepsPerOperation = 3;

    /// <summary>The same for products with the Hessian: each of these is differentiated once more, and values are computed again.</summary>
    private const double SecondOrderStepsPerOperation = 12;

    /// <summary>What planning the Jacobian takes besides, for every node.</summary>
    private const double SecondsOfPlanningPerNode = 500e-9;

    /// <summary>What preparing to interpret takes for every node: simplifying, linearising, placing.</summary>
    private const double SecondsOfInterpreterPerNode = 150e-9;

    /// <summary>Recordings of fewer nodes are too short for loops to be worth looking for.</summary>
    private const int FewestNodesOfLoops = 5_000;

    /// <summary>Where compiling some kernels takes less than <see cref="SecondsOfInterpreterPerNode"/> for every node.</summary>
    private const int FewestNodesOfLarge = 200_000;

    /// <summary>Columns that the numbers between blocks may depend on together, for every node, for the pattern to be found by blocks.</summary>
    private const long MostColumnsPerNode = 16;

    /// <summary>For fewer evaluations rows are rather walked over as they were recorded.</summary>
    private const double FewEvaluations = 100;

    private static readonly RollingOptions ForValues = RollingOptions.ForValues with { IncludeGuards = true };

    public FunctionVariant(RoundedProgram program, TraceOptions options, SparsityPattern? declared)
    {
        Program = program;
        StrictFunctions = options.StrictFunctions;
        _simplified = new(() => Simplifier.Simplify(program.Trace, options.Simplification).Trace);
        _hasGuards = new(() => !program.Trace.Guards.IsEmpty && !Trace.Guards.IsEmpty);
        _graph = new(() => LinearizedGraph.Of(Trace));
        _compiled = new(() => new CompiledTrace(Graph));
        _hessian = new(() =>
        {
            var pattern = HessianSparsity.Detect(Graph);
            return new HessianExecutor(Compiled, pattern, HessianPlanner.Plan(pattern));
        });
        _hessianProduct = new(() => new HvpExecutor(Compiled));
        _asWritten = new(program.WithLiteralsAsWritten);
        _loops = new(() => Loops(RollingOptions.ForDerivatives, options));
        _values = new(() => new DeferredCompilation<BlockValues>(
            () => RuntimeFeature.IsDynamicCodeCompiled && (Loops(ForValues, options) ?? FunctionBlocks.Of(Trace, ForValues)) is { } blocks ? Instead(BlockValues.Of(blocks, Kernels)) : null,
            DeferredCompilation.Seconds(options.Engine, SecondsOfCompiler + SecondsPerNode * program.Trace.NodeCount)));
        _rolled = new(() => RuntimeFeature.IsDynamicCodeCompiled ? FunctionBlocks.Of(Trace, RollingOptions.ForDerivatives) : null);
        // Whoever asks first: results must not depend on what was asked before.
        _blocks = new(() => _loops.Value ?? _rolled.Value);
        _adjoints = new(() => Sweep(_blocks, BlockAdjoints.Of, options.Engine));
        // Forward, rows that stay whole are stored once; in reverse, linear terms need no kernel.
        var wholeRows = new MadeOnce<BlockGraph?>(() => RuntimeFeature.IsDynamicCodeCompiled ? FunctionBlocks.Of(Trace, RollingOptions.ForValues) : null);
        _tangents = new(() => Sweep(wholeRows, BlockTangents.Of, options.Engine));
        _hessianProducts = new(() => Sweep(_blocks, BlockHessianProducts.Of, options.Engine, SecondOrderStepsPerOperation));
        _compiledHessian = new(() => Sweep(_blocks, (graph, factory) => BlockHessian.Of(graph, Hessian.Pattern, factory, Hessian.Nanoseconds), options.Engine, SecondOrderStepsPerOperation));
        _recordedRows = new(program.Trace, declared);
        _multiplyPowers = options.Simplification.Powers;
        _pattern = new(() =>
        {
            // Where simplification keeps every dependence, all ways lead to the same pattern, and the shortest is taken; else it is that of the loops where there are
            // any, whoever asks first.
            var isKept = KeptDependences.AreAll(program.Trace);
            if ((!isKept || (IsLarge && options.Engine != Engine.Interpreted)) && OfBlocks() is { } ofLoops)
                return ofLoops;
            if (_recordedRows.Visits is { } visits)
                return visits.Pattern;
            if (isKept && _loops.IsMade && OfBlocks() is { } sameOfLoops)
                return sameOfLoops;
            var detected = JacobianSparsity.Detect(Graph);
            return declared is null ? detected : detected.Union(declared);

            SparsityPattern? OfBlocks() => _loops.Value is { } loops && BlockSparsity.Detect(loops, MostColumnsPerNode * program.Trace.NodeCount) is { } ofBlocks
                ? declared is null ? ofBlocks : ofBlocks.Union(declared) : null;
        });
    }

    /// <summary>Whether compiling the kernels of a function that consists of loops takes less than preparing to interpret it.</summary>
    private bool IsLarge => Program.Trace.NodeCount >= FewestNodesOfLarge;

    private BlockGraph? Loops(RollingOptions rolling, TraceOptions options) =>
        RuntimeFeature.IsDynamicCodeCompiled && (Program.Loops is not null || Program.Trace.NodeCount >= FewestNodesOfLoops)
            ? FunctionBlocks.OfLoops(Program.Trace, rolling, options.Simplification, Program.Loops) : null;

    /// <summary>The function as it was recorded.</summary>
    public RoundedProgram Program { get; }

    /// <summary>Whether compiled kernels compute functions as the interpreter does.</summary>
    public bool StrictFunctions { get; }

    /// <summary>Makes kernels runnable.</summary>
    public KernelFactory Kernels => KernelFactory.CompilingWith(StrictFunctions);

    /// <summary>Whether there are points at which another trace is the right one; simplification may have found that there are none.</summary>
    public bool HasGuards => _hasGuards.Value;

    /// <summary>What the analyses of rounding look at.</summary>
    public RoundedProgram AnalysedProgram(bool literalsAsWritten) => literalsAsWritten ? _asWritten.Value : Program;

    /// <summary>The simplified trace, ready for evaluation.</summary>
    public CompiledTrace Compiled => _compiled.Value;

    /// <summary>The simplified trace.</summary>
    public Trace Trace => _simplified.Value;

    /// <summary>Its linearised graph.</summary>
    public LinearizedGraph Graph => _graph.Value;

    /// <summary>The outputs and guards by compiled kernels.</summary>
    public DeferredCompilation<BlockValues> Values => _values.Value;

    /// <summary>ȳ·J by compiled kernels.</summary>
    public DeferredCompilation<BlockAdjoints> Adjoints => _adjoints.Value;

    /// <summary>J·t by compiled kernels.</summary>
    public DeferredCompilation<BlockTangents> Tangents => _tangents.Value;

    /// <summary>∇²(w·y) by compiled kernels.</summary>
    public DeferredCompilation<BlockHessian> CompiledHessian => _compiledHessian.Value;

    /// <summary>∇²(w·y)·v by compiled kernels.</summary>
    public DeferredCompilation<BlockHessianProducts> HessianProducts => _hessianProducts.Value;

    public SparsityPattern Pattern => _pattern.Value;

    public HessianExecutor Hessian => _hessian.Value;

    public HvpExecutor HessianProduct => _hessianProduct.Value;

    /// <summary>What planning and compiling the Jacobian is expected to take.</summary>
    public double JacobianSeconds => SecondsOfCompiler + (SecondsPerNode + SecondsOfPlanningPerNode) * Program.Trace.NodeCount;

    private DeferredCompilation<TSweep> Sweep<TSweep>(
        MadeOnce<BlockGraph?> blocks, Func<BlockGraph, KernelFactory, TSweep?> compile, Engine engine, double stepsPerOperation = StepsPerOperation)
        where TSweep : class =>
        new(() => blocks.Value is { } graph && compile(graph, Kernels) is { } compiled ? Instead(compiled) : null,
            DeferredCompilation.Seconds(engine, SecondsOfCompiler + SecondsPerSweptNode * Program.Trace.NodeCount),
            engine == Engine.Auto ? () => blocks.Value is { } graph ? CompilingSeconds(graph, stepsPerOperation) : 0 : null);

    /// <summary>What compiling the kernels of a sweep takes, which depends on how much of the function repeats.</summary>
    private static double CompilingSeconds(BlockGraph graph, double stepsPerOperation)
    {
        var (prices, kernels) = (CostProfile.Default, new BlockKernels(graph));
        var nanoseconds = 0.0;
        for (var k = 0; k < kernels.Count; k++)
        {
            var block = kernels.FirstBlockOf(k);
            nanoseconds += prices.CompiledKernel
                + stepsPerOperation * block.Kernel.OperationCount * (block.InstanceCount == 1 ? prices.CompiledStep : prices.CompiledVectorStep);
        }
        return 1e-9 * nanoseconds;
    }

    /// <summary>The plan and its executor, made once for each set of options.</summary>
    public PlannedJacobian Jacobian(JacobianPlannerOptions options)
    {
        lock (_jacobians)
        {
            if (!_jacobians.TryGetValue(options, out var planned))
            {
                planned = OfLoops(options) ?? AsRecorded(options) ?? Execute(JacobianPlanner.Plan(Graph, Pattern, options, Program.Loops is null ? null : _loops), options.Engine);
                _jacobians.Add(options, planned);
            }
            return planned;
        }
    }

    /// <summary>The plan of blocks read off the recording, where it consists of loops and compiled kernels are wanted or sooner ready than anything else.</summary>
    private PlannedJacobian? OfLoops(JacobianPlannerOptions options)
    {
        var isWanted = options.Engine == Engine.Compiled || (options.Engine == Engine.Auto && IsLarge && options.Evaluations >= FewEvaluations);
        if (!isWanted || options.Mode is not (JacobianMode.Auto or JacobianMode.Blocks) || _loops.Value is not { } loops || JacobianPlanner.Plan(loops, new MadeOnce<LinearizedGraph>(() => Graph), Pattern, options) is not { } plan)
            return null;
        return options.Engine == Engine.Compiled || plan.Candidates[0].SetupSeconds < SecondsOfInterpreterPerNode * Program.Trace.NodeCount ? Execute(plan, Engine.Compiled) : null;
    }

    /// <summary>For few evaluations, the rows of the trace as it was recorded; its guards count otherwise than those of the simplified one, so that there must be none.</summary>
    private PlannedJacobian? AsRecorded(JacobianPlannerOptions options)
    {
        if (!Program.Trace.Guards.IsEmpty || _recordedRows.Visits is not { } visits || !ReferenceEquals(visits.Pattern, Pattern))
            return null;
        return JacobianPlanner.PlanVisits(visits, options, () => Graph) is { } plan ? new PlannedJacobian(plan, new(() => new SweptRows(new MadeOnce<CompiledTrace>(() => Compiled), visits, _multiplyPowers)), null) : null;
    }

    /// <summary>The factors of the Jacobian, made once for each set of options.</summary>
    public FactorChain Factors(JacobianPlannerOptions options)
    {
        lock (_factors)
        {
            if (!_factors.TryGetValue(options, out var factors))
            {
                factors = new FactorChain(this, options);
                _factors.Add(options, factors);
            }
            return factors;
        }
    }

    /// <summary>Makes a plan ready to run.</summary>
    public PlannedJacobian Execute(JacobianPlan plan, Engine engine)
    {
        if (plan.Strategy is not BlockStrategy strategy)
            return Interpreted(plan);
        var otherwise = new Remade<JacobianExecutor>(() => JacobianExecutor.For(Compiled, Pattern, strategy.Otherwise));
        if (engine == Engine.Interpreted || !RuntimeFeature.IsDynamicCodeCompiled)
            return new PlannedJacobian(plan, otherwise, null);
        // A plan from a file was verified with these.
        var graph = strategy.Graph ?? _rolled.Value;
        var blocks = new DeferredCompilation<BlockJacobian>(
            () => graph is null ? null : Instead(BlockJacobian.Of(graph, Pattern, strategy, Kernels), otherwise), DeferredCompilation.Seconds(engine, plan.Candidates[0].SetupSeconds));
        // Where kernels are compiled at once, another way is rarely needed; else it comes first, and making it is not a part of the time it takes.
        if (engine == Engine.Compiled)
            blocks.Now();
        else
            _ = otherwise.Value;
        return new PlannedJacobian(plan, otherwise, blocks);
    }

    private PlannedJacobian Interpreted(JacobianPlan plan)
    {
        var executor = new Remade<JacobianExecutor>(() => JacobianExecutor.For(Compiled, Pattern, plan.Strategy));
        _ = executor.Value;
        return new PlannedJacobian(plan, executor, null);
    }

    /// <summary>What was needed to compile, and what only the interpreter needs, is let go when there are compiled kernels: it is several times larger than they are.</summary>
    private TCompiled Instead<TCompiled>(TCompiled compiled, Remade<JacobianExecutor>? interpreter = null)
    {
        interpreter?.Release();
        _compiled.Release();
        _graph.Release();
        _simplified.Release();
        return compiled;
    }
}

/// <summary>A plan and what runs it.</summary>
/// <param name="plan">The plan.</param>
/// <param name="executor">What runs it without compiled kernels, made when it is first needed.</param>
/// <param name="blocks">What runs it with them; null where the plan has none.</param>
internal sealed class PlannedJacobian(JacobianPlan plan, Remade<JacobianExecutor> executor, DeferredCompilation<BlockJacobian>? blocks)
{
    /// <summary>The plan.</summary>
    public JacobianPlan Plan => plan;

    /// <summary>What runs it without compiled kernels.</summary>
    public JacobianExecutor Executor => executor.Value;

    /// <summary>What runs it with them; null where the plan has none.</summary>
    public DeferredCompilation<BlockJacobian>? Blocks => blocks;
}
