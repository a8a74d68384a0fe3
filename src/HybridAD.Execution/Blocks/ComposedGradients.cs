using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Gradients;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>All rows at once: kernels multiply their local derivatives with the gradients of what they read.</summary>
internal sealed class ComposedGradients : BlockJacobian
{
    private readonly MadeOnce<BlockProgram> _inBuffer;
    private readonly MadeOnce<BlockProgram> _anywhere;

    public ComposedGradients(BlockGraph graph, Func<BlockGraph> graphAgain, SparsityPattern pattern, BlockStrategy strategy, KernelFactory factory)
        : base(pattern)
    {
        _inBuffer = new(() => Assemble(writesConstants: false));
        // Straight-line code writes its constants in any case.
        _anywhere = graph.Blocks is [KernelBlock { InstanceCount: 1 }] ? _inBuffer : new(() => Assemble(writesConstants: true));

        BlockProgram Assemble(bool writesConstants)
        {
            var blocks = graphAgain();
            var kernels = new BlockKernels(blocks);
            return JacobianAssembler.Assemble(blocks, pattern, factory, block => strategy.Orders[kernels.NumberOf(block)], writesConstants);
        }
    }

    /// <inheritdoc/>
    public override PointFunction? AtPoints(PointFunction otherwise) => ShortProgram.AtPoints(_anywhere.Value, Pattern.ColumnCount, otherwise);

    /// <inheritdoc/>
    public override ShortProgram? ShortInBuffer =>
        !WritesAllInBuffer && _inBuffer.Value is { IsShort: true } program ? new ShortProgram(program, Pattern.ColumnCount) : null;

    /// <inheritdoc/>
    public override bool WritesAllInBuffer => _inBuffer == _anywhere;

    /// <inheritdoc/>
    public override bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace) =>
        Run(_anywhere.Value, point, entries, workspace, isPrefilled: false);

    /// <inheritdoc/>
    public override bool EvaluateInBuffer(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace, bool isPrefilled) =>
        Run(_inBuffer.Value, point, entries, workspace, isPrefilled);

    private static bool Run(BlockProgram program, ReadOnlySpan<double> point, Span<double> entries, Workspace workspace, bool isPrefilled) =>
        program.Run(point, entries, workspace.MemoryOf(program, program.MemorySize), isPrefilled, workspace) || Jacobians.JacobianExecutor.AreFinite(entries);
}
