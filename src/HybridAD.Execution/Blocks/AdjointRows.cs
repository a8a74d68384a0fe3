using HybridAD.Blocks;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>One row after the other, each in reverse over all blocks from an adjoint of 1.</summary>
internal sealed class AdjointRows : BlockJacobian, IExecutor
{
    private readonly AdjointPrograms _programs;

    public AdjointRows(BlockGraph graph, SparsityPattern pattern, KernelFactory factory)
        : base(pattern) => _programs = AdjointAssembler.Assemble(graph, factory);

    /// <summary>The programs' memory, and behind it room for a full row.</summary>
    public int SlotCount => _programs.Sweep.MemorySize + Pattern.ColumnCount;

    /// <inheritdoc/>
    public void Prepare(double[] slots) => _programs.Values.Prepare(slots);

    /// <inheritdoc/>
    public override bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace)
    {
        var memory = workspace.SlotsOf(this).AsSpan(0, _programs.Sweep.MemorySize);
        var full = workspace.SlotsOf(this).AsSpan(_programs.Sweep.MemorySize);
        var seeds = memory.Slice(_programs.SeedStart, Pattern.RowCount);
        var (values, sweep) = (_programs.Values.Nanoseconds, _programs.Sweep.Nanoseconds);
        var all = values + Pattern.RowCount * sweep;
        _programs.Values.Run(point, [], memory, isPrefilled: true, workspace, new(0, all));
        seeds.Clear();
        var isSound = _programs.IsWatched;
        for (var row = 0; row < Pattern.RowCount; row++)
        {
            var columns = Pattern.Row(row);
            if (columns.IsEmpty)
                continue;
            var target = entries.Slice(Pattern.RowStarts[row], columns.Length);
            seeds[row] = 1;
            isSound &= _programs.Sweep.Run(
                point, columns.Length == full.Length ? target : full, memory, isPrefilled: false, workspace, new(values + row * sweep, all));
            seeds[row] = 0;
            if (columns.Length < full.Length)
                for (var k = 0; k < target.Length; k++)
                    target[k] = full[columns[k]];
        }
        return isSound || Jacobians.JacobianExecutor.AreFinite(entries);
    }
}
