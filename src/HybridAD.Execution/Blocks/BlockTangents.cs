using HybridAD.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;

namespace HybridAD.Execution.Blocks;

/// <summary>J·t, computed forward over the blocks of a function.</summary>
internal sealed class BlockTangents : IBlockSweep
{
    private readonly TangentProgram _program;

    private BlockTangents(TangentProgram program) => _program = program;

    /// <summary>Compiles the kernels.</summary>
    public static BlockTangents Of(BlockGraph graph, KernelFactory factory) => new(TangentAssembler.Assemble(graph, factory));

    /// <inheritdoc/>
    public bool Evaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> direction, Span<double> result, Workspace workspace)
    {
        var memory = workspace.MemoryOf(_program.Sweep, _program.Sweep.MemorySize);
        direction.CopyTo(memory[_program.SeedStart..]);
        return (_program.Sweep.Run(point, result, memory, isPrefilled: false, workspace) && _program.IsWatched) || Jacobians.JacobianExecutor.AreFinite(result);
    }
}
