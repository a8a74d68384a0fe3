namespace HybridAD.Execution.Blocks;

/// <summary>The nonzeros of ∇²(Σ wᵢ yᵢ) by compiled kernels. Immutable and thread-safe; scratch memory comes with each call.</summary>
internal interface IBlockHessian
{
    /// <summary>Computes the nonzeros; false where a number is not finite, which has to be computed with care.</summary>
    /// <param name="point">The point.</param>
    /// <param name="weights">A weight for every output.</param>
    /// <param name="entries">Receives the nonzeros in the order of the pattern.</param>
    /// <param name="workspace">Scratch memory.</param>
    bool Evaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> weights, Span<double> entries, Workspace workspace);
}
