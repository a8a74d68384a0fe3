using HybridAD.Errors;
using HybridAD.Execution;

namespace HybridAD;

/// <content>
/// Second derivatives of a function with one output, or of Σ wᵢ yᵢ with weights wᵢ for the outputs (the Hessian of a Lagrangian).
/// </content>
public sealed partial class TracedFunction
{
    private const string UseWeights = "Use the overload with the weights of the outputs.";

    /// <summary>The structural nonzeros of the Hessian, n × n, both triangles, for any weights of the outputs, on the branches of the first trace.</summary>
    /// <exception cref="HybridAdException">The Hessian has more than 5·10⁷ structural nonzeros (HAD1007); use <see cref="Hvp(ReadOnlySpan{double}, ReadOnlySpan{double})"/>.</exception>
    public SparsityPattern HessianPattern => FirstVariant.Hessian.Pattern;

    /// <summary>∇²F(x), n × n, of a function with one output.</summary>
    /// <inheritdoc cref="Hessian(ReadOnlySpan{double}, ReadOnlySpan{double})" path="/*[self::remarks or self::returns or self::param[@name='x'] or self::exception]"/>
    /// <exception cref="HybridAdException">The function has not exactly one output (HAD1002).</exception>
    public double[,] Hessian(ReadOnlySpan<double> x) => SparseHessian(x).ToDense();

    /// <summary>∇²(Σ wᵢ yᵢ), n × n.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="weights">A weight for every output, m numbers.</param>
    /// <returns>Entry (j, k) is ∂²(Σ wᵢ yᵢ)/∂xⱼ∂xₖ, in units of that sum by those of xⱼ and xₖ; both triangles.</returns>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. Second
    /// derivatives of an operation are 0 at its kinks; what its first derivative is there <c>docs/conventions.md</c> says.
    /// An output whose weight is 0 contributes nothing, even where its derivatives are ∞ or NaN.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers, or the weights are not m (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// The Hessian has more than 5·10⁷ structural nonzeros (HAD1007): use <see cref="Hvp(ReadOnlySpan{double}, ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, Workspace?)"/>. Or at the point
    /// another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of outputs (HAD2005).
    /// </exception>
    public double[,] Hessian(ReadOnlySpan<double> x, ReadOnlySpan<double> weights) => SparseHessian(x, weights).ToDense();

    /// <summary>∇²F(x) in compressed sparse row form, both triangles, of a function with one output.</summary>
    /// <inheritdoc cref="SparseHessian(ReadOnlySpan{double}, ReadOnlySpan{double})" path="/*[self::remarks or self::returns or self::param[@name='x'] or self::exception]"/>
    /// <exception cref="HybridAdException">The function has not exactly one output (HAD1002).</exception>
    public CsrMatrix SparseHessian(ReadOnlySpan<double> x)
    {
        NeedScalar(nameof(Hessian), UseWeights);
        return SparseHessian(x, One);
    }

    /// <summary>∇²(Σ wᵢ yᵢ) in compressed sparse row form, both triangles.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="weights">A weight for every output, m numbers.</param>
    /// <returns>The matrix with its pattern: <see cref="HessianPattern"/>, but where the point takes another branch, that of the Hessian there.</returns>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. Second
    /// derivatives of an operation are 0 at its kinks; what its first derivative is there <c>docs/conventions.md</c> says.
    /// An output whose weight is 0 contributes nothing, even where its derivatives are ∞ or NaN.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers, or the weights are not m (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// The Hessian has more than 5·10⁷ structural nonzeros (HAD1007): use <see cref="Hvp(ReadOnlySpan{double}, ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, Workspace?)"/>. Or at the point
    /// another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of outputs (HAD2005).
    /// </exception>
    public CsrMatrix SparseHessian(ReadOnlySpan<double> x, ReadOnlySpan<double> weights)
    {
        CheckPoint(x, weights);
        using var lent = new LentWorkspace(null);
        var workspace = lent.Workspace;
        var compiled = new double[HessianPattern.NonzeroCount];
        if (TryCompiledHessian(x, weights, compiled, workspace))
            return new CsrMatrix(HessianPattern, compiled);
        var start = FirstVariant.Sweeps.Hessian.Begin();
        var at = Evaluate(x, workspace, 0, static (variant, _) => variant.Hessian);
        var values = new double[at.Executor.Pattern.NonzeroCount];
        at.Executor.Evaluate(at.Slots, weights, values, workspace);
        FirstVariant.Sweeps.Hessian.SpentSince(start);
        return new CsrMatrix(at.Executor.Pattern, values);
    }

