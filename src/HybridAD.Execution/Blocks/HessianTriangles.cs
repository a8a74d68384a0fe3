using HybridAD.Sparsity;

namespace HybridAD.Execution.Blocks;

/// <summary>Both triangles of a Hessian have the numbers of the lower one, and so agree to the last bit.</summary>
internal static class HessianTriangles
{
    /// <summary>For each nonzero of a symmetric pattern, in its order, the nonzero whose number it gets.</summary>
    public static int[] LowerEntries(SparsityPattern pattern)
    {
        var lower = new int[pattern.NonzeroCount];
        for (var row = 0; row < pattern.RowCount; row++)
            for (var k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
                lower[k] = pattern.Columns[k] <= row ? k : pattern.RowStarts[pattern.Columns[k]] + pattern.Row(pattern.Columns[k]).BinarySearch(row);
        return lower;
    }
}
