namespace HybridAD.Execution.Blocks;

/// <summary>∇²(Σ wᵢ yᵢ)·v by compiled kernels. Immutable and thread-safe; scratch memory comes with each call.</summary>
internal interface IBlockHessianProducts
{
    /// <summary>Computes the product; false where a number is not finite, which has to be computed with care.</summary>
    /// <param name="point">The point.</param>
    /// <param name="weights">A weight for every output.</param>
    /// <param name="direction">v.</param>
    /// <param name="result">Receives a number for every input.</param>
    /// <param name="workspace">Scratch memory.</param>
    bool Evaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> weights, ReadOnlySpan<double> direction, Span<double> result, Workspace workspace);
}
