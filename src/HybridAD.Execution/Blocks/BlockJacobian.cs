using HybridAD.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Plans;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// The Jacobian of a function, computed from its blocks by compiled kernels: in a buffer, where constant entries stand already, or anywhere, and then they
/// are written with the others. Immutable and thread-safe; scratch memory comes with each call.
/// </summary>
internal abstract class BlockJacobian(SparsityPattern pattern)
{
    /// <summary>The pattern of the result.</summary>
    public SparsityPattern Pattern => pattern;

    /// <summary>A shorter way to the same entries, where there is one; else null.</summary>
    /// <param name="otherwise">What is called where it does not do.</param>
    public virtual PointFunction? AtPoints(PointFunction otherwise) => null;

    /// <summary>A shorter way in a buffer, where there is one and buffers are not like other memory; else null.</summary>
    public virtual ShortProgram? ShortInBuffer => null;

    /// <summary>Whether what is computed in a buffer is what is computed anywhere.</summary>
    public virtual bool WritesAllInBuffer => false;

    /// <summary>Whether <see cref="WithValues"/> will always be what it is.</summary>
    public virtual bool IsWithValuesKnown => true;

    /// <summary>What computes the outputs with the entries, where that pays; else null. Asked again and again until it is known.</summary>
    /// <param name="inBuffer">Whether constant entries stand already.</param>
    /// <param name="evaluations">Evaluations of both since it was asked last.</param>
    public virtual ValuesWithEntries? WithValues(bool inBuffer, int evaluations = 1) => null;

    /// <summary>
    /// What computes the outputs with the entries anywhere, where that pays, found out at once: among many points results must depend neither on how many evaluations came before nor on which thread
    /// came first.
    /// </summary>
    public virtual ValuesWithEntries? WithValuesAmongMany => WithValues(inBuffer: false);

    /// <summary>Compiles the kernels, when they are first needed.</summary>
    /// <param name="graph">The blocks; null where the strategy needs none.</param>
    /// <param name="again">Finds the blocks again where the strategy has none: they are not kept.</param>
    /// <param name="function">The function itself; asked for where it is swept over as a whole, and perhaps once more when outputs are.</param>
    /// <param name="pattern">The pattern, which contains every structural nonzero.</param>
    /// <param name="strategy">How each kernel is differentiated, and how derivatives are put together.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="nanosecondsOfValues">What the outputs alone take, about; asked when it may matter.</param>
    /// <returns>The Jacobian; null where the function has no blocks, or no recurrences, that the strategy needs.</returns>
    public static BlockJacobian? Of(
        BlockGraph? graph, IBlockSource again, Func<Trace> function, SparsityPattern pattern, BlockStrategy strategy, KernelFactory factory, Func<double> nanosecondsOfValues) => strategy.Composition switch
    {
        BlockComposition.Sweeps => new CompiledSweeps(function(), pattern, (SweepStrategy)strategy.Orders[0], factory),
        BlockComposition.Recurrences => RecurrentJacobian.Of(function, pattern, (SweepStrategy)strategy.Orders[0], factory),
        BlockComposition.Directions => RecurrentJacobian.Of(function, pattern, (SweepStrategy)strategy.Orders[0], factory, isOneBody: true),
        _ when graph is null => null,
        BlockComposition.Adjoints => AdjointRows.Over(graph, again, pattern, strategy, factory),
        _ => new ComposedGradients(graph, again, pattern, strategy, factory, nanosecondsOfValues),
    };

    /// <summary>Computes the entries in pattern order; false where one is not finite, which has to be computed with care.</summary>
    /// <param name="point">The point.</param>
    /// <param name="entries">Receives the entries.</param>
    /// <param name="workspace">Scratch memory.</param>
    public abstract bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace);

    /// <summary>The same in a buffer.</summary>
    /// <param name="point">The point.</param>
    /// <param name="entries">Receives the entries.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="isPrefilled">Whether this wrote to the buffer before, and nobody else did since.</param>
    public virtual bool EvaluateInBuffer(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace, bool isPrefilled) =>
        Evaluate(point, entries, workspace);
}
