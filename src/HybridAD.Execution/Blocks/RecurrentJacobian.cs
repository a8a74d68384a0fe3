using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Plans;
using HybridAD.Rolling.Recurrences;
using HybridAD.Simplification;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// The Jacobian of a function that does one thing after the other, or does not repeat at all, in one program that has all directions side by side: forward, or in reverse for several outputs. Immutable and
/// thread-safe; scratch memory comes with each call.
/// </summary>
internal sealed class RecurrentJacobian : BlockJacobian
{
    private readonly MadeOnce<BlockProgram> _program;
    private readonly MadeOnce<ProgramWithValues> _withValues;

    /// <param name="pattern">The pattern.</param>
    /// <param name="assemble">Assembles the program that computes the entries, and perhaps the outputs on the way, and says where in the memory these are then.</param>
    private RecurrentJacobian(SparsityPattern pattern, Func<bool, (BlockProgram Program, int[] Outputs)> assemble)
        : base(pattern)
    {
        _program = new(() => assemble(false).Program);
        _withValues = new(() =>
        {
            var (both, outputs) = assemble(true);
            return new ProgramWithValues(both, PlacedOutputs.Of(outputs));
        });
    }

    /// <summary>The Jacobian, whose bodies are compiled when it is first evaluated; null where the function does not consist of recurrences.</summary>
    /// <param name="function">The function; asked for again when it is evaluated with outputs and without.</param>
    /// <param name="pattern">The pattern, which contains every structural nonzero.</param>
    /// <param name="strategy">The directions.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="isOneBody">Whether all of the function is one body that is computed once; else its recurrences are found.</param>
    public static BlockJacobian? Of(Func<Trace> function, SparsityPattern pattern, SweepStrategy strategy, KernelFactory factory, bool isOneBody = false)
    {
        var found = Find();
        if (found is null)
            return null;
        // One direction in reverse is repeated for every row.
        return strategy is { Direction: SweepDirection.Reverse, ColorCount: 1 }
            ? new AdjointRows(pattern, new(() => Rows(givesValues: false)), () => Rows(givesValues: true))
            : new RecurrentJacobian(pattern, Program);

        Bodies? Find()
        {
            var lowered = StepLowering.Apply(function());
            return isOneBody ? new(lowered, [RecurrenceFinder.AsOne(lowered)]) : RecurrenceFinder.Find(lowered) is { } segments ? new(lowered, segments) : null;
        }

        // They are as large as the function, and mostly needed once.
        Bodies Take() => Interlocked.Exchange(ref found, null) ?? Find()!;

        AdjointPrograms Rows(bool givesValues)
        {
            var (lowered, segments) = Take();
            return RecurrenceAdjointAssembler.Assemble(lowered, segments, factory, givesValues);
        }

        (BlockProgram Program, int[] Outputs) Program(bool givesValues)
        {
            var (lowered, segments) = Take();
            return strategy.Direction == SweepDirection.Forward
                ? RecurrenceTangentAssembler.Assemble(lowered, segments, pattern, strategy, factory, givesValues)
                : RecurrenceAdjointAssembler.Assemble(lowered, segments, pattern, strategy, factory, givesValues);
        }
    }

    /// <summary>Outputs are on the way.</summary>
    public override ValuesWithEntries WithValues(bool inBuffer, int evaluations) => _withValues.Value;

    /// <inheritdoc/>
    public override PointFunction? AtPoints(PointFunction otherwise) => ShortProgram.AtPoints(_program.Value, Pattern.ColumnCount, otherwise);

    /// <inheritdoc/>
    public override bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace)
    {
        var program = _program.Value;
        return program.Run(point, entries, workspace.MemoryOf(program, program.MemorySize), isPrefilled: false, workspace) || NumberChecks.AreFinite(entries);
    }

    /// <summary>The function, of operations that kernels have, and its bodies.</summary>
    private sealed record Bodies(Trace Function, RecurrenceSegment[] Segments);
}
