using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>One row after the other, each in reverse over all blocks from an adjoint of 1.</summary>
internal sealed class AdjointRows(IBlockSource again, SparsityPattern pattern, BlockStrategy strategy, KernelFactory factory) : BlockJacobian(pattern)
{
    private readonly MadeWhenAsked<AdjointPrograms> _programs = new();

    /// <inheritdoc/>
    public override bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace)
    {
        var programs = Programs;
        // Behind the memory there is room for a full row.
        var numbers = workspace.MemoryOf(programs.Values, programs.Sweep.MemorySize + Pattern.ColumnCount);
        var memory = numbers[..programs.Sweep.MemorySize];
        var full = numbers[programs.Sweep.MemorySize..];
        var seeds = memory.Slice(programs.SeedStart, Pattern.RowCount);
        var (values, sweep) = (programs.Values.Nanoseconds, programs.Sweep.Nanoseconds);
        var all = values + Pattern.RowCount * sweep;
        programs.Values.Run(point, [], memory, isPrefilled: true, workspace, new(0, all));
        seeds.Clear();
        var isSound = programs.IsWatched;
        for (var row = 0; row < Pattern.RowCount; row++)
        {
            var columns = Pattern.Row(row);
            if (columns.IsEmpty)
                continue;
            var target = entries.Slice(Pattern.RowStarts[row], columns.Length);
            seeds[row] = 1;
            isSound &= programs.Sweep.Run(
                point, columns.Length == full.Length ? target : full, memory, isPrefilled: false, workspace, new(values + row * sweep, all));
            seeds[row] = 0;
            if (columns.Length < full.Length)
                for (var k = 0; k < target.Length; k++)
                    target[k] = full[columns[k]];
        }
        return isSound || Jacobians.JacobianExecutor.AreFinite(entries);
    }

    private AdjointPrograms Programs => _programs.Of(this, static rows => rows.Assemble());

    private AdjointPrograms Assemble() => AdjointAssembler.Assemble((strategy.Graph ?? again.Blocks)!, factory);
}