    /// <summary>The nonzeros of ∇²(Σ wᵢ yᵢ), in the order of <see cref="HessianPattern"/>, into <paramref name="values"/>.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="weights">A weight for every output, m numbers.</param>
    /// <param name="values">Receives one number per structural nonzero, in units of the weighted sum by those of two inputs; may share its memory with x or the weights.</param>
    /// <param name="workspace">Scratch memory, one for each thread; with it nothing is allocated. Null for new memory.</param>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. Second
    /// derivatives of an operation are 0 at its kinks; what its first derivative is there <c>docs/conventions.md</c> says.
    /// An output whose weight is 0 contributes nothing, even where its derivatives are ∞ or NaN.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers, the weights are not m, or the values not one for each nonzero (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// The Hessian has more than 5·10⁷ structural nonzeros (HAD1007). Or at the point another branch is taken: one whose Hessian has another pattern (HAD2006); one that cannot be recorded, or must not be by
    /// <see cref="TracingOptions.OnGuardFlip"/> (HAD2004); or one that returned another number of outputs (HAD2005).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void SparseHessian(ReadOnlySpan<double> x, ReadOnlySpan<double> weights, Span<double> values, Workspace? workspace = null)
    {
        Throw.IfLengthDiffers(values.Length, HessianPattern.NonzeroCount, nameof(values), "one number per structural nonzero");
        CheckPoint(x, weights);
        using var lent = new LentWorkspace(workspace);
        workspace = lent.Workspace;
        workspace.Monitor.Begin();
        x = workspace.Apart(x, values);
        weights = workspace.Apart(weights, values, number: 1);
        if (!TryCompiledHessian(x, weights, values, workspace))
        {
            var start = FirstVariant.Sweeps.Hessian.Begin();
            var at = Evaluate(x, workspace, 0, static (variant, _) => variant.Hessian);
            NeedPattern(at.Executor.Pattern);
            at.Executor.Evaluate(at.Slots, weights, values, workspace);
            FirstVariant.Sweeps.Hessian.SpentSince(start);
        }
        workspace.Monitor.End();
    }

