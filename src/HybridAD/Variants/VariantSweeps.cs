using System.Runtime.CompilerServices;
using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Graph;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Rolling.Recurrences;
using HybridAD.Simplification;

namespace HybridAD.Variants;

/// <summary>What is compiled of a variant besides Jacobians: values, products with the Jacobian, Hessians and products with these, each when it pays.</summary>
internal sealed class VariantSweeps
{
    /// <summary>What compiling the first kernels takes, and the rest of values for every node.</summary>
    public const double SecondsOfCompiler = 5e-3;

    /// <inheritdoc cref="SecondsOfCompiler"/>
    public const double SecondsPerNode = 200e-9;

    /// <summary>What dividing into blocks and placing their numbers takes, for every node.</summary>
    private const double SecondsPerSweptNode = 400e-9;

    /// <summary>What dividing takes for every node that belongs to no loop which is read off the recording: operations are looked at one by one.</summary>
    private const double SecondsPerLooseNode = 1e-6;

    /// <summary>Steps of a sweep's kernel for an operation: its value, its partial derivatives, their products.</summary>
    private const double StepsPerOperation = 3;

    /// <summary>The same for products with the Hessian: each of these is differentiated once more, and values are computed again.</summary>
    private const double SecondOrderStepsPerOperation = 12;

    private readonly FunctionVariant _variant;
    private MadeOnce<DeferredCompilation<BlockValues>> _values;
    private readonly MadeOnce<DeferredCompilation<BlockTangents>> _tangents;
    private readonly MadeOnce<DeferredCompilation<BlockAdjoints>> _adjoints;
    private readonly MadeOnce<DeferredCompilation<IBlockHessian>> _hessian;
    private readonly MadeOnce<DeferredCompilation<IBlockHessianProducts>> _hessianProducts;

    public VariantSweeps(FunctionVariant variant, Engine engine)
    {
        _variant = variant;
        _values = new(() => MakeValues(variant, engine));
        _tangents = new(() => Sweep(() => CompileTangents(variant), () => SecondsOfSweep(variant, () => variant.Blocks.WholeRows, StepsPerOperation)));
        _adjoints = new(() => Sweep(() => CompileAdjoints(variant), () => SecondsOfSweep(variant, () => variant.Blocks.ForDerivatives, StepsPerOperation)));
        _hessian = new(() => MakeHessian(variant, engine));
        _hessianProducts = new(() => Sweep(() => CompileHessianProducts(variant), () => SecondsOfSweep(variant, () => variant.Blocks.ForDerivatives, SecondOrderStepsPerOperation)));

        DeferredCompilation<TSweep> Sweep<TSweep>(Func<TSweep?> compile, Func<double> secondsOfCompiling)
            where TSweep : class =>
            new(() => compile() is { } compiled ? variant.Instead(compiled) : null,
                DeferredCompilation.Seconds(engine, SecondsOfCompiler + SecondsPerSweptNode * variant.Program.Trace.NodeCount),
                engine == Engine.Auto ? [() => SecondsOfDividing(variant), secondsOfCompiling] : null);
    }

    /// <summary>The outputs and guards.</summary>
    public DeferredCompilation<BlockValues> Values => _values.Value;

    /// <summary>From now on values have the code that takes least, however long compiling it takes.</summary>
    public void ExpectManyValues() => _values = new(() => MakeValues(_variant, Engine.Compiled));

    /// <summary>J·t.</summary>
    public DeferredCompilation<BlockTangents> Tangents => _tangents.Value;

    /// <summary>ȳ·J.</summary>
    public DeferredCompilation<BlockAdjoints> Adjoints => _adjoints.Value;

    /// <summary>∇²(w·y).</summary>
    public DeferredCompilation<IBlockHessian> Hessian => _hessian.Value;

    /// <summary>∇²(w·y)·v.</summary>
    public DeferredCompilation<IBlockHessianProducts> HessianProducts => _hessianProducts.Value;

