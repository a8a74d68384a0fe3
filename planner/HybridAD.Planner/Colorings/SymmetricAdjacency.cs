namespace HybridAD.Planning.Colorings;

/// <summary>
/// The adjacency graph of a symmetric pattern: variables i ≠ j are adjacent when (i, j) is a nonzero.
/// Gebremedhin, Manne, Pothen, SIAM Review 47(4), 2005.
/// </summary>
internal static class SymmetricAdjacency
{
    /// <exception cref="ArgumentException">The pattern is not square or not symmetric.</exception>
    public static void Check(SparsityPattern pattern)
    {
        if (pattern.RowCount != pattern.ColumnCount)
        {
            throw new ArgumentException(
                $"The pattern has {pattern.RowCount} rows and {pattern.ColumnCount} columns; a star colouring needs a square symmetric one.",
                nameof(pattern));
        }
        var transposed = pattern.Transpose();
        for (var i = 0; i < pattern.RowCount; i++)
        {
            ReadOnlySpan<int> row = pattern.Row(i), column = transposed.Row(i);
            var common = row.CommonPrefixLength(column);
            if (common == row.Length && common == column.Length)
                continue;
            var inRow = common < row.Length && (common == column.Length || row[common] < column[common]);
            var (r, c) = inRow ? (i, row[common]) : (column[common], i);
            throw new ArgumentException($"The pattern has ({r}, {c}) but not ({c}, {r}); a star colouring needs a symmetric one.", nameof(pattern));
        }
    }

    /// <summary>
    /// The graph as the vertex orders see one: a row for each edge with its two ends, so that columns share a row exactly when they are adjacent.
    /// </summary>
    public static ColumnIntersection EdgeRows(SparsityPattern pattern)
    {
        var ends = new List<int>(pattern.NonzeroCount);
        for (var i = 0; i < pattern.RowCount; i++)
        {
            foreach (var j in pattern.Row(i))
            {
                if (j > i)
                    ends.AddRange([i, j]);
            }
        }
        var starts = new int[ends.Count / 2 + 1];
        for (var e = 0; e < starts.Length; e++)
            starts[e] = 2 * e;
        return new ColumnIntersection(SparsityPattern.Trusted(ends.Count / 2, pattern.ColumnCount, starts, [.. ends]));
    }

    /// <summary>
    /// The graph of variables at distance one or two: the column intersection of the pattern with a full diagonal on its nonempty rows.
    /// </summary>
    public static ColumnIntersection DistanceTwo(SparsityPattern pattern)
    {
        var starts = new int[pattern.RowCount + 1];
        for (var i = 0; i < pattern.RowCount; i++)
            starts[i + 1] = starts[i] + (pattern.Row(i).IsEmpty ? 0 : 1);
        var nonempty = Enumerable.Range(0, pattern.RowCount).Where(i => starts[i + 1] > starts[i]).ToArray();
        var full = pattern.Union(SparsityPattern.Trusted(pattern.RowCount, pattern.ColumnCount, starts, nonempty));
        return new ColumnIntersection(full, full);
    }

    /// <summary>
    /// A number of colours that every star colouring needs. Two classes induce a forest of stars, with fewer edges than vertices, so k classes of
    /// n vertices span at most (k - 1)n - k(k - 1)/2 edges; and an edge whose ends both have another neighbour lies on a triangle or a path of
    /// four vertices, which need three.
    /// </summary>
    public static int LowerBound(SparsityPattern pattern)
    {
        if (pattern.NonzeroCount == 0)
            return 0;
        var degrees = new int[pattern.RowCount];
        long edges = 0, vertices = 0;
        for (var i = 0; i < degrees.Length; i++)
        {
            var row = pattern.Row(i);
            degrees[i] = row.Length - (row.BinarySearch(i) >= 0 ? 1 : 0);
            edges += degrees[i];
            vertices += degrees[i] > 0 ? 1 : 0;
        }
        edges /= 2;
        long k = edges == 0 ? 1 : HasInnerEdge(pattern, degrees) ? 3 : 2;
        while ((k - 1) * vertices - k * (k - 1) / 2 < edges)
            k++;
        return (int)k;
    }

    private static bool HasInnerEdge(SparsityPattern pattern, int[] degrees)
    {
        for (var i = 0; i < degrees.Length; i++)
        {
            if (degrees[i] < 2)
                continue;
            foreach (var j in pattern.Row(i))
            {
                if (j > i && degrees[j] >= 2)
                    return true;
            }
        }
        return false;
    }
}
