using HybridAD.Blocks;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>The Jacobian of a function, computed from its blocks by compiled kernels. Immutable and thread-safe; scratch memory comes with each call.</summary>
internal abstract class BlockJacobian(SparsityPattern pattern) : IExecutor
{
    /// <summary>The pattern of the result.</summary>
    public SparsityPattern Pattern => pattern;

    /// <inheritdoc/>
    public abstract int SlotCount { get; }

    /// <summary>The same without scratch memory, where one piece of straight-line code computes all entries; else null.</summary>
    public virtual DirectJacobian? Direct => null;

    /// <summary>Compiles the kernels.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="pattern">The pattern, which contains every structural nonzero.</param>
    /// <param name="strategy">How each kernel is differentiated, and how derivatives are put together.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockJacobian Of(BlockGraph graph, SparsityPattern pattern, BlockStrategy strategy, KernelFactory factory) =>
        strategy.Composition == BlockComposition.Adjoints ? new AdjointRows(graph, pattern, factory) : new ComposedGradients(graph, pattern, strategy, factory);

    /// <inheritdoc/>
    public abstract void Prepare(double[] slots);

    /// <summary>Computes the entries in pattern order; false where one is NaN, which has to be computed with care.</summary>
    /// <param name="point">The point.</param>
    /// <param name="entries">Receives the entries.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="isPrefilled">Whether the entries are those of an evaluation before, and nobody else wrote to them since.</param>
    public abstract bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace, bool isPrefilled);
}
