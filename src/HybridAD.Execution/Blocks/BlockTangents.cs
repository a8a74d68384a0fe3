using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks;

/// <summary>J·t, computed forward over the blocks of a function, or body by body.</summary>
internal sealed class BlockTangents : IBlockSweep
{
    private readonly TangentProgram _program;
    private readonly MadeOnce<TangentProgram> _withValues;

    private BlockTangents(TangentProgram program, Func<TangentProgram> withValues) => (_program, _withValues) = (program, new(withValues));

    /// <summary>Compiles the kernels.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="again">Finds them again, when outputs are first asked for too.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockTangents Of(BlockGraph graph, Func<BlockGraph> again, KernelFactory factory) =>
        new(TangentAssembler.Assemble(graph, factory), () => TangentAssembler.Assemble(again(), factory, givesValues: true));

    /// <summary>Compiles the bodies of a function that does one thing after the other.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="segments">Its bodies.</param>
    /// <param name="again">Finds both again, when outputs are first asked for too.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockTangents Of(Trace function, RecurrenceSegment[] segments, Func<(Trace Function, RecurrenceSegment[] Segments)> again, KernelFactory factory)
    {
        return new(RecurrenceProductAssembler.Assemble(function, segments, factory, givesValues: false), WithValues);

        TangentProgram WithValues()
        {
            var bodies = again();
            return RecurrenceProductAssembler.Assemble(bodies.Function, bodies.Segments, factory, givesValues: true);
        }
    }

    /// <inheritdoc/>
    public bool Evaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> direction, Span<double> result, Workspace workspace) =>
        Run(_program, point, direction, result, workspace.MemoryOf(_program.Sweep, _program.Sweep.MemorySize), workspace);

    /// <inheritdoc/>
    public bool ValueAndEvaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> direction, Span<double> y, Span<double> result, Workspace workspace)
    {
        var program = _withValues.Value;
        var memory = workspace.MemoryOf(program.Sweep, program.Sweep.MemorySize);
        var isWell = Run(program, point, direction, result, memory, workspace);
        memory.Slice(program.OutputStart, y.Length).CopyTo(y);
        return isWell;
    }

    private static bool Run(TangentProgram program, ReadOnlySpan<double> point, ReadOnlySpan<double> direction, Span<double> result, Span<double> memory, Workspace workspace)
    {
        direction.CopyTo(memory[program.SeedStart..]);
        return (program.Sweep.Run(point, result, memory, isPrefilled: false, workspace) && program.IsWatched) || NumberChecks.AreFinite(result);
    }
}
