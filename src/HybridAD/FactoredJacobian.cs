using System.Collections.Immutable;
using HybridAD.Errors;
using HybridAD.Execution;

namespace HybridAD;

/// <summary>
/// A Jacobian as a product of factors, each the Jacobian of a stage between two narrow waists of the function, for those who multiply it with vectors and never
/// need it as a whole. Immutable and thread-safe; with a <see cref="Workspace"/> and <see cref="JacobianFactors"/> per thread it allocates nothing.
/// </summary>
public sealed class FactoredJacobian
{
    private readonly TracedFunction _function;
    private readonly JacobianPlannerOptions _options;
    private readonly FactorChain _chain;

    internal FactoredJacobian(TracedFunction function, JacobianPlannerOptions options)
    {
        _function = function;
        _options = options;
        _chain = function.FirstVariant.Jacobians.FactorsOf(options);
    }

    /// <summary>How many factors there are; one where the function has no waist that pays.</summary>
    public int FactorCount => _chain.Count;

    /// <summary>The plan of each factor, that of the stage next to the inputs first.</summary>
    public ImmutableArray<JacobianPlan> Plans => [.. Enumerable.Range(0, _chain.Count).Select(stage => _chain[stage].Plan)];

    /// <summary>Room for the factors, for evaluations that allocate nothing.</summary>
    public JacobianFactors CreateFactors() => new(_chain);

    /// <summary>The factors at a point.</summary>
    /// <inheritdoc cref="Evaluate(ReadOnlySpan{double}, JacobianFactors, Workspace?)" path="/*[self::remarks or self::param[@name='x'] or self::exception[not(contains(@cref, 'OperationCanceled')) and not(contains(@cref, 'ArgumentNull'))]]"/>
    /// <returns>The factors, with memory of their own.</returns>
    public JacobianFactors Evaluate(ReadOnlySpan<double> x)
    {
        var factors = CreateFactors();
        Evaluate(x, factors);
        return factors;
    }

    /// <summary>The factors at a point into <paramref name="factors"/>, in place of what they were.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="factors">Receives the factors; made by <see cref="CreateFactors"/>. On another branch they may be others in number and size. What stands in them after an exception is undefined.</param>
    /// <param name="workspace">Scratch memory, one for each thread. Null for memory that is lent.</param>
    /// <remarks>
    /// Each factor is the Jacobian of a stage, with the conventions of Jacobians: NaN and ∞ stay in what depends on them, zero wins over ∞ inside a factor, and at kinks and jumps the derivative is that of one piece. Factors
    /// are multiplied as IEEE 754 has it, see <see cref="JacobianFactors"/>.
    /// </remarks>
    /// <exception cref="ArgumentNullException">The factors are null.</exception>
    /// <exception cref="HybridAdArgumentException">x has not n numbers (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); it was recorded again and returned another number of
    /// outputs (HAD2005); or a factor there does not fit into the memory limit (HAD5001).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void Evaluate(ReadOnlySpan<double> x, JacobianFactors factors, Workspace? workspace = null)
    {
        ArgumentNullException.ThrowIfNull(factors);
        Throw.IfLengthDiffers(x.Length, _function.InputCount, nameof(x), "one number per input");
        using var lent = new LentWorkspace(workspace);
        workspace = lent.Workspace;
        var chain = _function.ChecksNoGuards(_chain.Variant) || _function.TryValues(_chain.Variant, x, [], workspace)
            ? _chain
            : _function.Evaluate(x, workspace, 0, static (variant, _) => variant.Compiled).Variant.Jacobians.FactorsOf(_options);
        factors.Fit(chain);
        chain.Evaluate(x, factors.Buffers, factors.Points, workspace);
    }
}
