using HybridAD.Errors;
using HybridAD.Execution;
using HybridAD.Execution.Blocks;
using HybridAD.Execution.Sweeps;

namespace HybridAD;

/// <content>Products with the Jacobian and gradients: one sweep each, by compiled kernels where they are evaluated often.</content>
public sealed partial class TracedFunction
{
    private static readonly double[] One = [1];

    /// <summary>J·t, m numbers, by one forward sweep.</summary>
    /// <inheritdoc cref="Jvp(ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, Workspace?)" path="/*[self::remarks or self::param[@name='x' or @name='tangent'] or self::exception[not(contains(@cref, 'OperationCanceled'))]]"/>
    /// <returns>J·t.</returns>
    public double[] Jvp(ReadOnlySpan<double> x, ReadOnlySpan<double> tangent)
    {
        var result = new double[OutputCount];
        Jvp(x, tangent, result);
        return result;
    }

    /// <summary>J·t into <paramref name="result"/>, m numbers, by one forward sweep.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="tangent">The vector t, n numbers, in units of the inputs.</param>
    /// <param name="result">Receives J·t, m numbers in units of the outputs; may share its memory with x or t.</param>
    /// <param name="workspace">Scratch memory, one for each thread; with it nothing is allocated. Null for memory that is lent.</param>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. At a kink
    /// the derivative is that of one of the two pieces that meet, at a jump that of the piece that the point belongs to; <c>docs/conventions.md</c> says which.
    /// An input whose tangent is 0 contributes nothing, even where the derivative to it is ∞ or NaN.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x or t has not n numbers, or the result not m (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void Jvp(ReadOnlySpan<double> x, ReadOnlySpan<double> tangent, Span<double> result, Workspace? workspace = null)
    {
        using var lent = new LentWorkspace(workspace);
        Jvp(x, tangent, [], result, lent.Workspace);
    }

    /// <summary>F(x) into <paramref name="y"/> and J·t into <paramref name="result"/>, m numbers each, for what J·t takes.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="tangent">The vector t, n numbers, in units of the inputs.</param>
    /// <param name="y">Receives the outputs, m numbers.</param>
    /// <param name="result">Receives J·t, m numbers in units of the outputs.</param>
    /// <param name="workspace">Scratch memory, one for each thread; with it nothing is allocated. Null for memory that is lent.</param>
    /// <remarks>
    /// Compiled, the last bits of F may differ from those of <see cref="Value(ReadOnlySpan{double})"/>: sums are added up in another order.
    /// Of J·t holds what holds for <see cref="Jvp(ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, Workspace?)"/>: NaN and ∞ stay in what depends on them, zero wins over ∞ in J·t, and not in F.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x or t has not n numbers, or y or the result not m (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void ValueAndJvp(ReadOnlySpan<double> x, ReadOnlySpan<double> tangent, Span<double> y, Span<double> result, Workspace? workspace = null)
    {
        Throw.IfLengthDiffers(y.Length, OutputCount, nameof(y), "one number per output");
        using var lent = new LentWorkspace(workspace);
        Jvp(x, tangent, y, result, lent.Workspace);
    }

    /// <summary>ȳ·J, n numbers, by one reverse sweep.</summary>
    /// <inheritdoc cref="Vjp(ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, Workspace?)" path="/*[self::remarks or self::param[@name='x' or @name='cotangent'] or self::exception[not(contains(@cref, 'OperationCanceled'))]]"/>
    /// <returns>ȳ·J.</returns>
    public double[] Vjp(ReadOnlySpan<double> x, ReadOnlySpan<double> cotangent)
    {
        var result = new double[InputCount];
        Vjp(x, cotangent, result);
        return result;
    }

    /// <summary>ȳ·J into <paramref name="result"/>, n numbers, by one reverse sweep.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="cotangent">The weights ȳ of the outputs, m numbers.</param>
    /// <param name="result">Receives ȳ·J, n numbers: the gradient of Σ ȳᵢ yᵢ, in units of that sum by those of the inputs. May share its memory with x or ȳ.</param>
    /// <param name="workspace">Scratch memory, one for each thread; with it nothing is allocated. Null for memory that is lent.</param>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. At a kink
    /// the derivative is that of one of the two pieces that meet, at a jump that of the piece that the point belongs to; <c>docs/conventions.md</c> says which.
    /// An output whose weight is 0 contributes nothing, even where its derivatives are ∞ or NaN.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x or the result has not n numbers, or ȳ not m (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void Vjp(ReadOnlySpan<double> x, ReadOnlySpan<double> cotangent, Span<double> result, Workspace? workspace = null)
    {
        using var lent = new LentWorkspace(workspace);
        Vjp(x, cotangent, [], result, lent.Workspace);
    }

