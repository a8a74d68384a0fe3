namespace HybridAD.Execution.Blocks;

/// <summary>One direction carried through the blocks of a function. Immutable and thread-safe; scratch memory comes with each call.</summary>
internal interface IBlockSweep
{
    /// <summary>Computes the product of the direction with the Jacobian; false where a number is not finite, which has to be computed with care.</summary>
    /// <param name="point">The point.</param>
    /// <param name="direction">A number for every input on the way forward, for every output in reverse.</param>
    /// <param name="result">Receives a number for every output on the way forward, for every input in reverse.</param>
    /// <param name="workspace">Scratch memory.</param>
    bool Evaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> direction, Span<double> result, Workspace workspace);

    /// <summary>The same, and the outputs of the function, which are on the way.</summary>
    /// <param name="point">The point; none of the results.</param>
    /// <param name="direction">A number for every input on the way forward, for every output in reverse; none of the results.</param>
    /// <param name="y">Receives the outputs.</param>
    /// <param name="result">Receives a number for every output on the way forward, for every input in reverse.</param>
    /// <param name="workspace">Scratch memory.</param>
    bool ValueAndEvaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> direction, Span<double> y, Span<double> result, Workspace workspace);
}
