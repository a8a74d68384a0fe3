using System.Globalization;
using HybridAD.Errors;

namespace HybridAD;

/// <content>Jacobians by plan.</content>
public sealed partial class TracedFunction
{
    private CompiledJacobian? _jacobian;

    private JacobianPlannerOptions PlannerDefaults => _options.Engine == Engine.Auto ? JacobianPlannerOptions.Default : JacobianPlannerOptions.Default with { Engine = _options.Engine };

    /// <summary>The structural nonzeros of the Jacobian, m × n, on the branches of the first trace.</summary>
    /// <exception cref="HybridAdException">They are more than 5·10⁸ (HAD1011); use <see cref="Jvp(ReadOnlySpan{double}, ReadOnlySpan{double})"/> and <see cref="Vjp(ReadOnlySpan{double}, ReadOnlySpan{double})"/>.</exception>
    public SparsityPattern JacobianPattern => FirstVariant.Pattern;

    /// <summary>Chooses how the Jacobian is computed. <c>Explain()</c> on the result says why.</summary>
    /// <param name="options">Mode, engine, expected evaluations, limits; null for the defaults with the engine of this function.</param>
    /// <returns>The plan, with what was predicted for all candidates: times in seconds, memory in bytes. Planning is done once for the same options.</returns>
    /// <remarks>It looks at the graph and not at numbers: NaN, ∞ and kinks do not change a plan.</remarks>
    /// <exception cref="HybridAdException">
    /// The mode that is asked for cannot be used for this function, or no way to compute its Jacobian fits into <see cref="JacobianPlannerOptions.MemoryLimit"/>, in bytes (HAD5001).
    /// </exception>
    public JacobianPlan PlanJacobian(JacobianPlannerOptions? options = null) =>
        FirstVariant.Jacobians.Of(options ?? PlannerDefaults).Plan;

    /// <summary>Plans the Jacobian and makes it ready for many evaluations.</summary>
    /// <param name="options">Mode, engine, expected evaluations, limits; null for the defaults with the engine of this function.</param>
    /// <returns>The Jacobian; with the default options always the same one.</returns>
    /// <remarks>Kernels are compiled now with <see cref="Engine.Compiled"/>, and with <see cref="Engine.Auto"/> when they pay.</remarks>
    /// <exception cref="HybridAdException">
    /// The mode that is asked for cannot be used for this function, or no way to compute its Jacobian fits into <see cref="JacobianPlannerOptions.MemoryLimit"/>, in bytes (HAD5001).
    /// </exception>
    public CompiledJacobian CompileJacobian(JacobianPlannerOptions? options = null) =>
        options is null || options == PlannerDefaults ? _jacobian ?? OneForAll() : new(this, options);

    /// <summary>Threads that ask for it at the same time get the same Jacobian: buffers belong to one of them.</summary>
    private CompiledJacobian OneForAll()
    {
        var own = new CompiledJacobian(this, PlannerDefaults);
        return Interlocked.CompareExchange(ref _jacobian, own, null) ?? own;
    }

    /// <summary>
    /// The Jacobian as factors of which it is the product, for products with vectors: cut at the narrow waists of the function, where n inputs lead through k
    /// numbers to m outputs, n × k + k × m numbers stand for m × n. A function without a waist has one factor.
    /// </summary>
    /// <param name="options">How each factor is planned, the mode apart; null for the defaults with the engine of this function.</param>
    /// <returns>The factors, to be evaluated at points.</returns>
    /// <exception cref="HybridAdException">No way to compute a factor fits into <see cref="JacobianPlannerOptions.MemoryLimit"/> (HAD5001).</exception>
    public FactoredJacobian FactorJacobian(JacobianPlannerOptions? options = null) => new(this, options ?? PlannerDefaults);

    /// <summary>Makes a plan ready for many evaluations.</summary>
    /// <param name="plan">The plan; one that was not made by this function, as from a file, is verified.</param>
    /// <param name="engine">When the kernels of a plan of blocks are compiled.</param>
    /// <returns>The Jacobian.</returns>
    /// <exception cref="ArgumentNullException">The plan is null.</exception>
    /// <exception cref="HybridAdArgumentException">There is no such engine (HAD1004).</exception>
    /// <exception cref="HybridAdException">The plan is for another function (HAD5002), or does not give its Jacobian (HAD5004).</exception>
    public CompiledJacobian Compile(JacobianPlan plan, Engine engine = Engine.Auto) => new(this, plan, Throw.IfUndefined(engine, nameof(engine)));

