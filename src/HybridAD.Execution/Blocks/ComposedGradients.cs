using HybridAD.Blocks;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>All rows at once: kernels multiply their local derivatives with the gradients of what they read.</summary>
internal sealed class ComposedGradients : BlockJacobian
{
    private readonly BlockProgram _program;

    public ComposedGradients(BlockGraph graph, SparsityPattern pattern, BlockStrategy strategy, KernelFactory factory)
        : base(pattern)
    {
        var kernels = new BlockKernels(graph);
        _program = JacobianAssembler.Assemble(graph, pattern, factory, block => strategy.Orders[kernels.NumberOf(block)]);
    }

    /// <inheritdoc/>
    public override int SlotCount => _program.MemorySize;

    /// <inheritdoc/>
    public override DirectJacobian? Direct => _program.Single is { } kernel ? new DirectJacobian(kernel, _program.Template.ToArray(), _program.Beginnings) : null;

    /// <inheritdoc/>
    public override void Prepare(double[] slots) => _program.Prepare(slots);

    /// <inheritdoc/>
    public override bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace, bool isPrefilled) =>
        _program.Run(point, entries, workspace.SlotsOf(this), isPrefilled) || !Jacobians.JacobianExecutor.HasNaN(entries);
}
