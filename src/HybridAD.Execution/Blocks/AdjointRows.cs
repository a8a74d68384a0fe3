using System.Runtime.InteropServices;
using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Execution.Kernels;
using HybridAD.Plans;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// Rows in reverse from adjoints of 1, over all blocks or body by body: one after the other, or those together that share no operation, see <see cref="OutputGroups"/>.
/// </summary>
internal sealed class AdjointRows : BlockJacobian
{
    private readonly MadeOnce<AdjointPrograms> _programs;
    private readonly MadeOnce<RowsWithValues> _withValues;

    /// <summary>The rows of each sweep.</summary>
    private readonly int[][] _sweeps;

    /// <summary>Numbers that a sweep leaves.</summary>
    private readonly int _length;

    /// <summary>By entry which of the numbers it is, −1 for none; null where it is that of its column.</summary>
    private readonly int[]? _places;

    /// <summary>By sweep the first entry where all numbers belong in the order that they have; −1 where they are left beside the Jacobian.</summary>
    private readonly int[] _starts;

    /// <summary>Numbers that a sweep leaves beside the Jacobian.</summary>
    private readonly int _leftLength;

    /// <summary>One row after the other.</summary>
    /// <param name="pattern">The pattern, which contains every structural nonzero.</param>
    /// <param name="programs">The programs of a reverse sweep.</param>
    /// <param name="withValues">Assembles those that give the outputs too.</param>
    public AdjointRows(SparsityPattern pattern, MadeOnce<AdjointPrograms> programs, Func<AdjointPrograms> withValues)
        : this(pattern, programs, withValues, pattern.RowsOneByOne(), pattern.ColumnCount, places: null)
    {
    }

    private AdjointRows(SparsityPattern pattern, MadeOnce<AdjointPrograms> programs, Func<AdjointPrograms> withValues, int[][] sweeps, int length, int[]? places)
        : base(pattern)
    {
        (_programs, _sweeps, _length, _places) = (programs, sweeps, length, places);
        _withValues = new(() => new RowsWithValues(this, withValues()));
        _starts = Array.ConvertAll(sweeps, FirstOfAll);
        _leftLength = _starts.AsSpan().Contains(-1) ? length : 0;
    }

    /// <summary>Over blocks; their kernels are compiled when they are first needed.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="again">Finds the blocks again where the strategy has none: they are not kept.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="strategy">The strategy.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    public static AdjointRows Over(BlockGraph graph, IBlockSource again, SparsityPattern pattern, BlockStrategy strategy, KernelFactory factory)
    {
        if (OutputGroups.Of(graph) is not { } groups)
        {
            var rows = pattern.RowsOneByOne();
            return new AdjointRows(pattern, new(() => Together(AskedOutputs.None)), () => Together(Asked(rows)), rows, pattern.ColumnCount, places: null);

            AdjointPrograms Together(AskedOutputs outputs) => AdjointAssembler.Assemble(Blocks(), factory, outputs, rows);
        }
        var places = FreshPages.Uncleared<int>(pattern.NonzeroCount);
        for (var row = 0; row < pattern.RowCount; row++)
            groups.FindPlaces(row, pattern.Row(row), places.AsSpan(pattern.RowStarts[row], pattern.Row(row).Length));
        return new AdjointRows(pattern, new(() => Programs(AskedOutputs.None)), () => Programs(Asked(groups.Sweeps)), groups.Sweeps, groups.InputCount, places);

        AdjointPrograms Programs(AskedOutputs outputs) => AdjointAssembler.Assemble(Blocks(), OutputGroups.Of(Blocks())!.WithInputsApart(), factory, outputs, groups.Sweeps);

        static AskedOutputs Asked(int[][] sweeps) => sweeps.Length == 1 ? AskedOutputs.OfOneSweep : AskedOutputs.OfAnySweeps;

        BlockGraph Blocks() => (strategy.Graph ?? again.Blocks)!;
    }

    /// <summary>Outputs are on the way.</summary>
    public override ValuesWithEntries WithValues(bool inBuffer, int evaluations) => _withValues.Value;

    /// <summary>Every number is written every time.</summary>
    public override bool WritesAllInBuffer => true;

    /// <inheritdoc/>
    public override PointFunction? AtPoints(PointFunction otherwise)
    {
        return IsShort(_programs.Value) ? Function : null;

        void Function(ref readonly double point, int pointLength, ref double result, int resultLength, Workspace? workspace)
        {
            if (!TryShort(_programs.Value, MemoryMarshal.CreateReadOnlySpan(in point, pointLength), [], MemoryMarshal.CreateSpan(ref result, resultLength), workspace))
                otherwise(in point, pointLength, ref result, resultLength, workspace);
        }
    }

