using HybridAD.Blocks;
using HybridAD.Blocks.Adjoints;
using HybridAD.Execution.Blocks.Gradients;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Plans;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// The nonzeros of ∇²(Σ wᵢ yᵢ) by compiled kernels: as the Jacobian of the gradient, or as products with several directions. Immutable and thread-safe; scratch memory comes with each call.
/// </summary>
internal sealed class BlockHessian : IBlockHessian
{
    private readonly BlockProgram _program;
    private readonly int _inputCount;
    private readonly int _outputCount;
    private readonly int[] _places;

    private BlockHessian(BlockProgram program, TraceShape function, int[] places, bool isDirected) =>
        (_program, _inputCount, _outputCount, _places, IsDirected) = (program, function.InputCount, function.OutputCount, places, isDirected);

    /// <summary>Whether the entries are read off products with several directions; otherwise they are those of the Jacobian of the gradient, whose kernels raise the alarm.</summary>
    public bool IsDirected { get; }

    /// <summary>
    /// As the Jacobian of the gradient, all columns at once; derivatives to the weights, which are inputs of the gradient too, are computed with them. Null where its steps turn out to take longer than
    /// sweeps do.
    /// </summary>
    /// <param name="function">The function.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="found">The nonzeros of that.</param>
    /// <param name="strategyOf">How every kernel of it is differentiated.</param>
    /// <param name="pattern">The nonzeros that are asked for.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="most">What an evaluation takes otherwise, in nanoseconds.</param>
    public static BlockHessian? Of(
        TraceShape function, BlockGraph gradient, SparsityPattern found, Func<KernelBlock, JacobianStrategy?> strategyOf, SparsityPattern pattern, KernelFactory factory, double most)
    {
        var program = JacobianAssembler.Assemble(gradient, found, factory, strategyOf);
        return program.Nanoseconds > most ? null : new(program, function, Places(pattern, found), isDirected: false);
    }

    /// <summary>As products with the directions of a strategy, which are instances of one kernel.</summary>
    /// <param name="function">The function.</param>
    /// <param name="directed">Its products.</param>
    /// <param name="strategy">The directions, and which number of the products every nonzero is.</param>
    /// <param name="pattern">The nonzeros that are asked for.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static BlockHessian Of(TraceShape function, DirectedHessian directed, HessianStrategy strategy, SparsityPattern pattern, KernelFactory factory) =>
        new(ValueAssembler.Assemble(directed.Graph, factory, keepsRoundings: false), function, Places(pattern, directed, strategy), isDirected: true);

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
        PlacedNumbers.Take(result, _places, entries);
        return (isSound && !IsDirected) || NumberChecks.AreFinite(entries);
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

    /// <summary>The same among the products: both triangles have the numbers of the lower one.</summary>
    private static int[] Places(SparsityPattern pattern, DirectedHessian directed, HessianStrategy strategy)
    {
        var rows = new int[pattern.RowCount];
        Array.Fill(rows, -1);
        for (var k = 0; k < directed.Rows.Length; k++)
            rows[directed.Rows[k]] = k;
        var places = new int[pattern.NonzeroCount];
        for (var row = 0; row < pattern.RowCount; row++)
            for (var k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
            {
                var (lower, upper) = (Math.Max(row, pattern.Columns[k]), Math.Min(row, pattern.Columns[k]));
                var entry = pattern.RowStarts[lower] + pattern.Row(lower).BinarySearch(upper);
                places[k] = rows[strategy.SourceRows[entry]] is >= 0 and var source ? source * directed.Width + strategy.SourceColors[entry] : -1;
            }
        return places;
    }
}
