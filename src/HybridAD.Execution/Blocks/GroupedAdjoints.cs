using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>Rows in reverse from adjoints of 1, those of an output of every group in one sweep: see <see cref="OutputGroups"/>.</summary>
internal sealed class GroupedAdjoints : BlockJacobian
{
    private readonly MadeOnce<AdjointPrograms> _programs;
    private readonly int[][] _sweeps;
    private readonly int _copies;

    // By entry where a sweep leaves it, −1 for nowhere; null where the only sweep leaves all where they belong.
    private readonly int[]? _places;

    /// <param name="groups">The groups of the outputs; like the blocks they are found again when kernels are compiled.</param>
    /// <param name="again">Finds the blocks again where the strategy has none: they are not kept.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="strategy">The strategy.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public GroupedAdjoints(OutputGroups groups, IBlockSource again, SparsityPattern pattern, BlockStrategy strategy, KernelFactory factory)
        : base(pattern)
    {
        (_sweeps, _copies) = (groups.Sweeps, groups.InputCount);
        var places = FreshPages.Uncleared<int>(pattern.NonzeroCount);
        for (var row = 0; row < pattern.RowCount; row++)
            groups.FindPlaces(row, pattern.Row(row), places.AsSpan(pattern.RowStarts[row], pattern.Row(row).Length));
        _places = _sweeps.Length == 1 && _copies == places.Length && AreInOrder(places) ? null : places;
        _programs = new(() =>
        {
            var graph = (strategy.Graph ?? again.Blocks)!;
            return AdjointAssembler.Assemble(graph, OutputGroups.Of(graph)!.WithInputsApart(), factory);
        });
    }

    /// <inheritdoc/>
    public override bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace)
    {
        var (valueProgram, sweepProgram, seedStart, isWatched) = _programs.Value;
        // Behind the memory there is room for what a sweep leaves.
        var numbers = workspace.MemoryOf(valueProgram, sweepProgram.MemorySize + (_places is null ? 0 : _copies));
        var memory = numbers[..sweepProgram.MemorySize];
        var left = numbers[sweepProgram.MemorySize..];
        var seeds = memory.Slice(seedStart, Pattern.RowCount);
        var (values, sweep) = (valueProgram.Nanoseconds, sweepProgram.Nanoseconds);
        var all = values + _sweeps.Length * sweep;
        valueProgram.Run(point, [], memory, isPrefilled: true, workspace, new(0, all));
        var isSound = isWatched;
        for (var k = 0; k < _sweeps.Length; k++)
        {
            seeds.Clear();
            foreach (var row in _sweeps[k])
                seeds[row] = 1;
            isSound &= sweepProgram.Run(point, _places is null ? entries : left, memory, isPrefilled: false, workspace, new(values + k * sweep, all));
            if (_places is { } places)
                foreach (var row in _sweeps[k])
                    for (var entry = Pattern.RowStarts[row]; entry < Pattern.RowStarts[row + 1]; entry++)
                        entries[entry] = places[entry] >= 0 ? left[places[entry]] : 0;
        }
        return isSound || Jacobians.JacobianExecutor.AreFinite(entries);
    }

    private static bool AreInOrder(int[] places)
    {
        for (var entry = 0; entry < places.Length; entry++)
            if (places[entry] != entry)
                return false;
        return true;
    }
}
