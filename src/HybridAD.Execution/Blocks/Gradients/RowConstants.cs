using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Kernels;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// Has constant entries written by the kernels that compute other entries of the same rows: they lie between those, so that whole rows are written at once,
/// where copying them from elsewhere first would touch every row twice.
/// </summary>
internal sealed class RowConstants(SparsityPattern pattern, TargetEntries entries)
{
    // More of them are copied as fast, and are as many streams of the kernel.
    private const int MostInRow = 12;

    private readonly bool[] _isComplete = new bool[pattern.RowCount];

    /// <summary>Stores the constants of the rows to which some instances store an entry, one row for each, if no other entry of these rows has been stored before.</summary>
    public void Complete(int[] positions, PartCode code)
    {
        // The constants of each instance, one after the other, and how many of them come before the entry that it stores.
        var (constants, row) = (new Growing<int>(), 0);
        var (most, mostBefore, mostBehind) = (0, 0, 0);
        (int Start, int Before)[]? of = null;
        for (var t = 0; t < positions.Length; t++)
        {
            var (start, before) = (constants.Count, 0);
            if (positions[t] >= 0)
                AddConstantsOfRowAt(positions[t], ref row, constants);
            if (constants.Count > 0)
            {
                of ??= new (int, int)[positions.Length + 1];
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
            var (places, numbers) = (new int[positions.Length], new double[positions.Length]);
            for (var t = 0; t < places.Length; t++)
            {
                var (start, before) = of[t];
                var index = isAligned ? k - mostBefore + before : k;
                places[t] = index >= 0 && start + index < of[t + 1].Start ? constants[start + index] : -1;
            }
            Store(places, numbers, code);
        }
    }

    /// <summary>Stores one constant of each instance. Lanes without a place store nothing; a number that others have may become a literal.</summary>
    private void Store(int[] places, double[] numbers, PartCode code)
    {
        var number = 0.0;
        if (Array.FindIndex(places, static place => place >= 0) is >= 0 and var first)
            number = entries.Base(Space.Result, places[first]);
        for (var t = 0; t < places.Length; t++)
        {
            if (places[t] >= 0)
            {
                number = entries.Base(Space.Result, places[t]);
                entries.Count(Space.Result, places[t]);
            }
            numbers[t] = number;
        }
        code.Store(code.Parameter(numbers), Space.Result, places, StoreKind.Assign);
    }

    private void AddConstantsOfRowAt(int position, ref int row, Growing<int> constants)
    {
        var starts = pattern.RowStarts;
        // Neighbours mostly store to neighbouring rows.
        if (starts[row] > position || starts[row + 1] <= position)
            row = row + 2 < starts.Length && starts[row + 1] <= position && position < starts[row + 2] ? row + 1 : RowAt(position);
        if (_isComplete[row])
            return;
        _isComplete[row] = true;
        var before = constants.Count;
        for (int k = starts[row], end = starts[row + 1]; k < end; k++)
            if (entries.IsConstant(k))
                constants.Add(k);
        if (constants.Count - before > MostInRow)
            constants.Truncate(before);
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
