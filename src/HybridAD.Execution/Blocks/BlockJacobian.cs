using HybridAD.Blocks;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>The Jacobian of a function, computed from its blocks by compiled kernels. Immutable and thread-safe; scratch memory comes with each call.</summary>
internal sealed class BlockJacobian : IExecutor
{
    private readonly BlockProgram _program;

    private BlockJacobian(SparsityPattern pattern, BlockProgram program)
    {
        Pattern = pattern;
        _program = program;
    }

    /// <summary>The pattern of the result.</summary>
    public SparsityPattern Pattern { get; }

    /// <inheritdoc/>
    public int SlotCount => _program.MemorySize;

    /// <summary>The entries that do not depend on the point, and 0 for the others.</summary>
    public ReadOnlySpan<double> Template => _program.Template;

    /// <summary>The same without scratch memory, where one piece of straight-line code computes all entries; else null.</summary>
    public DirectJacobian? Direct => _program.Single is { } kernel ? new DirectJacobian(kernel, Pattern.ColumnCount, _program.Template.ToArray(), _program.Beginnings) : null;

    /// <summary>Compiles the kernels.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="pattern">The pattern, which contains every structural nonzero.</param>
    /// <param name="strategy">How each kernel is differentiated.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockJacobian Of(BlockGraph graph, SparsityPattern pattern, BlockStrategy strategy, KernelFactory factory)
    {
        var kernels = new BlockKernels(graph);
        return new BlockJacobian(pattern, JacobianAssembler.Assemble(graph, pattern, factory, block => strategy.Orders[kernels.NumberOf(block)]));
    }

    /// <inheritdoc/>
    public void Prepare(double[] slots) => _program.Prepare(slots);

    /// <summary>Computes the entries in pattern order; false where one is NaN, which has to be computed with care.</summary>
    /// <param name="point">The point.</param>
    /// <param name="entries">Receives the entries.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="isPrefilled">Whether the entries began as a copy of <see cref="Template"/> and nobody else wrote to them since.</param>
    public bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace, bool isPrefilled) =>
        _program.Run(point, entries, workspace.SlotsOf(this), isPrefilled) || !Jacobians.JacobianExecutor.HasNaN(entries);
}
