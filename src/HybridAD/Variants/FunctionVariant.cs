using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Curvature;
using HybridAD.Execution.Jacobians;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning;
using HybridAD.Rounding;
using HybridAD.Simplification;
using HybridAD.Sparsity;

namespace HybridAD.Variants;

/// <summary>One trace of a function with everything that is made from it, each part when it is first needed.</summary>
internal sealed class FunctionVariant
{
    /// <summary>Columns that the numbers between blocks may depend on together, for every node, for the pattern to be found by blocks.</summary>
    private const long MostColumnsPerNode = 16;

    private readonly SparsityPattern? _declared;
    private readonly TracingOptions _options;
    private readonly KeptRowVisits _recordedRows;
    private readonly MadeOnce<SparsityPattern> _pattern;
    private readonly Remade<Trace> _simplified;
    private readonly MadeOnce<bool> _hasGuards;
    private readonly Remade<LinearizedGraph> _graph;
    private readonly Remade<CompiledTrace> _compiled;
    private readonly MadeWhenAsked<HessianExecutor> _hessian = new();
    private readonly MadeWhenAsked<HvpExecutor> _hessianProduct = new();
    private readonly MadeWhenAsked<RoundedProgram> _asWritten = new();
    private readonly MadeWhenAsked<VariantSweeps> _sweeps = new();
    private int _recordingSweeps;

    public FunctionVariant(RoundedProgram program, TracingOptions options, SparsityPattern? declared)
    {
        (Program, _options, _declared) = (program, options, declared);
        _simplified = new Remade<FunctionVariant, Trace>(this, static variant => Simplifier.Simplify(variant.Program.Trace, variant._options.Simplification).Trace);
        _hasGuards = program.Trace.Guards.IsEmpty ? new(false) : new(() => !Trace.Guards.IsEmpty);
        _graph = new Remade<FunctionVariant, LinearizedGraph>(this, static variant => LinearizedGraph.Of(variant.Trace));
        _compiled = new Remade<FunctionVariant, CompiledTrace>(this, static variant => new CompiledTrace(variant.Graph));
        _recordedRows = new(program.Trace, declared);
        _pattern = new(DetectPattern);
        Blocks = new(this, options);
        Jacobians = new(this, _recordedRows, options.Simplification.Powers);
    }

    /// <summary>The function as it was recorded.</summary>
    public RoundedProgram Program { get; }

    /// <summary>Whether compiled kernels compute functions as the interpreter does.</summary>
    public bool StrictFunctions => _options.StrictFunctions;

    /// <summary>Makes kernels runnable.</summary>
    public KernelFactory Kernels => KernelFactory.CompilingWith(StrictFunctions);

    /// <summary>Whether there are points at which another trace is the right one; simplification may have found that there are none.</summary>
    public bool HasGuards => _hasGuards.Value;

    /// <summary>What the analyses of rounding look at.</summary>
    public RoundedProgram AnalysedProgram(bool literalsAsWritten) => literalsAsWritten ? _asWritten.Of(Program, static program => program.WithLiteralsAsWritten()) : Program;

    /// <summary>The simplified trace.</summary>
    public Trace Trace => _simplified.Value;

    /// <summary>Its linearised graph.</summary>
    public LinearizedGraph Graph => _graph.Value;

    /// <summary>Whether it is ready to be interpreted, which makes it pointless to sweep over what was recorded.</summary>
    public bool IsPrepared => _compiled.IsMade;

    /// <summary>How often adjoints went over what was recorded.</summary>
    public ref int RecordingSweeps => ref _recordingSweeps;

    /// <summary>The simplified trace, ready to be interpreted.</summary>
    public CompiledTrace Compiled => _compiled.Value;

    /// <summary>The pattern of the Jacobian.</summary>
    public SparsityPattern Pattern => _pattern.Value;

    /// <summary>∇²(w·y) by the interpreter.</summary>
    public HessianExecutor Hessian => _hessian.Of(this, static variant => variant.MakeHessian());

    /// <summary>∇²(w·y)·v by the interpreter.</summary>
    public HvpExecutor HessianProduct => _hessianProduct.Of(this, static variant => new HvpExecutor(variant.Compiled));

    /// <summary>What repeats in it.</summary>
    public VariantBlocks Blocks { get; }

    /// <summary>What is compiled of it besides Jacobians.</summary>
    public VariantSweeps Sweeps => _sweeps.Of(this, static variant => new VariantSweeps(variant, variant._options.Engine));

    /// <summary>Its Jacobians.</summary>
    public VariantJacobians Jacobians { get; }

    /// <summary>
    /// What was needed to compile, and what only the interpreter needs, is let go when there are compiled kernels: it is several times larger than they are. What was
    /// recorded rests.
    /// </summary>
    public TCompiled Instead<TCompiled>(TCompiled compiled, Remade<JacobianExecutor>? interpreter = null)
    {
        interpreter?.Release();
        LetGo();
        return compiled;
    }

    /// <summary>Lets go what only the interpreter needs, or who looks for blocks, and blocks that are large.</summary>
    public void LetGo()
    {
        _compiled.Release();
        _graph.Release();
        _simplified.Release();
        Program.Trace.Rest();
        Blocks.Rest();
    }

    private HessianExecutor MakeHessian()
    {
        var pattern = HessianSparsity.Detect(Graph);
        return new HessianExecutor(Compiled, pattern, HessianPlanner.Plan(pattern, secondsOfDirection: 1e-9 * HessianExecutor.NanosecondsOfDirection(Graph)));
    }

    /// <summary>
    /// Where simplification keeps every dependence, all ways lead to the same pattern, and the shortest is taken, which is that of the loops where they are known; else it is
    /// that of the loops where there are any, whoever asks first.
    /// </summary>
    private SparsityPattern DetectPattern()
    {
        var isKept = KeptDependences.AreAll(Program.Trace);
        if ((!isKept || Blocks.Loops.AreKnown || (Blocks.IsLarge && _options.Engine != Engine.Interpreted)) && PatternOfLoops() is { } ofLoops)
            return ofLoops;
        if (_recordedRows.Visits is { } visits)
            return visits.Pattern;
        return WithDeclared(JacobianSparsity.Detect(Graph));
    }

    private SparsityPattern? PatternOfLoops() =>
        Blocks.Loops.Blocks is { } loops && BlockSparsity.Detect(loops, MostColumnsPerNode * Program.Trace.NodeCount) is { } pattern ? WithDeclared(pattern) : null;

    private SparsityPattern WithDeclared(SparsityPattern pattern) => _declared is null ? pattern : pattern.Union(_declared);
}