    /// <summary>F(x) into <paramref name="y"/>, the gradient of Σ wᵢ yᵢ and the nonzeros of its Hessian, in the order of <see cref="HessianPattern"/>.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="weights">A weight for every output, m numbers.</param>
    /// <param name="y">Receives the outputs, m numbers.</param>
    /// <param name="gradient">Receives the gradient, n numbers.</param>
    /// <param name="values">Receives one number per structural nonzero of the Hessian.</param>
    /// <param name="workspace">Scratch memory, one for each thread; with it nothing is allocated. Null for new memory.</param>
    /// <remarks>
    /// Of the derivatives holds what holds for <see cref="Vjp(ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, Workspace?)"/> and
    /// <see cref="SparseHessian(ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, Workspace?)"/>: NaN and ∞ stay in what depends on them, zero wins over ∞ in derivatives, and not in F.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x or the gradient has not n numbers, the weights or y not m, or the values not one for each nonzero (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// The Hessian has more than 5·10⁷ structural nonzeros (HAD1007). Or at the point another branch is taken: one whose Hessian has another pattern (HAD2006); one that cannot be recorded, or must not be by
    /// <see cref="TracingOptions.OnGuardFlip"/> (HAD2004); or one that returned another number of outputs (HAD2005).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void ValueGradientAndSparseHessian(
        ReadOnlySpan<double> x, ReadOnlySpan<double> weights, Span<double> y, Span<double> gradient, Span<double> values, Workspace? workspace = null)
    {
        Throw.IfLengthDiffers(values.Length, HessianPattern.NonzeroCount, nameof(values), "one number per structural nonzero");
        CheckPoint(x, weights);
        Throw.IfLengthDiffers(y.Length, OutputCount, nameof(y), "one number per output");
        Throw.IfLengthDiffers(gradient.Length, InputCount, nameof(gradient), "one number per input");
        using var lent = new LentWorkspace(workspace);
        workspace = lent.Workspace;
        workspace.Monitor.Begin();
        x = workspace.Apart(workspace.Apart(x, values, gradient), y);
        weights = workspace.Apart(workspace.Apart(weights, values, gradient, number: 1), y, number: 1);
        var isCompiled = FirstVariant.Sweeps.Hessian.Ready is { } hessian && FirstVariant.Sweeps.Adjoints.Now() is { } adjoints
            && TryCompiledSweep(adjoints, x, weights, y, gradient, workspace) && hessian.Evaluate(x, weights, values, workspace);
        if (!isCompiled)
        {
            var start = FirstVariant.Sweeps.Hessian.Begin();
            var at = Evaluate(x, workspace, 0, static (variant, _) => variant.Hessian);
            NeedPattern(at.Executor.Pattern);
            at.Variant.Compiled.ReadOutputs(at.Slots, y);
            at.Executor.Evaluate(at.Slots, weights, values, workspace);
            at.Executor.ReadGradient(at.Slots, gradient);
            FirstVariant.Sweeps.Hessian.SpentSince(start);
        }
        workspace.Monitor.End();
    }

    /// <summary>∇²F(x)·v, n numbers, of a function with one output: one forward and one reverse sweep.</summary>
    /// <returns>The product.</returns>
    /// <inheritdoc cref="Hvp(ReadOnlySpan{double}, ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, Workspace?)" path="/*[self::remarks or self::param[@name='x' or @name='direction'] or self::exception[not(contains(@cref, 'OperationCanceled'))]]"/>
    /// <exception cref="HybridAdException">The function has not exactly one output (HAD1002).</exception>
    public double[] Hvp(ReadOnlySpan<double> x, ReadOnlySpan<double> direction)
    {
        NeedScalar(nameof(Hvp), UseWeights);
        var result = new double[InputCount];
        Hvp(x, One, direction, result);
        return result;
    }

    /// <summary>∇²(Σ wᵢ yᵢ)·v into <paramref name="result"/>, n numbers: one forward and one reverse sweep.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="weights">A weight for every output, m numbers.</param>
    /// <param name="direction">The vector v, n numbers, in units of the inputs.</param>
    /// <param name="result">Receives the product, n numbers, in units of the weighted sum by those of the inputs; may share its memory with x, the weights or v.</param>
    /// <param name="workspace">Scratch memory, one for each thread; with it nothing is allocated. Null for new memory.</param>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. Second
    /// derivatives of an operation are 0 at its kinks; what its first derivative is there <c>docs/conventions.md</c> says.
    /// An output whose weight is 0 and an input whose direction is 0 contribute nothing, even where derivatives are ∞ or NaN. No pattern is needed, and so no Hessian is too dense.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x, v or the result has not n numbers, or the weights are not m (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void Hvp(ReadOnlySpan<double> x, ReadOnlySpan<double> weights, ReadOnlySpan<double> direction, Span<double> result, Workspace? workspace = null)
    {
        CheckPoint(x, weights);
        Throw.IfLengthDiffers(direction.Length, InputCount, nameof(direction), "one number per input");
        Throw.IfLengthDiffers(result.Length, InputCount, nameof(result), "one number per input");
        using var lent = new LentWorkspace(workspace);
        workspace = lent.Workspace;
        workspace.Monitor.Begin();
        x = workspace.Apart(x, result);
        weights = workspace.Apart(weights, result, number: 1);
        direction = workspace.Apart(direction, result, number: 2);
        var products = FirstVariant.Sweeps.HessianProducts;
        if (!(products.Ready is { } compiled && TryWatchedValues(FirstVariant, x, [], workspace) && compiled.Evaluate(x, weights, direction, result, workspace)))
        {
            var start = products.Begin();
            var at = Evaluate(x, workspace, 0, static (variant, _) => variant.HessianProduct);
            at.Executor.Hvp(at.Slots, weights, direction, result, workspace);
            products.SpentSince(start);
        }
        workspace.Monitor.End();
    }

    /// <summary>By compiled kernels, where they are at work, the traced branches are taken, and nothing needs care.</summary>
    private bool TryCompiledHessian(ReadOnlySpan<double> x, ReadOnlySpan<double> weights, Span<double> values, Workspace workspace) =>
        FirstVariant.Sweeps.Hessian.Ready is { } compiled && TryWatchedValues(FirstVariant, x, [], workspace) && compiled.Evaluate(x, weights, values, workspace);

    private void CheckPoint(ReadOnlySpan<double> x, ReadOnlySpan<double> weights)
    {
        Throw.IfLengthDiffers(x.Length, InputCount, nameof(x), "one number per input");
        Throw.IfLengthDiffers(weights.Length, OutputCount, nameof(weights), "one weight per output");
    }

    private void NeedPattern(SparsityPattern pattern)
    {
        if (!pattern.HasEntriesOf(HessianPattern))
            throw new HybridAdException(ErrorCodes.PatternChanged,
                $"At this point the function takes another branch, whose Hessian has {pattern.NonzeroCount} nonzeros in other places than the {HessianPattern.NonzeroCount} "
                + "of the first trace. Use SparseHessian(x), which returns its own pattern.");
    }
}