    /// <summary>F(x) into <paramref name="y"/> (m numbers) and ȳ·J into <paramref name="result"/> (n numbers), for what ȳ·J takes.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="cotangent">The weights ȳ of the outputs, m numbers.</param>
    /// <param name="y">Receives the outputs, m numbers.</param>
    /// <param name="result">Receives ȳ·J, n numbers: the gradient of Σ ȳᵢ yᵢ.</param>
    /// <param name="workspace">Scratch memory, one for each thread; with it nothing is allocated. Null for memory that is lent.</param>
    /// <remarks>
    /// Compiled, the last bits of F may differ from those of <see cref="Value(ReadOnlySpan{double})"/>: sums are added up in another order.
    /// Of ȳ·J holds what holds for <see cref="Vjp(ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, Workspace?)"/>: NaN and ∞ stay in what depends on them, zero wins over ∞ in ȳ·J, and not in F.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x or the result has not n numbers, or ȳ or y not m (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void ValueAndVjp(ReadOnlySpan<double> x, ReadOnlySpan<double> cotangent, Span<double> y, Span<double> result, Workspace? workspace = null)
    {
        Throw.IfLengthDiffers(y.Length, OutputCount, nameof(y), "one number per output");
        using var lent = new LentWorkspace(workspace);
        Vjp(x, cotangent, y, result, lent.Workspace);
    }

    /// <summary>∇F(x), n numbers, of a function with one output, by one reverse sweep.</summary>
    /// <inheritdoc cref="Gradient(ReadOnlySpan{double}, Span{double}, Workspace?)" path="/*[self::remarks or self::param[@name='x'] or self::exception[not(contains(@cref, 'OperationCanceled'))]]"/>
    /// <returns>The gradient.</returns>
    public double[] Gradient(ReadOnlySpan<double> x)
    {
        var result = new double[InputCount];
        Gradient(x, result);
        return result;
    }

    /// <summary>∇F(x) into <paramref name="result"/>, n numbers, of a function with one output, by one reverse sweep.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="result">Receives the gradient, n numbers; number j is ∂y/∂xⱼ, in units of y by those of xⱼ. May share its memory with x.</param>
    /// <param name="workspace">Scratch memory, one for each thread; with it nothing is allocated. Null for memory that is lent.</param>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. At a kink
    /// the derivative is that of one of the two pieces that meet, at a jump that of the piece that the point belongs to; <c>docs/conventions.md</c> says which.
    /// </remarks>
    /// <exception cref="HybridAdException">The function has not exactly one output (HAD1002).</exception>
    /// <exception cref="HybridAdArgumentException">x or the result has not n numbers (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void Gradient(ReadOnlySpan<double> x, Span<double> result, Workspace? workspace = null)
    {
        using var lent = new LentWorkspace(workspace);
        Gradient(x, [], result, lent.Workspace);
    }

    /// <summary>Returns F(x) and puts ∇F(x) into <paramref name="result"/>, n numbers, of a function with one output, for little more than what ∇F takes.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="result">Receives the gradient, n numbers; may share its memory with x.</param>
    /// <param name="workspace">Scratch memory, one for each thread; with it nothing is allocated. Null for memory that is lent.</param>
    /// <returns>F(x).</returns>
    /// <remarks>
    /// Compiled, the last bits of F may differ from those of <see cref="Value(ReadOnlySpan{double})"/>: sums are added up in another order.
    /// Of the gradient holds what holds for <see cref="Gradient(ReadOnlySpan{double}, Span{double}, Workspace?)"/>: NaN and ∞ stay in what depends on them, zero wins over ∞ in the gradient, and not in F.
    /// </remarks>
    /// <exception cref="HybridAdException">The function has not exactly one output (HAD1002).</exception>
    /// <exception cref="HybridAdArgumentException">x or the result has not n numbers (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public double ValueAndGradient(ReadOnlySpan<double> x, Span<double> result, Workspace? workspace = null)
    {
        Span<double> y = stackalloc double[1];
        using var lent = new LentWorkspace(workspace);
        Gradient(x, y, result, lent.Workspace);
        return y[0];
    }

    /// <summary>∇F(x), and F(x) where <paramref name="y"/> is not empty.</summary>
    private void Gradient(ReadOnlySpan<double> x, Span<double> y, Span<double> result, Workspace workspace)
    {
        NeedScalar(nameof(Gradient));
        var way = _gradient.Of(this, static function => function.DeferGradient());
        if (way.Ready is { } compiled)
        {
            if (y.IsEmpty)
                compiled.Evaluate(x, result, workspace);
            else
                compiled.ValueAndEvaluate(x, y, result, workspace);
            return;
        }
        workspace.Monitor.Begin();
        var start = way.Begin();
        if (!TrySweepRecording(x, One, y, result, workspace))
        {
            var at = Evaluate(x, workspace);
            if (!y.IsEmpty)
                at.Executor.ReadOutputs(at.Slots, y);
            DirectionalDerivatives.Vjp(at.Executor, at.Slots, One, result, workspace);
        }
        way.SpentSince(start);
        workspace.Monitor.End();
    }

