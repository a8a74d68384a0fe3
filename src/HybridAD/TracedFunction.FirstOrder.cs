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
    public double[] Jvp(ReadOnlySpan<double> x, ReadOnlySpan<double> tangent)
    {
        var result = new double[OutputCount];
        Jvp(x, tangent, result);
        return result;
    }

    /// <summary>J·t into <paramref name="result"/>, m numbers, by one forward sweep.</summary>
    public void Jvp(ReadOnlySpan<double> x, ReadOnlySpan<double> tangent, Span<double> result, Workspace? workspace = null)
    {
        using var lent = new LentWorkspace(workspace);
        Jvp(x, tangent, [], result, lent.Workspace);
    }

    /// <summary>F(x) into <paramref name="y"/> and J·t into <paramref name="result"/>, m numbers each, for what J·t takes.</summary>
    /// <remarks>Compiled, the last bits of F may differ from those of <see cref="Value(ReadOnlySpan{double})"/>: sums are added up in another order.</remarks>
    public void ValueAndJvp(ReadOnlySpan<double> x, ReadOnlySpan<double> tangent, Span<double> y, Span<double> result, Workspace? workspace = null)
    {
        Throw.IfLengthDiffers(y.Length, OutputCount, nameof(y), "one number per output");
        using var lent = new LentWorkspace(workspace);
        Jvp(x, tangent, y, result, lent.Workspace);
    }

    /// <summary>ȳ·J, n numbers, by one reverse sweep.</summary>
    public double[] Vjp(ReadOnlySpan<double> x, ReadOnlySpan<double> cotangent)
    {
        var result = new double[InputCount];
        Vjp(x, cotangent, result);
        return result;
    }

    /// <summary>ȳ·J into <paramref name="result"/>, n numbers, by one reverse sweep.</summary>
    public void Vjp(ReadOnlySpan<double> x, ReadOnlySpan<double> cotangent, Span<double> result, Workspace? workspace = null)
    {
        using var lent = new LentWorkspace(workspace);
        Vjp(x, cotangent, [], result, lent.Workspace);
    }

    /// <summary>F(x) into <paramref name="y"/> (m numbers) and ȳ·J into <paramref name="result"/> (n numbers), for what ȳ·J takes.</summary>
    /// <remarks>Compiled, the last bits of F may differ from those of <see cref="Value(ReadOnlySpan{double})"/>: sums are added up in another order.</remarks>
    public void ValueAndVjp(ReadOnlySpan<double> x, ReadOnlySpan<double> cotangent, Span<double> y, Span<double> result, Workspace? workspace = null)
    {
        Throw.IfLengthDiffers(y.Length, OutputCount, nameof(y), "one number per output");
        using var lent = new LentWorkspace(workspace);
        Vjp(x, cotangent, y, result, lent.Workspace);
    }

    /// <summary>∇F(x), n numbers, of a function with one output, by one reverse sweep.</summary>
    public double[] Gradient(ReadOnlySpan<double> x)
    {
        var result = new double[InputCount];
        Gradient(x, result);
        return result;
    }

    /// <summary>∇F(x) into <paramref name="result"/>, n numbers, of a function with one output.</summary>
    public void Gradient(ReadOnlySpan<double> x, Span<double> result, Workspace? workspace = null)
    {
        using var lent = new LentWorkspace(workspace);
        Gradient(x, [], result, lent.Workspace);
    }

    /// <summary>Returns F(x) and puts ∇F(x) into <paramref name="result"/>, n numbers, of a function with one output, for little more than what ∇F takes.</summary>
    /// <remarks>Compiled, the last bits of F may differ from those of <see cref="Value(ReadOnlySpan{double})"/>: sums are added up in another order.</remarks>
    /// <exception cref="HybridAdException">The function has more than one output (HAD1002).</exception>
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