    /// <summary>Values from blocks, or body by body where a function does one thing after the other and that takes less; null where there is neither.</summary>
    private static BlockValues? CompileValues(FunctionVariant variant, Engine engine)
    {
        if (!RuntimeFeature.IsDynamicCodeCompiled)
            return null;
        var loops = variant.Blocks.LoopsForValues();
        if (loops is not null)
            return BlockValues.Of(Divided(variant, loops) ?? loops, variant.Kernels);
        var (blocks, code) = (new MadeOnce<BlockGraph?>(variant.Blocks.ForValues), new StraightLineWork(variant.StrictFunctions));
        if (Bodies(variant, blocks) is { } bodies)
            return StraightLineOrBlocks.ForValues(variant.Trace, bodies.Segments, VariantBlocks.ValuesAndGuards, engine, code) is { } whole
                ? BlockValues.Of(whole, variant.Kernels) : BlockValues.Of(bodies.Function, bodies.Segments, variant.Kernels);
        return blocks.Value is { } graph ? BlockValues.Of(StraightLineOrBlocks.ForValues(variant.Trace, graph, VariantBlocks.ValuesAndGuards, engine, code), variant.Kernels) : null;
    }

    /// <summary>Blocks divided operation by operation, where instances of loops that nobody stated compute the same as others do, and that takes less; else null.</summary>
    private static BlockGraph? Divided(FunctionVariant variant, BlockGraph loops)
    {
        if (variant.Program.Loops is not null || variant.Program.Trace.NodeCount > VariantBlocks.MostNodesDividedToo || !variant.Blocks.ComputeTheSame(loops) || variant.Blocks.ForValues() is not { } divided)
            return null;
        var (profile, evaluations) = (CostProfile.Default, JacobianPlannerOptions.Default.Evaluations);
        return BlockValuesCost.Of(divided, profile).WithSetup(evaluations) < BlockValuesCost.Of(loops, profile).WithSetup(evaluations) ? divided : null;
    }

    /// <summary>Products forward, over blocks or body by body as values are; null where there is neither.</summary>
    private static BlockTangents? CompileTangents(FunctionVariant variant)
    {
        var blocks = new MadeOnce<BlockGraph?>(() => variant.Blocks.WholeRows);
        return RuntimeFeature.IsDynamicCodeCompiled && Bodies(variant, blocks) is { } bodies ? BlockTangents.Of(bodies.Function, bodies.Segments, () => BodiesAgain(variant, () => variant.Blocks.WholeRows), variant.Kernels)
            : blocks.Value is { } graph ? BlockTangents.Of(graph, () => variant.Blocks.WholeRows!, variant.Kernels)
            : null;
    }

    /// <summary>Products in reverse, over blocks or body by body as values are; null where there is neither.</summary>
    private static BlockAdjoints? CompileAdjoints(FunctionVariant variant)
    {
        var blocks = new MadeOnce<BlockGraph?>(() => variant.Blocks.ForDerivatives);
        return RuntimeFeature.IsDynamicCodeCompiled && Bodies(variant, blocks) is { } bodies ? BlockAdjoints.Of(bodies.Function, bodies.Segments, () => BodiesAgain(variant, () => variant.Blocks.ForDerivatives), variant.Kernels)
            : blocks.Value is { } graph ? BlockAdjoints.Of(graph, () => variant.Blocks.ForDerivatives!, variant.Kernels)
            : null;
    }

    /// <summary>The bodies once more, of a function that was let go since it was compiled.</summary>
    private static (Trace Function, RecurrenceSegment[] Segments) BodiesAgain(FunctionVariant variant, Func<BlockGraph?> blocks)
    {
        var again = Bodies(variant, new(blocks))!.Value;
        variant.LetGo();
        return again;
    }

    /// <summary>Products with the Hessian, over blocks or body by body as adjoints are; null where there is neither.</summary>
    private static IBlockHessianProducts? CompileHessianProducts(FunctionVariant variant)
    {
        var blocks = new MadeOnce<BlockGraph?>(() => variant.Blocks.ForDerivatives);
        return RuntimeFeature.IsDynamicCodeCompiled && Bodies(variant, blocks) is { } bodies ? RecurrentHessianProducts.Of(bodies.Function, bodies.Segments, variant.Kernels)
            : blocks.Value is { } graph ? BlockHessianProducts.Of(graph, variant.Kernels)
            : null;
    }

