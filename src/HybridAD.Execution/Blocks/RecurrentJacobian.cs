using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Plans;
using HybridAD.Rolling.Recurrences;
using HybridAD.Rolling;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// The Jacobian of a function that does one thing after the other, in one program that has all directions side by side: forward, or in reverse for several outputs. Immutable and
/// thread-safe; scratch memory comes with each call.
/// </summary>
internal sealed class RecurrentJacobian : BlockJacobian
{
    private readonly BlockProgram _program;

    private RecurrentJacobian(SparsityPattern pattern, BlockProgram program)
        : base(pattern) => _program = program;

    /// <summary>Compiles the bodies; null where the function does not consist of recurrences.</summary>
    /// <param name="function">The function.</param>
    /// <param name="pattern">The pattern, which contains every structural nonzero.</param>
    /// <param name="strategy">The directions.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockJacobian? Of(Trace function, SparsityPattern pattern, SweepStrategy strategy, KernelFactory factory)
    {
        function = StepLowering.Apply(function);
        if (RecurrenceFinder.Find(function) is not { } segments)
            return null;
        if (strategy.Direction == SweepDirection.Forward)
            return new RecurrentJacobian(pattern, RecurrenceTangentAssembler.Assemble(function, segments, pattern, strategy, factory));
        return strategy.ColorCount > 1
            ? new RecurrentJacobian(pattern, RecurrenceAdjointAssembler.Assemble(function, segments, pattern, strategy, factory))
            : new AdjointRows(pattern, new(RecurrenceAdjointAssembler.Assemble(function, segments, factory)));
    }

    /// <inheritdoc/>
    public override PointFunction? AtPoints(PointFunction otherwise) => ShortProgram.AtPoints(_program, Pattern.ColumnCount, otherwise);

    /// <inheritdoc/>
    public override bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace) =>
        _program.Run(point, entries, workspace.MemoryOf(_program, _program.MemorySize), isPrefilled: false, workspace) || Jacobians.JacobianExecutor.AreFinite(entries);
}
