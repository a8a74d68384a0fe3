using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>One row after the other, each in reverse from an adjoint of 1, over all blocks or body by body.</summary>
/// <param name="pattern">The pattern, which contains every structural nonzero.</param>
/// <param name="programs">The programs of a reverse sweep.</param>
internal sealed class AdjointRows(SparsityPattern pattern, MadeOnce<AdjointPrograms> programs) : BlockJacobian(pattern)
{
    /// <summary>Over blocks; their kernels are compiled when they are first needed.</summary>
    /// <param name="again">Finds the blocks again where the strategy has none: they are not kept.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="strategy">The strategy.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static AdjointRows Over(IBlockSource again, SparsityPattern pattern, BlockStrategy strategy, KernelFactory factory) =>
        new(pattern, new MadeOnce<AdjointPrograms>(() => AdjointAssembler.Assemble((strategy.Graph ?? again.Blocks)!, factory)));

    /// <inheritdoc/>
    public override bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace)
    {
        var (valueProgram, sweepProgram, seedStart, isWatched) = programs.Value;
        // Behind the memory there is room for a full row.
        var numbers = workspace.MemoryOf(valueProgram, sweepProgram.MemorySize + Pattern.ColumnCount);
        var memory = numbers[..sweepProgram.MemorySize];
        var full = numbers[sweepProgram.MemorySize..];
        var seeds = memory.Slice(seedStart, Pattern.RowCount);
        var (values, sweep) = (valueProgram.Nanoseconds, sweepProgram.Nanoseconds);
        var all = values + Pattern.RowCount * sweep;
        valueProgram.Run(point, [], memory, isPrefilled: true, workspace, new(0, all));
        seeds.Clear();
        var isSound = isWatched;
        for (var row = 0; row < Pattern.RowCount; row++)
        {
            var columns = Pattern.Row(row);
            if (columns.IsEmpty)
                continue;
            var target = entries.Slice(Pattern.RowStarts[row], columns.Length);
            seeds[row] = 1;
            isSound &= sweepProgram.Run(
                point, columns.Length == full.Length ? target : full, memory, isPrefilled: false, workspace, new(values + row * sweep, all));
            seeds[row] = 0;
            if (columns.Length < full.Length)
                for (var k = 0; k < target.Length; k++)
                    target[k] = full[columns[k]];
        }
        return isSound || Jacobians.JacobianExecutor.AreFinite(entries);
    }
}