    private static double SecondsOfSweep(FunctionVariant variant, Func<BlockGraph?> find, double stepsPerOperation)
    {
        var blocks = new MadeOnce<BlockGraph?>(find);
        return Bodies(variant, blocks) is { } bodies ? CompilingSeconds(bodies.Segments, stepsPerOperation) : blocks.Value is { } graph ? CompilingSeconds(graph, stepsPerOperation) : 0;
    }

    /// <summary>The bodies of a variant that does one thing after the other, and the function that they are of; null where blocks take less.</summary>
    private static (Trace Function, RecurrenceSegment[] Segments)? Bodies(FunctionVariant variant, MadeOnce<BlockGraph?> blocks)
    {
        var lowered = StepLowering.Apply(variant.Trace);
        return RecurrentValues.Of(lowered, blocks) is { } segments ? (lowered, segments) : null;
    }

    private static DeferredCompilation<BlockValues> MakeValues(FunctionVariant variant, Engine engine) => new(
        () => CompileValues(variant, engine) is { } compiled ? variant.Instead(compiled) : null,
        DeferredCompilation.Seconds(engine, SecondsOfCompiler + SecondsPerNode * variant.Program.Trace.NodeCount),
        engine == Engine.Auto ? [() => SecondsOfDividing(variant)] : null);

    private static DeferredCompilation<IBlockHessian> MakeHessian(FunctionVariant variant, Engine engine)
    {
        var ways = new MadeOnce<HessianWays?>(() => RuntimeFeature.IsDynamicCodeCompiled
            ? HessianWays.Of(variant.Blocks.ForDerivatives, StepLowering.Apply(variant.Trace), variant.Hessian.Strategy, variant.Graph, variant.Hessian.Nanoseconds) : null);
        return new DeferredCompilation<IBlockHessian>(
            () => ways.Value is { } found && CompileHessian(variant, found) is { } compiled ? variant.Instead(compiled) : null,
            DeferredCompilation.Seconds(engine, SecondsOfCompiler + SecondsPerSweptNode * variant.Program.Trace.NodeCount),
            engine == Engine.Auto ? [() => SecondsOfDividing(variant), () => ways.Value?.SecondsUntilWorth ?? 0] : null);
    }

    /// <summary>The best of the ways that take less than the interpreter does; null where none does.</summary>
    private static IBlockHessian? CompileHessian(FunctionVariant variant, HessianWays ways) =>
        ways.InTurn.Select(way => CompileHessian(variant, ways, way)).FirstOrDefault(static compiled => compiled is not null);

    /// <summary>Compiles one way; null where it turns out to take longer than others.</summary>
    private static IBlockHessian? CompileHessian(FunctionVariant variant, HessianWays ways, HessianWay way)
    {
        var (strategy, pattern, kernels) = (variant.Hessian.Strategy, variant.Hessian.Pattern, variant.Kernels);
        return way switch
        {
            RecurrentWay recurrent => RecurrentHessian.Of(StepLowering.Apply(variant.Trace), recurrent.Bodies, strategy, pattern, kernels),
            DirectedWay directed => BlockHessian.Of(new TraceShape(variant.Trace), directed.Directed, strategy, pattern, kernels),
            SweptWay swept => SweptHessian.Of(swept.Gradient, new TraceShape(variant.Trace), strategy, pattern, kernels),
            ComposedWay composed => BlockHessian.Of(new TraceShape(variant.Trace), composed.Gradient, composed.Pattern, composed.StrategyOf, pattern, kernels, ways.MostOfSteps),
            _ => throw new ArgumentOutOfRangeException(nameof(way), way, "No way to compile a Hessian."),
        };
    }

    /// <summary>What it takes to divide a function in which no loops are read off; that there are some is known much sooner.</summary>
    private static double SecondsOfDividing(FunctionVariant variant) => variant.Blocks.AreLoose ? SecondsPerLooseNode * variant.Program.Trace.NodeCount : 0;

    private static double CompilingSeconds(RecurrenceSegment[] segments, double stepsPerOperation)
    {
        var nanoseconds = 0.0;
        foreach (var segment in segments)
            nanoseconds += CostProfile.Default.CompiledKernel + stepsPerOperation * segment.Body.OperationCount * CostProfile.Default.CompiledStep;
        return 1e-9 * nanoseconds;
    }

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
}
