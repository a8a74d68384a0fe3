using HybridAD.Blocks;
using HybridAD.Blocks.Adjoints;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Rolling;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// ∇²(Σ wᵢ yᵢ)·v, the derivative of the gradient in one direction, computed forward over the blocks of the gradient. Immutable and thread-safe; scratch memory comes with each call.
/// </summary>
internal sealed class BlockHessianProducts : IBlockHessianProducts
{
    private readonly TangentProgram _program;
    private readonly int _inputCount;
    private readonly int _outputCount;

    private BlockHessianProducts(TangentProgram program, int inputCount, int outputCount) => (_program, _inputCount, _outputCount) = (program, inputCount, outputCount);

    /// <summary>Compiles the kernels; null where a derivative cannot be written as operations, or straight-line code would be too long.</summary>
    public static BlockHessianProducts? Of(BlockGraph graph, KernelFactory factory) =>
        AdjointGraph.Of(graph) is { } gradient && FunctionBlocks.IsShortEnough(gradient) ? new(TangentAssembler.Assemble(gradient, factory), graph.Trace.InputCount, graph.OutputSlots.Length) : null;

    /// <summary>The same for a gradient that is written already, short enough to be compiled.</summary>
    /// <param name="gradient">The gradient, a function of the point and of the weights of the outputs.</param>
    /// <param name="function">The function.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockHessianProducts OfGradient(BlockGraph gradient, TraceShape function, KernelFactory factory) =>
        new(TangentAssembler.Assemble(gradient, factory), function.InputCount, function.OutputCount);

    /// <inheritdoc/>
    public bool Evaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> weights, ReadOnlySpan<double> direction, Span<double> result, Workspace workspace)
    {
        // The program's memory, and behind it the point with the weights, from a line of the cache on.
        var pointStart = checked((int)ProgramMemory.Distance(_program.Sweep.MemorySize));
        var numbers = workspace.MemoryOf(_program.Sweep, checked(pointStart + _inputCount + _outputCount));
        var memory = numbers[.._program.Sweep.MemorySize];
        var weighted = numbers[pointStart..];
        point.CopyTo(weighted);
        weights.CopyTo(weighted[_inputCount..]);
        // The weights do not change: their tangents stay 0.
        direction.CopyTo(memory[_program.SeedStart..]);
        return (_program.Sweep.Run(weighted, result, memory, isPrefilled: false, workspace) && _program.IsWatched) || NumberChecks.AreFinite(result);
    }
}
