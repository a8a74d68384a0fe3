using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks;

/// <summary>Rows of ȳ·J, computed in reverse over the blocks of a function, or body by body.</summary>
internal sealed class BlockAdjoints : IBlockSweep
{
    private readonly AdjointPrograms _programs;
    private readonly MadeOnce<AdjointPrograms> _withValues;

    private BlockAdjoints(AdjointPrograms programs, Func<AdjointPrograms> withValues) => (_programs, _withValues) = (programs, new(withValues));

    /// <summary>Compiles the kernels.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="again">Finds them again, when outputs are first asked for too.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockAdjoints Of(BlockGraph graph, Func<BlockGraph> again, KernelFactory factory) =>
        new(AdjointAssembler.Assemble(graph, factory), () => AdjointAssembler.Assemble(again(), factory, AskedOutputs.OfOneSweep));

    /// <summary>Compiles the bodies of a function that does one thing after the other.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="segments">Its bodies.</param>
    /// <param name="again">Finds both again, when outputs are first asked for too.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockAdjoints Of(Trace function, RecurrenceSegment[] segments, Func<(Trace Function, RecurrenceSegment[] Segments)> again, KernelFactory factory)
    {
        return new(RecurrenceAdjointAssembler.Assemble(function, segments, factory), WithValues);

        AdjointPrograms WithValues()
        {
            var bodies = again();
            return RecurrenceAdjointAssembler.Assemble(bodies.Function, bodies.Segments, factory, givesValues: true);
        }
    }

    /// <inheritdoc/>
    public bool Evaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> direction, Span<double> result, Workspace workspace) =>
        Evaluate(_programs, point, direction, [], result, workspace);

    /// <inheritdoc/>
    public bool ValueAndEvaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> direction, Span<double> y, Span<double> result, Workspace workspace) =>
        Evaluate(_withValues.Value, point, direction, y, result, workspace);

    private static bool Evaluate(AdjointPrograms programs, ReadOnlySpan<double> point, ReadOnlySpan<double> direction, Span<double> y, Span<double> result, Workspace workspace)
    {
        var sweep = programs.Sweep(0);
        var all = programs.Values.Nanoseconds + sweep.Nanoseconds;
        var memory = workspace.MemoryOf(programs.Values, sweep.MemorySize);
        programs.Values.Run(point, [], memory, isPrefilled: true, workspace, new(0, all));
        direction.CopyTo(memory[programs.SeedStart..]);
        var isSound = sweep.Run(point, result, memory, isPrefilled: false, workspace, new(programs.Values.Nanoseconds, all)) && programs.IsWatched;
        if (!y.IsEmpty)
            memory.Slice(programs.OutputStart, y.Length).CopyTo(y);
        return isSound || NumberChecks.AreFinite(result);
    }
}
