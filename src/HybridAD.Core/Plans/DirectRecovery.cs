namespace HybridAD.Plans;

/// <summary>The products an entry of a compressed Jacobian can be read off.</summary>
[Flags]
public enum Readable : byte
{
    /// <summary>None: every product mixes it with other entries.</summary>
    Nowhere = 0,

    /// <summary>The forward direction of its column: no other column of that colour has a nonzero in its row.</summary>
    Forward = 1,

    /// <summary>The reverse direction of its row: no other row of that colour has a nonzero in its column.</summary>
    Reverse = 2,
}

/// <summary>Which entries can be read directly off the products J·S with column colours and Wᵀ·J with row colours.</summary>
/// <remarks>S. Hossain, T. Steihaug, "Computing a sparse Jacobian matrix by rows and columns", Optim. Methods Softw. 10(1), 1998.</remarks>
public static class DirectRecovery
{
    /// <summary>Where each entry can be read, in pattern order. Linear in the nonzeros.</summary>
    /// <param name="pattern">An m×n pattern.</param>
    /// <param name="columnColors">n colours below n; −1 for a column without a direction.</param>
    /// <param name="rowColors">m colours below m; −1 for a row without a direction.</param>
    public static Readable[] Of(SparsityPattern pattern, ReadOnlySpan<int> columnColors, ReadOnlySpan<int> rowColors)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return rowColors.IndexOfAnyExcept(-1) < 0
            ? Of(pattern, [], [], columnColors, rowColors)
            : Of(pattern, pattern.RowOfEntries(), pattern.EntriesByColumn(), columnColors, rowColors);
    }

    /// <summary>The same where the row of each entry and the entries by column are at hand; they may be empty where no row has a colour.</summary>
    internal static Readable[] Of(
        SparsityPattern pattern, ReadOnlySpan<int> rowOfEntry, ReadOnlySpan<int> entriesByColumn, ReadOnlySpan<int> columnColors, ReadOnlySpan<int> rowColors)
    {
        var readable = new Readable[pattern.NonzeroCount];
        var last = new int[Math.Max(columnColors.Length, rowColors.Length)];
        var first = new int[last.Length];
        Array.Fill(last, -1);
        var columns = pattern.Columns;
        for (var row = 0; row < pattern.RowCount; row++)
            for (var entry = pattern.RowStarts[row]; entry < pattern.RowStarts[row + 1]; entry++)
                Meet(columnColors[columns[entry]], row, entry, Readable.Forward, readable, last, first);
        Array.Fill(last, -1);
        foreach (var entry in entriesByColumn)
            Meet(rowColors[rowOfEntry[entry]], columns[entry], entry, Readable.Reverse, readable, last, first);
        return readable;
    }

    /// <summary>The first entry of a colour in a line can be read until a second one turns up.</summary>
    private static void Meet(int color, int line, int entry, Readable way, Readable[] readable, int[] last, int[] first)
    {
        if (color < 0)
            return;
        if (last[color] == line)
        {
            readable[first[color]] &= ~way;
            return;
        }
        last[color] = line;
        first[color] = entry;
        readable[entry] |= way;
    }
}
