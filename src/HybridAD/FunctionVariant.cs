using HybridAD.Execution;
using HybridAD.Execution.Curvature;
using HybridAD.Execution.Jacobians;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning;
using HybridAD.Plans;
using HybridAD.Rounding;
using HybridAD.Simplification;
using HybridAD.Sparsity;

namespace HybridAD;

/// <summary>One trace of a function with everything that is made from it, each part when it is first needed.</summary>
internal sealed class FunctionVariant
{
    private readonly Lazy<SparsityPattern> _pattern;
    private readonly Lazy<CompiledTrace> _compiled;
    private readonly Lazy<HessianExecutor> _hessian;
    private readonly Lazy<HvpExecutor> _hessianProduct;
    private readonly Lazy<RoundedProgram> _asWritten;
    private readonly Dictionary<JacobianPlannerOptions, PlannedJacobian> _jacobians = [];

    public FunctionVariant(RoundedProgram program, SimplificationOptions simplification, SparsityPattern? declared)
    {
        Program = program;
        var simplified = new Lazy<Trace>(() => Simplifier.Simplify(program.Trace, simplification).Trace);
        var graph = new Lazy<LinearizedGraph>(() => LinearizedGraph.Of(simplified.Value));
        _compiled = new(() => new CompiledTrace(graph.Value));
        _hessian = new(() =>
        {
            var pattern = HessianSparsity.Detect(graph.Value);
            return new HessianExecutor(Compiled, pattern, HessianPlanner.Plan(pattern));
        });
        _hessianProduct = new(() => new HvpExecutor(Compiled));
        _asWritten = new(program.WithLiteralsAsWritten);
        _pattern = new(() => declared is null ? JacobianSparsity.Detect(graph.Value) : JacobianSparsity.Detect(graph.Value).Union(declared));
    }

    /// <summary>The function as it was recorded.</summary>
    public RoundedProgram Program { get; }

    /// <summary>What the analyses of rounding look at.</summary>
    public RoundedProgram AnalysedProgram(bool literalsAsWritten) => literalsAsWritten ? _asWritten.Value : Program;

    /// <summary>The simplified trace, ready for evaluation.</summary>
    public CompiledTrace Compiled => _compiled.Value;

    public LinearizedGraph Graph => Compiled.Graph;

    public SparsityPattern Pattern => _pattern.Value;

    public HessianExecutor Hessian => _hessian.Value;

    public HvpExecutor HessianProduct => _hessianProduct.Value;

    /// <summary>The plan and its executor, made once for each set of options.</summary>
    public PlannedJacobian Jacobian(JacobianPlannerOptions options)
    {
        lock (_jacobians)
        {
            if (!_jacobians.TryGetValue(options, out var planned))
            {
                var plan = JacobianPlanner.Plan(Graph, Pattern, options);
                _jacobians.Add(options, planned = new PlannedJacobian(plan, JacobianExecutor.For(Compiled, Pattern, plan.Strategy)));
            }
            return planned;
        }
    }
}

/// <summary>A plan and what runs it.</summary>
internal sealed record PlannedJacobian(JacobianPlan Plan, JacobianExecutor Executor);
