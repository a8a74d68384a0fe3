using HybridAD.Blocks;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// The Jacobian of a function, computed from its blocks by compiled kernels: in a buffer, where constant entries stand already, or anywhere, and then they
/// are written with the others. Immutable and thread-safe; scratch memory comes with each call.
/// </summary>
internal sealed class BlockJacobian
{
    private readonly Lazy<Program> _inBuffer;
    private readonly Lazy<Program> _anywhere;

    private BlockJacobian(SparsityPattern pattern, Func<bool, BlockProgram> assemble, bool isSingle)
    {
        Pattern = pattern;
        _inBuffer = new(() => new Program(assemble(false)));
        // Straight-line code writes its constants in any case.
        _anywhere = isSingle ? _inBuffer : new(() => new Program(assemble(true)));
    }

    /// <summary>The pattern of the result.</summary>
    public SparsityPattern Pattern { get; }

    /// <summary>The same without scratch memory, where one piece of straight-line code computes all entries; else null.</summary>
    public DirectJacobian? Direct => _anywhere == _inBuffer && _inBuffer.Value.Steps is { Single: { } kernel } program
        ? new DirectJacobian(kernel, Pattern.ColumnCount, program.Template.ToArray(), program.Beginnings) : null;

    /// <summary>Compiles the kernels, when they are first needed.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="pattern">The pattern, which contains every structural nonzero.</param>
    /// <param name="strategy">How each kernel is differentiated.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockJacobian Of(BlockGraph graph, SparsityPattern pattern, BlockStrategy strategy, KernelFactory factory)
    {
        var kernels = new BlockKernels(graph);
        var isSingle = graph.Blocks is [KernelBlock { InstanceCount: 1 }];
        return new BlockJacobian(
            pattern, writesConstants => JacobianAssembler.Assemble(graph, pattern, factory, block => strategy.Orders[kernels.NumberOf(block)], writesConstants), isSingle);
    }

    /// <summary>Computes the entries in pattern order; false where one is NaN, which has to be computed with care.</summary>
    /// <param name="point">The point.</param>
    /// <param name="entries">Receives the entries.</param>
    /// <param name="workspace">Scratch memory.</param>
    public bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace) =>
        Run(_anywhere.Value, point, entries, workspace, isPrefilled: false);

    /// <summary>The same in a buffer.</summary>
    /// <param name="point">The point.</param>
    /// <param name="entries">Receives the entries.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="isPrefilled">Whether this wrote to the buffer before, and nobody else did since.</param>
    public bool EvaluateInBuffer(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace, bool isPrefilled) =>
        Run(_inBuffer.Value, point, entries, workspace, isPrefilled);

    private static bool Run(Program program, ReadOnlySpan<double> point, Span<double> entries, Workspace workspace, bool isPrefilled) =>
        program.Steps.Run(point, entries, workspace.SlotsOf(program), isPrefilled) || !Jacobians.JacobianExecutor.HasNaN(entries);

    private sealed class Program(BlockProgram steps) : IExecutor
    {
        public BlockProgram Steps => steps;

        public int SlotCount => steps.MemorySize;

        public void Prepare(double[] slots) => steps.Prepare(slots);
    }
}
