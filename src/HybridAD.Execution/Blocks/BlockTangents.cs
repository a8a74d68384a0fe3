using HybridAD.Blocks;

namespace HybridAD.Execution.Blocks;

/// <summary>J·t, computed forward over the blocks of a function. Immutable and thread-safe; scratch memory comes with each call.</summary>
internal sealed class BlockTangents
{
    private readonly TangentProgram _program;

    private BlockTangents(TangentProgram program) => _program = program;

    /// <summary>Compiles the kernels.</summary>
    public static BlockTangents Of(BlockGraph graph, KernelFactory factory) => new(TangentAssembler.Assemble(graph, factory));

    /// <summary>Computes J·t; false where a number is NaN, which has to be computed with care.</summary>
    /// <param name="point">The point.</param>
    /// <param name="tangent">t.</param>
    /// <param name="result">Receives a number for every output.</param>
    /// <param name="workspace">Scratch memory.</param>
    public bool Evaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> tangent, Span<double> result, Workspace workspace)
    {
        var memory = workspace.MemoryOf(_program.Sweep, _program.Sweep.MemorySize);
        tangent.CopyTo(memory[_program.SeedStart..]);
        return (_program.Sweep.Run(point, result, memory, isPrefilled: false, workspace) && _program.IsWatched) || Jacobians.JacobianExecutor.AreFinite(result);
    }
}
