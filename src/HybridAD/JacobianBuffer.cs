using HybridAD.Collections;
using HybridAD.Variants;

namespace HybridAD;

/// <summary>
/// The nonzeros of a Jacobian for evaluation after evaluation: those that do not depend on the point are written once. Made by
/// <see cref="CompiledJacobian.CreateBuffer"/>; for one thread at a time.
/// </summary>
public sealed class JacobianBuffer
{
    internal JacobianBuffer(CompiledJacobian owner, SparsityPattern pattern)
    {
        Owner = owner;
        Pattern = pattern;
        Numbers = FreshPages.Array<double>(pattern.NonzeroCount);
    }

    /// <summary>The positions of the nonzeros, m × n.</summary>
    public SparsityPattern Pattern { get; }

    /// <summary>The nonzeros after the latest evaluation, in the order of <see cref="Pattern"/>.</summary>
    public ReadOnlySpan<double> Values => Numbers;

    internal CompiledJacobian Owner { get; }

    internal double[] Numbers { get; }

    /// <summary>Whose compiled kernels wrote everything, so that the constant entries stand where they belong for these; null for nobody's.</summary>
    internal PlannedJacobian? FilledBy { get; set; }
}
