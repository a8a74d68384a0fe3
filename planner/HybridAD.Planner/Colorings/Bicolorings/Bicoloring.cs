namespace HybridAD.Planning.Colorings;

/// <summary>
/// Colours for some columns and some rows of a sparse matrix such that every nonzero can be read directly off the product with its column's
/// direction or off that with its row's. Immutable.
/// </summary>
/// <remarks>
/// A column (row) of colour -1 is neutral: it gets no direction, and all its nonzeros are read off their rows (columns). Column and row colours
/// are numbered apart. See A. H. Gebremedhin, F. Manne, A. Pothen, "What color is your Jacobian?", SIAM Review 47(4), 2005, section 5.
/// </remarks>
public sealed class Bicoloring
{
    private readonly int[] _columnColors;
    private readonly int[] _rowColors;

    internal Bicoloring(int[] columnColors, int columnColorCount, int[] rowColors, int rowColorCount, string order, int lowerBound)
    {
        _columnColors = columnColors;
        _rowColors = rowColors;
        ColumnColorCount = columnColorCount;
        RowColorCount = rowColorCount;
        Order = order;
        LowerBound = lowerBound;
    }

    /// <summary>The colour of each column, in [0, <see cref="ColumnColorCount"/>), or -1.</summary>
    public ReadOnlySpan<int> ColumnColors => _columnColors;

    /// <summary>The colour of each row, in [0, <see cref="RowColorCount"/>), or -1.</summary>
    public ReadOnlySpan<int> RowColors => _rowColors;

    /// <summary>Number of forward directions.</summary>
    public int ColumnColorCount { get; }

    /// <summary>Number of reverse directions.</summary>
    public int RowColorCount { get; }

    /// <summary>Number of directions, forward and reverse.</summary>
    public int Count => ColumnColorCount + RowColorCount;

    /// <summary>How the nonzeros were divided, and the vertex orders of the columns and the rows.</summary>
    public string Order { get; }

    /// <summary>No bicolouring, one-sided ones included, has fewer directions.</summary>
    public int LowerBound { get; }

    /// <summary>Whether the bicolouring is known to have the fewest directions possible.</summary>
    public bool IsOptimal => Count == LowerBound;

    /// <inheritdoc/>
    public override string ToString() => $"{ColumnColorCount} + {RowColorCount} colors by {Order} (lower bound {LowerBound})";
}
