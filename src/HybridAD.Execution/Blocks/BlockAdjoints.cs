using HybridAD.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Graph;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Execution.Blocks;

/// <summary>Rows of ȳ·J, computed in reverse over the blocks of a function, or body by body.</summary>
internal sealed class BlockAdjoints : IBlockSweep
{
    private readonly AdjointPrograms _programs;

    private BlockAdjoints(AdjointPrograms programs) => _programs = programs;

    /// <summary>Compiles the kernels.</summary>
    public static BlockAdjoints Of(BlockGraph graph, KernelFactory factory) => new(AdjointAssembler.Assemble(graph, factory));

    /// <summary>Compiles the bodies of a function that does one thing after the other.</summary>
    /// <param name="function">The function, of operations that kernels have.</param>
    /// <param name="segments">Its bodies.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockAdjoints Of(Trace function, RecurrenceSegment[] segments, KernelFactory factory) => new(RecurrenceAdjointAssembler.Assemble(function, segments, factory));

    /// <inheritdoc/>
    public bool Evaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> direction, Span<double> result, Workspace workspace)
    {
        var memory = workspace.MemoryOf(_programs.Values, _programs.Sweep.MemorySize);
        _programs.Values.Run(point, [], memory, isPrefilled: true, workspace, new(0, Nanoseconds));
        direction.CopyTo(memory[_programs.SeedStart..]);
        return Sweep(point, memory, result, workspace);
    }

    private double Nanoseconds => _programs.Values.Nanoseconds + _programs.Sweep.Nanoseconds;

    /// <summary>Computes the adjoints of the inputs from those of the outputs, which stand in the memory.</summary>
    private bool Sweep(ReadOnlySpan<double> point, Span<double> memory, Span<double> result, Workspace workspace) =>
        (_programs.Sweep.Run(point, result, memory, isPrefilled: false, workspace, new(_programs.Values.Nanoseconds, Nanoseconds)) && _programs.IsWatched) || Jacobians.JacobianExecutor.AreFinite(result);
}
