using HybridAD.Blocks;
using HybridAD.Blocks.Adjoints;
using HybridAD.Execution.Blocks.Gradients;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Rolling;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// The nonzeros of ∇²(Σ wᵢ yᵢ), as the Jacobian of the gradient: all columns at once, by compiled kernels. Derivatives to the weights, which are inputs of the gradient too, are computed
/// with them. Immutable and thread-safe; scratch memory comes with each call.
/// </summary>
internal sealed class BlockHessian
{
    /// <summary>Inputs that all slots together may depend on; where there are more, columns one after the other are better.</summary>
    private const long MostColumns = 20_000_000;

    private readonly BlockProgram _program;
    private readonly int _inputCount;
    private readonly int _outputCount;
    private readonly int[] _places;

    private BlockHessian(BlockProgram program, BlockGraph graph, int[] places) =>
        (_program, _inputCount, _outputCount, _places) = (program, graph.Trace.InputCount, graph.OutputSlots.Length, places);

    /// <summary>
    /// Compiles the kernels; null where a derivative cannot be written as operations, straight-line code would be too long, or products of wide gradients would take longer than sweeps do.
    /// </summary>
    /// <param name="graph">The function.</param>
    /// <param name="pattern">The nonzeros that are asked for.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="most">What an evaluation takes otherwise, in nanoseconds.</param>
    public static BlockHessian? Of(BlockGraph graph, SparsityPattern pattern, KernelFactory factory, double most)
    {
        if (AdjointGraph.Of(graph) is not { } gradient || !FunctionBlocks.IsShortEnough(gradient) || BlockSparsity.Detect(gradient, MostColumns) is not { } found)
            return null;
        var program = JacobianAssembler.Assemble(gradient, found, factory);
        return program.Nanoseconds > most ? null : new(program, graph, Places(pattern, found));
    }

    /// <summary>Computes the nonzeros; false where a number is not finite, which has to be computed with care.</summary>
    /// <param name="point">The point.</param>
    /// <param name="weights">A weight for every output.</param>
    /// <param name="entries">Receives the nonzeros in the order of the pattern.</param>
    /// <param name="workspace">Scratch memory.</param>
    public bool Evaluate(ReadOnlySpan<double> point, ReadOnlySpan<double> weights, Span<double> entries, Workspace workspace)
    {
        // The program's memory, behind it the point with the weights, and the result, each from a line of the cache on.
        var pointStart = checked((int)ProgramMemory.Distance(_program.MemorySize));
        var resultStart = checked(pointStart + (int)ProgramMemory.Distance(_inputCount + _outputCount));
        var numbers = workspace.MemoryOf(_program, checked(resultStart + _program.ResultLength), out var isFresh);
        var memory = numbers[.._program.MemorySize];
        var weighted = numbers.Slice(pointStart, _inputCount + _outputCount);
        var result = numbers[resultStart..];
        if (isFresh)
            _program.Beginnings.WriteTo(result);
        point.CopyTo(weighted);
        weights.CopyTo(weighted[_inputCount..]);
        var isSound = _program.Run(weighted, result, memory, isPrefilled: true, workspace);
        for (var k = 0; k < entries.Length; k++)
            entries[k] = _places[k] >= 0 ? result[_places[k]] : 0;
        return isSound || Jacobians.JacobianExecutor.AreFinite(entries);
    }

    /// <summary>Where every nonzero stands in the result, the same place for both triangles, so that they agree to the last bit; −1 for one that is zero all the same.</summary>
    private static int[] Places(SparsityPattern pattern, SparsityPattern found)
    {
        var places = new int[pattern.NonzeroCount];
        for (var row = 0; row < pattern.RowCount; row++)
            for (var k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
            {
                var (lower, upper) = (Math.Max(row, pattern.Columns[k]), Math.Min(row, pattern.Columns[k]));
                var place = found.Row(lower).BinarySearch(upper);
                places[k] = place < 0 ? -1 : found.RowStarts[lower] + place;
            }
        return places;
    }
}
