using System.Runtime.CompilerServices;
using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Steps;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// The sparse gradients of slots that are kept in memory: which columns each has and where its numbers are. The gradient of an input is the number 1 in its
/// own column and is kept nowhere. Many functions keep no gradient at all, so nothing is allocated before the first.
/// </summary>
/// <param name="graph">The blocks.</param>
/// <param name="memory">Where the numbers are placed.</param>
/// <param name="order">The order that gives columns their numbers; null for that of the inputs.</param>
internal sealed class KeptGradients(BlockGraph graph, ProgramMemory memory, ColumnOrder? order)
{
    /// <summary>Columns of a vector.</summary>
    private const int Group = 8;

    /// <summary>How many times as many columns a row may have when its groups are complete.</summary>
    private const int MostFilled = 2;

    private readonly int _inputCount = graph.Trace.InputCount;
    private readonly int _resultCount = graph.SlotCount - graph.Trace.InputCount;
    private readonly Growing<int> _columns = new();
    private GradientRow[]? _rows;
    private int[]? _stamps;
    private int _stamp;
    private int _start;

    /// <summary>Whether a slot is an input of the function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsInput(int slot) => slot < _inputCount;

    /// <summary>The kept gradient of a slot that is no input; of width 0 where none is kept.</summary>
    public GradientRow RowOf(int slot) => _rows is null ? default : _rows[slot - _inputCount];

    /// <summary>The columns of a kept gradient, increasing or in the order of the local columns of its part.</summary>
    public ReadOnlySpan<int> ColumnsOf(GradientRow row) => _columns.Items.AsSpan(row.ColumnStart, row.Width);

    /// <summary>Number of columns of a slot's gradient.</summary>
    public int WidthOf(int slot) => IsInput(slot) ? 1 : RowOf(slot).Width;

    /// <summary>The column of the k-th number of a slot's gradient.</summary>
    public int ColumnAt(int slot, int k) => IsInput(slot) ? order?.NumberOf(slot) ?? slot : _columns.Items[RowOf(slot).ColumnStart + k];

    /// <summary>Begins a gradient that has the columns of several others.</summary>
    public void Begin()
    {
        _stamps ??= FreshPages.Array<int>(_inputCount);
        _stamp++;
        _start = _columns.Count;
    }

    /// <summary>Adds the columns of a slot's gradient to the one that was begun.</summary>
    public void Take(int slot)
    {
        for (var k = 0; k < WidthOf(slot); k++)
        {
            var column = ColumnAt(slot, k);
            if (_stamps![column] == _stamp)
                continue;
            _stamps[column] = _stamp;
            _columns.Add(column);
        }
    }

    /// <summary>Makes the gradient that was begun that of a slot, columns increasing, its numbers one after the other; wide ones may have columns more, see <see cref="FillGroups"/>.</summary>
    public void Keep(int slot)
    {
        Array.Sort(_columns.Items, _start, _columns.Count - _start);
        FillGroups();
        var width = _columns.Count - _start;
        Rows[slot - _inputCount] = new GradientRow(_start, width, memory.Allocate(width), 1);
    }

    /// <summary>Keeps the gradients of an output in all instances of a part, which have equal widths.</summary>
    /// <param name="part">The part.</param>
    /// <param name="output">The output.</param>
    /// <param name="isRows">
    /// Whether the numbers of each gradient lie one after the other, for products of matrices; else each number lies next to that of the following instance,
    /// for kernels that take a number of many instances at once.
    /// </param>
    /// <returns>Where the numbers start.</returns>
    public int Keep(BlockPart part, int output, bool isRows)
    {
        var (columns, count) = (part.Outputs[output].Columns, part.Instances.Length);
        var distance = (int)ProgramMemory.Distance(count);
        var first = memory.Allocate(isRows ? (long)columns.Length * count : (long)columns.Length * distance);
        // Rows have their columns in the order that the rows have which they are multiplied for.
        var order = isRows ? new int[columns.Length] : [];
        if (isRows)
            part.RowPlaces[output] = FreshPages.Uncleared<int>(columns.Length * count);
        for (var t = 0; t < count; t++)
        {
            var start = _columns.Count;
            foreach (var column in columns)
                _columns.Add(part.Columns[column * count + t]);
            for (var k = 0; k < order.Length; k++)
                order[k] = k;
            if (isRows)
                _columns.Items.AsSpan(start, columns.Length).Sort(order.AsSpan());
            for (var place = 0; place < order.Length; place++)
                part.RowPlaces[output]![order[place] * count + t] = place;
            Rows[part.Block.SlotOf(output, part.Instances[t]) - _inputCount] =
                isRows ? new GradientRow(start, columns.Length, first + t * columns.Length, 1) : new GradientRow(start, columns.Length, first + t, distance);
        }
        return first;
    }

    /// <summary>Keeps the gradients of some outputs in all instances of a part, those of an instance one behind the other, for kernels that read them in no order.</summary>
    /// <param name="part">The part.</param>
    /// <param name="outputs">The outputs.</param>
    public void KeepRecords(BlockPart part, List<int> outputs)
    {
        var (count, width) = (part.Instances.Length, outputs.Sum(output => part.Outputs[output].Columns.Length));
        part.RecordStart = memory.Allocate((long)width * count);
        part.RecordWidth = width;
        var offset = 0;
        foreach (var output in outputs)
        {
            var columns = part.Outputs[output].Columns;
            part.KeptStarts[output] = part.RecordStart + offset;
            for (var t = 0; t < count; t++)
            {
                Rows[part.Block.SlotOf(output, part.Instances[t]) - _inputCount] = new GradientRow(_columns.Count, columns.Length, part.RecordStart + t * width + offset, 1);
                foreach (var column in columns)
                    _columns.Add(part.Columns[column * count + t]);
            }
            offset += columns.Length;
        }
    }

    /// <summary>
    /// Completes the groups of columns that are a vector, of a row that is wide and is at most twice as wide then: rows that depend on nearly the same are multiplied as whole vectors, and not
    /// spread number by number. The columns that are new have zeros. Wide rows are multiplied by products alone (<see cref="GradientWidth"/>), which leave out columns that a target does not have.
    /// </summary>
    private void FillGroups()
    {
        var (count, filled) = (_columns.Count - _start, 0);
        for (var (k, last) = (_start, -1); k < _columns.Count; k++)
            if (_columns.Items[k] / Group is var group && group != last)
                (last, filled) = (group, filled + EndOf(group) - group * Group);
        if (filled == count || filled > MostFilled * count || !GradientWidth.IsOutside(count, count))
            return;
        var columns = _columns.Items.AsSpan(_start, count).ToArray();
        _columns.Truncate(_start);
        foreach (var column in columns)
            if (_columns.Count == _start || column > _columns.Items[_columns.Count - 1])
                for (var other = column / Group * Group; other < EndOf(column / Group); other++)
                    _columns.Add(other);

        int EndOf(int group) => Math.Min(_inputCount, (group + 1) * Group);
    }

    private GradientRow[] Rows => _rows ??= new GradientRow[_resultCount];
}
