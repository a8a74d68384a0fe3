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
        // The constants of each instance, one after the other.
        var (constants, most, row) = (new Growing<int>(), 0, 0);
        int[]? starts = null;
        for (var t = 0; t < positions.Length; t++)
        {
            var before = constants.Count;
            if (positions[t] >= 0)
                AddConstantsOfRowAt(positions[t], ref row, constants);
            if (constants.Count > 0)
                (starts ??= new int[positions.Length + 1])[t + 1] = constants.Count;
            most = Math.Max(most, constants.Count - before);
        }
        if (starts is null)
            return;
        for (var k = 0; k < most; k++)
        {
            var (places, numbers) = (new int[positions.Length], new double[positions.Length]);
            // Lanes without a place store nothing; a number that others have may become a literal.
            var number = FirstNumber(starts, constants, k);
            for (var t = 0; t < places.Length; t++)
            {
                places[t] = starts[t] + k < starts[t + 1] ? constants[starts[t] + k] : -1;
                if (places[t] >= 0)
                {
                    number = entries.Base(Space.Result, places[t]);
                    entries.Count(Space.Result, places[t]);
                }
                numbers[t] = number;
            }
            code.Store(code.Parameter(numbers), Space.Result, places, StoreKind.Assign);
        }
    }

    private double FirstNumber(int[] starts, Growing<int> constants, int k)
    {
        for (var t = 0; t + 1 < starts.Length; t++)
            if (starts[t] + k < starts[t + 1])
                return entries.Base(Space.Result, constants[starts[t] + k]);
        return 0;
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
