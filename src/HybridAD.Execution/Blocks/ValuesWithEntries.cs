using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks;

/// <summary>The outputs of a function and the entries of its Jacobian together: what both are made of is computed once. Immutable and thread-safe.</summary>
internal abstract class ValuesWithEntries
{
    /// <summary>Outputs and entries as a function of points, where they are short straight-line code; else null.</summary>
    /// <param name="inputCount">Length of a point.</param>
    /// <param name="otherwise">What is called where the function does not do.</param>
    public virtual PointFunctionWithValues? AtPoints(int inputCount, PointFunctionWithValues otherwise) => null;

    /// <summary>
    /// Evaluates with as little around it as can be, see <see cref="ShortProgram"/>; false where that does not do: it takes long, somebody watches, scratch memory is missing, numbers share their memory, or
    /// an entry is not finite.
    /// </summary>
    /// <param name="point">The point.</param>
    /// <param name="y">Receives the outputs.</param>
    /// <param name="entries">Receives the entries in pattern order.</param>
    /// <param name="workspace">Scratch memory.</param>
    public virtual bool TryShort(ReadOnlySpan<double> point, Span<double> y, Span<double> entries, Workspace? workspace) => false;

    /// <summary>Evaluates; false where an entry is not finite, which has to be computed with care.</summary>
    /// <param name="point">The point; neither of the results.</param>
    /// <param name="y">Receives the outputs.</param>
    /// <param name="entries">Receives the entries in pattern order.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="isPrefilled">Whether this, or another program of the same Jacobian, wrote to the entries before, and nobody else did since.</param>
    public abstract bool Evaluate(ReadOnlySpan<double> point, Span<double> y, Span<double> entries, Workspace workspace, bool isPrefilled);
}
