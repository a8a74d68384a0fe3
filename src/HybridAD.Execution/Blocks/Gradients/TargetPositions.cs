using System.Runtime.CompilerServices;
using HybridAD.Collections;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// Finds where the entries of targets are. What was found last is tried first: neighbours mostly have it at the same place of their rows, or at the next one of the same row.
/// </summary>
/// <param name="flow">The targets.</param>
internal ref struct TargetPositions(GradientFlow flow)
{
    private ReadOnlySpan<int> _columns;
    private int _target = -1;
    private int _start;
    private int _last;

    /// <summary>The position of an entry.</summary>
    /// <param name="target">The target.</param>
    /// <param name="number">The number of the column, which the target has.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(int target, int number)
    {
        var column = flow.NameIn(target, number);
        if (target != _target)
        {
            (_target, _start) = (target, flow.TargetStart(target));
            _columns = flow.TargetColumns(target);
        }
        if ((uint)_last >= (uint)_columns.Length || _columns[_last] != column)
            Find(column);
        return _start + _last;
    }

    private void Find(int column) => InRow(_columns, column, _target, ref _last);

    /// <summary>The place of an entry in the row of its target.</summary>
    /// <param name="columns">The columns of the target.</param>
    /// <param name="column">The column, which the target has.</param>
    /// <param name="target">The target.</param>
    /// <param name="near">Where to look first; receives the place.</param>
    public static int InRow(ReadOnlySpan<int> columns, int column, int target, ref int near) =>
        NearbySearch.Find(columns, column, ref near) >= 0
            ? near
            : throw new InvalidOperationException($"The pattern has no entry {column} in target {target}, but the blocks do.");
}
