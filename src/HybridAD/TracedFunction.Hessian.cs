using HybridAD.Errors;
using HybridAD.Execution;
using HybridAD.Sparsity;

namespace HybridAD;

/// <content>
/// Second derivatives of a function with one output, or of Σ wᵢ yᵢ with weights wᵢ for the outputs (the Hessian of a Lagrangian).
/// </content>
public sealed partial class TracedFunction
{
    private const string UseWeights = "Use the overload with the weights of the outputs.";

    /// <summary>The structural nonzeros of the Hessian, n × n, both triangles, for any weights of the outputs.</summary>
    /// <exception cref="HybridAdException">The Hessian has more nonzeros than can be listed (HAD1007); use <see cref="Hvp(ReadOnlySpan{double}, ReadOnlySpan{double})"/>.</exception>
    public SparsityPattern HessianPattern => FirstVariant.Hessian.Pattern;

    /// <summary>∇²F(x), n × n, of a function with one output.</summary>
    public double[,] Hessian(ReadOnlySpan<double> x) => SparseHessian(x).ToDense();

    /// <summary>∇²(Σ wᵢ yᵢ), n × n.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="weights">A weight for every output, m numbers.</param>
    public double[,] Hessian(ReadOnlySpan<double> x, ReadOnlySpan<double> weights) => SparseHessian(x, weights).ToDense();

    /// <summary>∇²F(x) in compressed sparse row form, both triangles, of a function with one output.</summary>
    public CsrMatrix SparseHessian(ReadOnlySpan<double> x)
    {
        NeedScalar(nameof(Hessian), UseWeights);
        return SparseHessian(x, One);
    }

    /// <summary>∇²(Σ wᵢ yᵢ) in compressed sparse row form, both triangles.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="weights">A weight for every output, m numbers.</param>
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
    /// <param name="values">One number per structural nonzero.</param>
    /// <param name="workspace">Scratch memory; with it nothing is allocated.</param>
    /// <exception cref="HybridAdException">At this point another branch is taken whose Hessian has another pattern (HAD2006).</exception>
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
    /// <param name="y">The outputs, m numbers.</param>
    /// <param name="gradient">The gradient, n numbers.</param>
    /// <param name="values">One number per structural nonzero of the Hessian.</param>
    /// <param name="workspace">Scratch memory; with it nothing is allocated.</param>
    /// <exception cref="HybridAdException">At this point another branch is taken whose Hessian has another pattern (HAD2006).</exception>
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
    /// <param name="direction">The vector v, n numbers.</param>
    /// <param name="result">The product, n numbers.</param>
    /// <param name="workspace">Scratch memory; with it nothing is allocated.</param>
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
