namespace HybridAD.Planning.Colorings;

/// <summary>
/// Divides nonzeros between forward and reverse by taking lines off the matrix, as Coleman and Verma's minimum nonzero count order does: what is
/// left of a row when it is taken is read forward, what is left of a column is read in reverse.
/// </summary>
/// <remarks>
/// A row may be taken when at most p nonzeros are left of it, a column when at most q are. Whether everything can be taken does not depend on the
/// order, as taking a line only shortens others; the colours that the division needs do.
/// </remarks>
internal static class Peeling
{
    /// <summary>The smallest p for which everything can be taken with a given q. O(nonzeros).</summary>
    /// <param name="rows">The lines that may be taken with p nonzeros left.</param>
    /// <param name="columns">The transposed pattern: those that may be taken with <paramref name="cap"/> nonzeros left.</param>
    /// <param name="cap">q.</param>
    public static int FewestBeside(SparsityPattern rows, SparsityPattern columns, int cap)
    {
        var rowLeft = Lengths(rows);
        var queue = new BucketQueue(rowLeft, rowLeft.DefaultIfEmpty().Max() + 1);
        var columnLeft = Lengths(columns);
        var ready = new Stack<int>();
        for (var column = 0; column < columnLeft.Length; column++)
            if (columnLeft[column] <= cap)
                ready.Push(column);
        var isTaken = new bool[columnLeft.Length];
        var fewest = 0;
        for (var taken = 0; taken < rowLeft.Length; taken++)
        {
            while (ready.TryPop(out var column))
            {
                isTaken[column] = true;
                foreach (var row in columns.Row(column))
                    if (queue.Contains(row))
                        queue.Lower(row);
            }
            var next = queue.PopMin();
            fewest = Math.Max(fewest, rowLeft[next]);
            foreach (var column in rows.Row(next))
                if (!isTaken[column] && --columnLeft[column] == cap)
                    ready.Push(column);
        }
        return fewest;
    }

    /// <summary>
    /// Takes everything, of the lines that may be taken always one that was shortest at the start: a long line that has become short is better left
    /// to the other side than read half this way and half that. O(nonzeros + lines · log lines).
    /// </summary>
    /// <param name="rows">The pattern.</param>
    /// <param name="columns">The transposed pattern.</param>
    /// <param name="forward">p, such that everything can be taken.</param>
    /// <param name="reverse">q.</param>
    /// <param name="rowsFirst">Whether rows go before columns of equal length.</param>
    /// <param name="random">Decides between equals; null: the first.</param>
    /// <returns>Whether each nonzero is read forward, in the order of <paramref name="rows"/>.</returns>
    public static bool[] Divide(SparsityPattern rows, SparsityPattern columns, int forward, int reverse, bool rowsFirst, Random? random)
    {
        var (rowCount, count) = (rows.RowCount, rows.RowCount + columns.RowCount);
        int[] left = [.. Lengths(rows), .. Lengths(columns)];
        int[] lengths = [.. left];
        var isTaken = new bool[count];
        var ready = new PriorityQueue<int, (int Length, bool Second, int Tie)>();
        for (var line = 0; line < count; line++)
            if (left[line] <= Cap(line))
                ready.Enqueue(line, Priority(line));
        var isForward = new bool[rows.NonzeroCount];
        while (ready.TryDequeue(out var line, out _))
        {
            isTaken[line] = true;
            var isRow = line < rowCount;
            var crossing = isRow ? rows.Row(line) : columns.Row(line - rowCount);
            for (var k = 0; k < crossing.Length; k++)
            {
                var other = isRow ? crossing[k] + rowCount : crossing[k];
                if (isTaken[other])
                    continue;
                if (isRow)
                    isForward[rows.RowStarts[line] + k] = true;
                if (left[other]-- == Cap(other) + 1)
                    ready.Enqueue(other, Priority(other));
            }
        }
        return isForward;

        int Cap(int line) => line < rowCount ? forward : reverse;

        (int Length, bool Second, int Tie) Priority(int line) => (lengths[line], line < rowCount != rowsFirst, random?.Next() ?? line);
    }

    private static int[] Lengths(SparsityPattern lines)
    {
        var lengths = new int[lines.RowCount];
        for (var line = 0; line < lengths.Length; line++)
            lengths[line] = lines.Row(line).Length;
        return lengths;
    }
}
