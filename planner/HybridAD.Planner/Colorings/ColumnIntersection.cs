namespace HybridAD.Planning.Colorings;

/// <summary>
/// The column intersection graph of a pattern, in which two columns are adjacent when they share a row, held as the bipartite graph of rows and
/// columns so that its size stays O(m + n + nonzeros). Immutable.
/// </summary>
/// <remarks>
/// <para>Never forming the edges is the point of partial distance-2 colouring: Gebremedhin, Manne, Pothen, SIAM Review 47(4), 2005, section 3.</para>
/// <para>A row with ℓ nonzeros is a clique of ℓ columns, and walking it once from each of its columns costs ℓ². Rows longer than
/// <see cref="LongRowThreshold"/> are therefore never walked that way: the colouring keeps the set of colours of such a row, and the vertex orders
/// count it as a constant degree. One walk through all other rows costs at most <c>LongRowThreshold · nonzeros</c>.</para>
/// </remarks>
public sealed class ColumnIntersection
{
    /// <summary>What an entry of a long row takes, whose colours are looked through and kept as bits, in entries of short rows.</summary>
    private const int VisitsPerLongEntry = 64;

    /// <summary>Prepares the graph of the columns of a pattern, in O(m + n + nonzeros).</summary>
    /// <param name="pattern">An m×n pattern.</param>
    /// <exception cref="ArgumentNullException"><paramref name="pattern"/> is null.</exception>
    public ColumnIntersection(SparsityPattern pattern)
        : this(pattern ?? throw new ArgumentNullException(nameof(pattern)), pattern.Transpose())
    {
    }

    internal ColumnIntersection(SparsityPattern rows, SparsityPattern columns)
    {
        Rows = rows;
        Columns = columns;
        LongRowThreshold = Math.Max(64, (int)Math.Sqrt(rows.NonzeroCount) / 2);
        long work = rows.NonzeroCount;
        for (var i = 0; i < rows.RowCount; i++)
        {
            var length = rows.Row(i).Length;
            LongestRow = Math.Max(LongestRow, length);
            if (length <= LongRowThreshold)
            {
                LongestShortRow = Math.Max(LongestShortRow, length);
                work += (long)length * length;
            }
            else
            {
                work += (long)VisitsPerLongEntry * length;
            }
        }
        PassWork = Math.Max(1, work);
    }

    /// <summary>The m×n pattern: row i lists the columns of row i.</summary>
    public SparsityPattern Rows { get; }

    /// <summary>The transposed n×m pattern: row j lists the rows of column j.</summary>
    public SparsityPattern Columns { get; }

    /// <summary>Number of vertices n: the columns of the pattern.</summary>
    public int VertexCount => Rows.ColumnCount;

    /// <summary>The most nonzeros in a row. They form a clique, so no colouring of the columns has fewer colours.</summary>
    public int LongestRow { get; }

    /// <summary>The most nonzeros in a row that is not longer than <see cref="LongRowThreshold"/>.</summary>
    public int LongestShortRow { get; }

    /// <summary>Rows with more nonzeros than this, max(64, √nonzeros / 2), are treated as a set of colours.</summary>
    public int LongRowThreshold { get; }

    /// <summary>Entries visited by one walk from every column to every column that shares a short row with it, nonzeros + Σ ℓ², and what looking at long rows takes as long as.</summary>
    public long PassWork { get; }

    /// <summary>Whether a row is too long to be walked once from each of its columns.</summary>
    public bool IsLong(int row) => Rows.Row(row).Length > LongRowThreshold;

    /// <summary>
    /// What long rows add to the degree of each column: Σ (ℓ - 1) over the long rows of the column, at most n. An upper bound, as the
    /// columns of two long rows may overlap.
    /// </summary>
    public int[] LongRowDegrees()
    {
        var degrees = new int[VertexCount];
        for (var i = 0; i < Rows.RowCount; i++)
        {
            if (!IsLong(i))
                continue;
            var row = Rows.Row(i);
            foreach (var j in row)
                degrees[j] = (int)Math.Min(VertexCount, (long)degrees[j] + row.Length - 1);
        }
        return degrees;
    }

    /// <summary>The distance-2 degree of each column: distinct neighbours through short rows, plus <see cref="LongRowDegrees"/>.</summary>
    public int[] Degrees()
    {
        var degrees = LongRowDegrees();
        var neighborhood = new Neighborhood(this);
        for (var j = 0; j < degrees.Length; j++)
            degrees[j] += neighborhood.Of(j).Length;
        return degrees;
    }
}
