using HybridAD.Collections;
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
    private readonly MadeOnce<ProgramWithValues> _withValues;

    /// <param name="pattern">The pattern.</param>
    /// <param name="program">Computes the entries.</param>
    /// <param name="withValues">Assembles the program that computes the outputs on the way, and says where in the memory they are then.</param>
    private RecurrentJacobian(SparsityPattern pattern, BlockProgram program, Func<(BlockProgram Program, int[] Outputs)> withValues)
        : base(pattern)
    {
        _program = program;
        _withValues = new(() =>
        {
            var (both, outputs) = withValues();
            return new ProgramWithValues(both, PlacedOutputs.Of(outputs));
        });
    }

    /// <summary>Compiles the bodies; null where the function does not consist of recurrences.</summary>
    /// <param name="function">The function; asked for again when outputs are first asked for too.</param>
    /// <param name="pattern">The pattern, which contains every structural nonzero.</param>
    /// <param name="strategy">The directions.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockJacobian? Of(Func<Trace> function, SparsityPattern pattern, SweepStrategy strategy, KernelFactory factory)
    {
        if (Bodies() is not { } found)
            return null;
        // One direction in reverse is repeated for every row.
        if (strategy is { Direction: SweepDirection.Reverse, ColorCount: 1 })
            return new AdjointRows(pattern, new(RowsOf(found, givesValues: false)), () => RowsOf(Bodies()!.Value, givesValues: true));
        return new RecurrentJacobian(pattern, ProgramOf(found, givesValues: false).Program, () => ProgramOf(Bodies()!.Value, givesValues: true));

        (Trace Function, RecurrenceSegment[] Segments)? Bodies()
        {
            var lowered = StepLowering.Apply(function());
            return RecurrenceFinder.Find(lowered) is { } segments ? (lowered, segments) : null;
        }

        AdjointPrograms RowsOf((Trace Function, RecurrenceSegment[] Segments) bodies, bool givesValues) =>
            RecurrenceAdjointAssembler.Assemble(bodies.Function, bodies.Segments, factory, givesValues);

        (BlockProgram Program, int[] Outputs) ProgramOf((Trace Function, RecurrenceSegment[] Segments) bodies, bool givesValues) => strategy.Direction == SweepDirection.Forward
            ? RecurrenceTangentAssembler.Assemble(bodies.Function, bodies.Segments, pattern, strategy, factory, givesValues)
            : RecurrenceAdjointAssembler.Assemble(bodies.Function, bodies.Segments, pattern, strategy, factory, givesValues);
    }

    /// <summary>Outputs are on the way.</summary>
    public override ValuesWithEntries WithValues(bool inBuffer) => _withValues.Value;

    /// <inheritdoc/>
    public override PointFunction? AtPoints(PointFunction otherwise) => ShortProgram.AtPoints(_program, Pattern.ColumnCount, otherwise);

    /// <inheritdoc/>
    public override bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace) =>
        _program.Run(point, entries, workspace.MemoryOf(_program, _program.MemorySize), isPrefilled: false, workspace) || Jacobians.JacobianExecutor.AreFinite(entries);
}