    private DeferredCompilation<CompiledJacobian> DeferGradient() => new(
        () => CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled }) is { IsCompiled: true } compiled ? compiled : null,
        DeferredCompilation.Seconds(_options.Engine, FirstVariant.Jacobians.Seconds));

    /// <summary>J·t, and F(x) where <paramref name="y"/> is not empty.</summary>
    private void Jvp(ReadOnlySpan<double> x, ReadOnlySpan<double> tangent, Span<double> y, Span<double> result, Workspace workspace)
    {
        Throw.IfLengthDiffers(x.Length, InputCount, nameof(x), "one number per input");
        Throw.IfLengthDiffers(tangent.Length, InputCount, nameof(tangent), "one number per input");
        Throw.IfLengthDiffers(result.Length, OutputCount, nameof(result), "one number per output");
        Sweep(FirstVariant.Sweeps.Tangents, DirectionalDerivatives.Jvp, x, tangent, y, result, workspace);
    }

    /// <summary>ȳ·J, and F(x) where <paramref name="y"/> is not empty.</summary>
    private void Vjp(ReadOnlySpan<double> x, ReadOnlySpan<double> cotangent, Span<double> y, Span<double> result, Workspace workspace)
    {
        Throw.IfLengthDiffers(x.Length, InputCount, nameof(x), "one number per input");
        Throw.IfLengthDiffers(cotangent.Length, OutputCount, nameof(cotangent), "one number per output");
        Throw.IfLengthDiffers(result.Length, InputCount, nameof(result), "one number per input");
        var adjoints = FirstVariant.Sweeps.Adjoints;
        if (adjoints.Ready is null && TryFirstVjp(adjoints, x, cotangent, y, result, workspace))
            return;
        Sweep(adjoints, DirectionalDerivatives.Vjp, x, cotangent, y, result, workspace);
    }

    private bool TryFirstVjp<TCompiled>(
        DeferredCompilation<TCompiled> deferred, ReadOnlySpan<double> x, ReadOnlySpan<double> cotangent, Span<double> y, Span<double> result, Workspace workspace)
        where TCompiled : class
    {
        workspace.Monitor.Begin();
        var start = deferred.Begin();
        if (!TrySweepRecording(x, cotangent, y, result, workspace))
            return false;
        deferred.SpentSince(start);
        workspace.Monitor.End();
        return true;
    }

    /// <summary>One sweep along a direction, by kernels where they are compiled and nothing needs care, and F(x) where <paramref name="y"/> is not empty.</summary>
    private void Sweep<TCompiled>(
        DeferredCompilation<TCompiled> deferred, InterpretedSweep interpret, ReadOnlySpan<double> x, ReadOnlySpan<double> direction, Span<double> y, Span<double> result,
        Workspace workspace)
        where TCompiled : class, IBlockSweep
    {
        workspace.Monitor.Begin();
        x = workspace.Apart(x, result, y);
        direction = workspace.Apart(direction, result, y, number: 1);
        if (!(deferred.Ready is { } compiled && TryCompiledSweep(compiled, x, direction, y, result, workspace)))
        {
            var start = deferred.Begin();
            var at = Evaluate(x, workspace);
            if (!y.IsEmpty)
                at.Executor.ReadOutputs(at.Slots, y);
            interpret(at.Executor, at.Slots, direction, result, workspace);
            deferred.SpentSince(start);
        }
        workspace.Monitor.End();
    }

    /// <summary>By kernels, where the traced branches are taken and nothing needs care; the outputs too where <paramref name="y"/> is not empty.</summary>
    private bool TryCompiledSweep(
        IBlockSweep compiled, ReadOnlySpan<double> x, ReadOnlySpan<double> direction, Span<double> y, Span<double> result, Workspace workspace) => !y.IsEmpty && HasGuardsApart(FirstVariant)
        ? TryWatchedValues(FirstVariant, x, [], workspace) && compiled.ValueAndEvaluate(x, direction, y, result, workspace)
        : TryWatchedValues(FirstVariant, x, y, workspace) && compiled.Evaluate(x, direction, result, workspace);

    private delegate void InterpretedSweep(CompiledTrace function, double[] slots, ReadOnlySpan<double> direction, Span<double> result, Workspace workspace);

    private void NeedScalar(string verb, string instead = "Use Jacobian, or Vjp with the weights of the outputs.")
    {
        if (OutputCount != 1)
            throw new HybridAdException(ErrorCodes.ScalarFunctionNeeded,
                $"{verb} needs a function with 1 output, but this one has {OutputCount}. {instead}");
    }
}