    /// <inheritdoc/>
    public override bool Evaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace workspace) => Evaluate(_programs.Value, point, [], entries, workspace);

    /// <summary>Computes the entries, and the outputs where the programs give them.</summary>
    private bool Evaluate(AdjointPrograms programs, ReadOnlySpan<double> point, Span<double> y, Span<double> entries, Workspace workspace)
    {
        var (valueProgram, _, seedStart, outputStart, isWatched) = programs;
        var memorySize = programs.Sweep(0).MemorySize;
        // Behind the memory there is room for what a sweep leaves.
        var numbers = workspace.MemoryOf(valueProgram, memorySize + _leftLength);
        var memory = numbers[..memorySize];
        var left = numbers[memorySize..];
        var seeds = memory.Slice(seedStart, Pattern.RowCount);
        var (before, all) = (valueProgram.Nanoseconds, valueProgram.Nanoseconds);
        for (var k = 0; k < _sweeps.Length; k++)
            all += programs.Sweep(k).Nanoseconds;
        valueProgram.Run(point, [], memory, isPrefilled: true, workspace, new(0, all));
        seeds.Clear();
        var isSound = isWatched;
        for (var k = 0; k < _sweeps.Length; k++)
        {
            foreach (var row in _sweeps[k])
                seeds[row] = 1;
            var target = _starts[k] >= 0 ? entries.Slice(_starts[k], _length) : left;
            isSound &= programs.Sweep(k).Run(point, target, memory, isPrefilled: false, workspace, new(before, all));
            before += programs.Sweep(k).Nanoseconds;
            foreach (var row in _sweeps[k])
            {
                seeds[row] = 0;
                if (_starts[k] < 0)
                    Take(row, left, entries);
            }
        }
        if (!y.IsEmpty)
            memory.Slice(outputStart, y.Length).CopyTo(y);
        return isSound || NumberChecks.AreFinite(entries);
    }

    /// <summary>Whether there is one sweep, whose numbers belong where it leaves them, and it takes little time.</summary>
    private bool IsShort(AdjointPrograms programs) => _sweeps.Length == 1 && _starts[0] >= 0 && programs.Values.IsShort && programs.Sweep(0).IsShort;

    /// <summary>The same with as little around it as can be, see <see cref="ShortProgram"/>; false where that does not do.</summary>
    private bool TryShort(AdjointPrograms programs, ReadOnlySpan<double> point, Span<double> y, Span<double> entries, Workspace? workspace)
    {
        if (point.Length != Pattern.ColumnCount || entries.Length != Pattern.NonzeroCount || workspace is not { IsWatched: false } || point.Overlaps(entries) || point.Overlaps(y))
            return false;
        var (values, _, seedStart, outputStart, isWatched) = programs;
        var sweep = programs.Sweep(0);
        values.PrepareCode(workspace.Options.Threads);
        sweep.PrepareCode(workspace.Options.Threads);
        var memory = workspace.MemoryOf(values, sweep.MemorySize + _leftLength);
        values.RunShort(point, [], memory, isPrefilled: true);
        foreach (var row in _sweeps[0])
            memory[seedStart + row] = 1;
        var isSound = sweep.RunShort(point, entries.Slice(_starts[0], _length), memory, isPrefilled: false) && isWatched;
        if (!y.IsEmpty)
            memory.Slice(outputStart, y.Length).CopyTo(y);
        return isSound || NumberChecks.AreFinite(entries);
    }

    private ReadOnlySpan<int> PlacesOf(int row) => _places is null ? Pattern.Row(row) : _places.AsSpan(Pattern.RowStarts[row], Pattern.Row(row).Length);

    private void Take(int row, ReadOnlySpan<double> left, Span<double> entries)
    {
        var places = PlacesOf(row);
        var target = entries.Slice(Pattern.RowStarts[row], places.Length);
        PlacedNumbers.Take(left, places, target);
    }

    /// <summary>The first of the entries of some rows if all numbers that a sweep leaves belong there, in order; else −1.</summary>
    private int FirstOfAll(int[] rows)
    {
        var (first, count) = (Pattern.RowStarts[rows[0]], 0);
        foreach (var row in rows)
        {
            if (Pattern.RowStarts[row] != first + count)
                return -1;
            foreach (var place in PlacesOf(row))
                if (place != count++)
                    return -1;
        }
        return count == _length ? first : -1;
    }

    /// <summary>The outputs and the rows.</summary>
    private sealed class RowsWithValues(AdjointRows rows, AdjointPrograms programs) : ValuesWithEntries
    {
        public override bool Evaluate(ReadOnlySpan<double> point, Span<double> y, Span<double> entries, Workspace workspace, bool isPrefilled) =>
            rows.Evaluate(programs, point, y, entries, workspace);

        public override bool TryShort(ReadOnlySpan<double> point, Span<double> y, Span<double> entries, Workspace? workspace) =>
            rows.IsShort(programs) && rows.TryShort(programs, point, y, entries, workspace);
    }
}