    /// <summary>J(x), m × n.</summary>
    /// <inheritdoc cref="Jacobian(ReadOnlySpan{double}, Span{double}, Workspace?)" path="/*[self::remarks or self::param[@name='x'] or self::exception[not(contains(@cref, 'OperationCanceled'))]]"/>
    /// <returns>The Jacobian.</returns>
    public double[,] Jacobian(ReadOnlySpan<double> x)
    {
        if ((long)OutputCount * InputCount > Array.MaxLength)
            throw new HybridAdException(ErrorCodes.JacobianTooDense, string.Create(CultureInfo.InvariantCulture,
                $"The Jacobian of {OutputCount} outputs by {InputCount} inputs has more numbers than an array holds. Use SparseJacobian, which keeps the structural nonzeros only."));
        var dense = new double[OutputCount, InputCount];
        CompileJacobian().Evaluate(x, System.Runtime.InteropServices.MemoryMarshal.CreateSpan(
            ref System.Runtime.CompilerServices.Unsafe.As<byte, double>(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(dense)), dense.Length));
        return dense;
    }

    /// <summary>J(x) into <paramref name="result"/>, m·n numbers row by row.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="result">Receives the Jacobian, m·n numbers row by row. Entry (i, j) is ∂yᵢ/∂xⱼ, in units of yᵢ by those of xⱼ. May share its memory with x.</param>
    /// <param name="workspace">Scratch memory, one for each thread; with it nothing is allocated. Null for memory that is lent.</param>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. At a kink
    /// the derivative is that of one of the two pieces that meet, at a jump that of the piece that the point belongs to; <c>docs/conventions.md</c> says which.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers, or the result not m·n (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void Jacobian(ReadOnlySpan<double> x, Span<double> result, Workspace? workspace = null) => CompileJacobian().Evaluate(x, result, workspace);

    /// <summary>F(x) into <paramref name="y"/> (m numbers) and J(x) into <paramref name="result"/> (m·n numbers row by row).</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="y">Receives the outputs, m numbers.</param>
    /// <param name="result">Receives the Jacobian, m·n numbers row by row.</param>
    /// <param name="workspace">Scratch memory, one for each thread; with it nothing is allocated. Null for memory that is lent.</param>
    /// <remarks>Of J holds what holds for <see cref="Jacobian(ReadOnlySpan{double}, Span{double}, Workspace?)"/>: NaN and ∞ stay in what depends on them, zero wins over ∞ in J, and not in F.</remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers, y not m, or the result not m·n (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void ValueAndJacobian(ReadOnlySpan<double> x, Span<double> y, Span<double> result, Workspace? workspace = null) =>
        CompileJacobian().ValueAndEvaluate(x, y, result, workspace);

    /// <summary>J(x) in compressed sparse row form.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <returns>The matrix with its pattern: <see cref="JacobianPattern"/>, but where the point takes another branch, that of the Jacobian there.</returns>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. At a kink
    /// the derivative is that of one of the two pieces that meet, at a jump that of the piece that the point belongs to; <c>docs/conventions.md</c> says which.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005).
    /// </exception>
    public CsrMatrix SparseJacobian(ReadOnlySpan<double> x) => CompileJacobian().Evaluate(x);

    /// <summary>The nonzeros of J(x) in the order of <see cref="JacobianPattern"/> into <paramref name="values"/>.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="values">Receives one number per structural nonzero; may share its memory with x.</param>
    /// <param name="workspace">Scratch memory, one for each thread; with it nothing is allocated. Null for memory that is lent.</param>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. At a kink
    /// the derivative is that of one of the two pieces that meet, at a jump that of the piece that the point belongs to; <c>docs/conventions.md</c> says which.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers, or the values are not one for each nonzero (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005); or on a branch other than the first its Jacobian has nonzeros outside of the pattern (HAD2006).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void SparseJacobian(ReadOnlySpan<double> x, Span<double> values, Workspace? workspace = null) => CompileJacobian().EvaluateSparse(x, values, workspace);

    /// <summary>F(x) into <paramref name="y"/> and the nonzeros of J(x), in the order of <see cref="JacobianPattern"/>, into <paramref name="values"/>.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="y">Receives the outputs, m numbers.</param>
    /// <param name="values">Receives one number per structural nonzero.</param>
    /// <param name="workspace">Scratch memory, one for each thread; with it nothing is allocated. Null for memory that is lent.</param>
    /// <remarks>Of J holds what holds for <see cref="SparseJacobian(ReadOnlySpan{double}, Span{double}, Workspace?)"/>: NaN and ∞ stay in what depends on them, zero wins over ∞ in J, and not in F.</remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers, y not m, or the values are not one for each nonzero (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005); or on a branch other than the first its Jacobian has nonzeros outside of the pattern (HAD2006).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void ValueAndSparseJacobian(ReadOnlySpan<double> x, Span<double> y, Span<double> values, Workspace? workspace = null) =>
        CompileJacobian().ValueAndEvaluateSparse(x, y, values, workspace);
}
