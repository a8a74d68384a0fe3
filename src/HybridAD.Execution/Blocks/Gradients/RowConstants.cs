using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// Has constant entries written by the kernels that compute other entries of the same rows: they lie between those, so that whole rows are written at once,
/// where copying them from elsewhere first would touch every row twice. So are those of rows between them that are constant as a whole: the equations q' = p of oscillators that lie next to p'.
/// </summary>
internal sealed class RowConstants(SparsityPattern pattern, TargetEntries entries)
{
    // More of them are copied as fast, and are as many streams of the kernel.
    private const int MostInRow = 12;

    /// <summary>Constant rows before a row that are written with it.</summary>
    private const int MostRowsBefore = 2;

    /// <summary>Where fewer instances have constant rows before their own, these are not worth streams.</summary>
    private const double LeastShare = 0.75;

    private readonly bool[] _isComplete = FreshPages.Array<bool>(pattern.RowCount);

    /// <summary>Stores the constants of the rows to which some instances store an entry, one row for each, if no other entry of these rows has been stored before.</summary>
    public void Complete(int[] positions, PartCode code)
    {
        // The constants of each instance, one after the other, and how many of them come before the entry that it stores.
        var (constants, row, rowsBefore) = (new Growing<int>(), 0, HaveConstantRowsBefore(positions) ? MostRowsBefore : 0);
        var (most, mostBefore, mostBehind) = (0, 0, 0);
        (int Start, int Before)[]? of = null;
        for (var t = 0; t < positions.Length; t++)
        {
            var (start, before) = (constants.Count, 0);
            if (positions[t] >= 0)
                AddConstantsAt(positions[t], ref row, rowsBefore, constants);
            if (constants.Count > 0)
            {
                of ??= FreshPages.Array<(int, int)>(positions.Length + 1);
                while (start + before < constants.Count && constants.Items[start + before] < positions[t])
                    before++;
                (of[t].Before, of[t + 1].Start) = (before, constants.Count);
            }
            most = Math.Max(most, constants.Count - start);
            mostBefore = Math.Max(mostBefore, before);
            mostBehind = Math.Max(mostBehind, constants.Count - start - before);
        }
        if (of is null)
            return;
        // Where rows lack entries, those that are left are then still neighbours of the one that is stored.
        var isAligned = mostBefore + mostBehind == most;
        for (var k = 0; k < most; k++)
        {
            var places = FreshPages.Uncleared<int>(positions.Length);
            for (var t = 0; t < places.Length; t++)
            {
                var (start, before) = of[t];
                var index = isAligned ? k - mostBefore + before : k;
                places[t] = index >= 0 && start + index < of[t + 1].Start ? constants[start + index] : -1;
            }
            Store(places, code);
        }
    }

    /// <summary>Stores one constant of each instance. Lanes without a place store nothing; a number that others have may become a literal.</summary>
    private void Store(int[] places, PartCode code)
    {
        var number = 0.0;
        if (Array.FindIndex(places, static place => place >= 0) is >= 0 and var first)
            number = entries.Base(Space.Result, places[first]);
        // Mostly all are equal.
        double[]? numbers = null;
        for (var t = 0; t < places.Length; t++)
        {
            if (places[t] >= 0)
            {
                var own = entries.Base(Space.Result, places[t]);
                if (numbers is null && BitConverter.DoubleToInt64Bits(own) != BitConverter.DoubleToInt64Bits(number))
                {
                    numbers = FreshPages.Uncleared<double>(places.Length);
                    numbers.AsSpan(0, t).Fill(number);
                }
                number = own;
                entries.Count(Space.Result, places[t]);
            }
            if (numbers is not null)
                numbers[t] = number;
        }
        code.Store(code.Parameter(numbers ?? [number]), Space.Result, places, StoreKind.Assign);
    }

    /// <summary>Adds the constants of the row of a position, and those of constant rows before it.</summary>
    private void AddConstantsAt(int position, ref int row, int rowsBefore, Growing<int> constants)
    {
        FindRow(position, ref row);
        if (_isComplete[row])
            return;
        _isComplete[row] = true;
        var (before, first) = (constants.Count, row);
        while (rowsBefore-- > 0 && IsConstantRow(first - 1))
            first--;
        AddConstants(first, row + 1, constants);
        if (constants.Count - before > MostInRow && first < row)
        {
            constants.Truncate(before);
            AddConstants(first = row, row + 1, constants);
        }
        if (constants.Count - before > MostInRow)
            constants.Truncate(before);
        else
            _isComplete.AsSpan(first, row - first).Fill(true);
    }

    private void AddConstants(int firstRow, int endRow, Growing<int> constants)
    {
        for (int k = pattern.RowStarts[firstRow], end = pattern.RowStarts[endRow]; k < end; k++)
            if (entries.IsConstant(k))
                constants.Add(k);
    }

    private bool HaveConstantRowsBefore(int[] positions)
    {
        var (row, count, others) = (0, 0, 0);
        foreach (var position in positions)
        {
            if (position < 0)
                continue;
            FindRow(position, ref row);
            if (IsConstantRow(row - 1))
                count++;
            else if (++others > (1 - LeastShare) * positions.Length)
                return false;
        }
        return count > 0;
    }

    /// <summary>Whether a row has entries, none of which is computed or written with another row.</summary>
    private bool IsConstantRow(int row)
    {
        if (row < 0 || _isComplete[row] || pattern.RowStarts[row] == pattern.RowStarts[row + 1])
            return false;
        for (int k = pattern.RowStarts[row], end = pattern.RowStarts[row + 1]; k < end; k++)
            if (!entries.IsConstant(k))
                return false;
        return true;
    }

    /// <summary>Neighbours mostly store to neighbouring rows.</summary>
    private void FindRow(int position, ref int row)
    {
        var starts = pattern.RowStarts;
        if (starts[row] > position || starts[row + 1] <= position)
            row = row + 2 < starts.Length && starts[row + 1] <= position && position < starts[row + 2] ? row + 1 : RowAt(position);
    }

    private int RowAt(int position)
    {
        var starts = pattern.RowStarts;
        var row = starts.BinarySearch(position);
        // Of rows without entries, which begin where the next one does, the last one is meant.
        if (row < 0)
            row = ~row - 1;
        while (starts[row + 1] == position)
            row++;
        return row;
    }
}
