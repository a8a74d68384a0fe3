using HybridAD.Execution.Kernels;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

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
        var ofInstance = new int[positions.Length][];
        var most = 0;
        for (var t = 0; t < positions.Length; t++)
        {
            ofInstance[t] = positions[t] < 0 ? [] : ConstantsOfRowAt(positions[t]);
            most = Math.Max(most, ofInstance[t].Length);
        }
        for (var k = 0; k < most; k++)
        {
            var (places, numbers) = (new int[positions.Length], new double[positions.Length]);
            for (var t = 0; t < places.Length; t++)
            {
                places[t] = k < ofInstance[t].Length ? ofInstance[t][k] : -1;
                // Lanes without a place store nothing; a number that others have may become a literal.
                numbers[t] = places[t] >= 0 ? entries.Base(Space.Result, places[t]) : t > 0 ? numbers[t - 1] : FirstNumber(ofInstance, k);
                if (places[t] >= 0)
                    entries.Count(Space.Result, places[t]);
            }
            code.Store(code.Parameter(numbers), Space.Result, places, StoreKind.Assign);
        }
    }

    private double FirstNumber(int[][] ofInstance, int k)
    {
        foreach (var places in ofInstance)
            if (k < places.Length)
                return entries.Base(Space.Result, places[k]);
        return 0;
    }

    private int[] ConstantsOfRowAt(int position)
    {
        var starts = pattern.RowStarts;
        var row = starts.BinarySearch(position);
        // Of rows without entries, which begin where the next one does, the last one is meant.
        if (row < 0)
            row = ~row - 1;
        while (starts[row + 1] == position)
            row++;
        if (_isComplete[row])
            return [];
        _isComplete[row] = true;
        var constants = new List<int>();
        for (var k = starts[row]; k < starts[row + 1]; k++)
            if (entries.IsConstant(k))
                constants.Add(k);
        return constants.Count <= MostInRow ? [.. constants] : [];
    }
}
