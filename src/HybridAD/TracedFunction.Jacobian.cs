using HybridAD.Errors;
using HybridAD.Execution;
using HybridAD.Planning;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD;

/// <content>Jacobians by plan.</content>
public sealed partial class TracedFunction
{
    private CompiledJacobian? _jacobian;

    private JacobianPlannerOptions PlannerDefaults => _options.Engine == Engine.Auto ? JacobianPlannerOptions.Default : JacobianPlannerOptions.Default with { Engine = _options.Engine };

    /// <summary>The structural nonzeros of the Jacobian, m × n.</summary>
    public SparsityPattern JacobianPattern => FirstVariant.Pattern;

    /// <summary>Chooses how the Jacobian is computed. <c>Explain()</c> on the result says why.</summary>
    public JacobianPlan PlanJacobian(JacobianPlannerOptions? options = null) =>
        FirstVariant.Jacobians.Of(options ?? PlannerDefaults).Plan;

    /// <summary>Plans the Jacobian and makes it ready for many evaluations.</summary>
    public CompiledJacobian CompileJacobian(JacobianPlannerOptions? options = null) =>
        options is null || options == PlannerDefaults ? _jacobian ??= new(this, PlannerDefaults) : new(this, options);

    /// <summary>
    /// The Jacobian as factors of which it is the product, for products with vectors: cut at the narrow waists of the function, where n inputs lead through k
    /// numbers to m outputs, n × k + k × m numbers stand for m × n. A function without a waist has one factor.
    /// </summary>
    public FactoredJacobian FactorJacobian(JacobianPlannerOptions? options = null) => new(this, options ?? PlannerDefaults);

    /// <summary>Makes a plan ready for many evaluations.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="engine">When the kernels of a plan of blocks are compiled.</param>
    /// <exception cref="HybridAdException">The plan is for another function (HAD5002).</exception>
    public CompiledJacobian Compile(JacobianPlan plan, Engine engine = Engine.Auto) => new(this, plan, Throw.IfUndefined(engine, nameof(engine)));

    /// <summary>J(x), m × n.</summary>
    public double[,] Jacobian(ReadOnlySpan<double> x)
    {
        var dense = new double[OutputCount, InputCount];
        CompileJacobian().Evaluate(x, System.Runtime.InteropServices.MemoryMarshal.CreateSpan(
            ref System.Runtime.CompilerServices.Unsafe.As<byte, double>(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(dense)), dense.Length));
        return dense;
    }

    /// <summary>J(x) into <paramref name="result"/>, m·n numbers row by row.</summary>
    public void Jacobian(ReadOnlySpan<double> x, Span<double> result, Workspace? workspace = null) => CompileJacobian().Evaluate(x, result, workspace);

    /// <summary>F(x) into <paramref name="y"/> (m numbers) and J(x) into <paramref name="result"/> (m·n numbers row by row).</summary>
    public void ValueAndJacobian(ReadOnlySpan<double> x, Span<double> y, Span<double> result, Workspace? workspace = null) =>
        CompileJacobian().ValueAndEvaluate(x, y, result, workspace);

    /// <summary>J(x) in compressed sparse row form.</summary>
    public CsrMatrix SparseJacobian(ReadOnlySpan<double> x) => CompileJacobian().Evaluate(x);

    /// <summary>The nonzeros of J(x) in the order of <see cref="JacobianPattern"/> into <paramref name="values"/>.</summary>
    public void SparseJacobian(ReadOnlySpan<double> x, Span<double> values, Workspace? workspace = null) => CompileJacobian().EvaluateSparse(x, values, workspace);

    /// <summary>F(x) into <paramref name="y"/> and the nonzeros of J(x), in the order of <see cref="JacobianPattern"/>, into <paramref name="values"/>.</summary>
    public void ValueAndSparseJacobian(ReadOnlySpan<double> x, Span<double> y, Span<double> values, Workspace? workspace = null) =>
        CompileJacobian().ValueAndEvaluateSparse(x, y, values, workspace);
}
