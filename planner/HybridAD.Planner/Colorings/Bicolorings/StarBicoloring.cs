namespace HybridAD.Planning.Colorings;

/// <summary>
/// Bicolourings for direct recovery: where a few full rows and a few full columns make every colouring of columns alone, or of rows alone, as
/// long as they are, the full rows are read in reverse and the rest forward, or the other way round.
/// </summary>
/// <remarks>
/// The choice of what is read which way follows T. F. Coleman, A. Verma, SIAM J. Sci. Comput. 19(4), 1998; neutral vertices and the conflicts
/// follow A. H. Gebremedhin, F. Manne, A. Pothen, SIAM Review 47(4), 2005, section 5.
/// </remarks>
public static class StarBicoloring
{
    /// <summary>
    /// The cheapest bicolouring found. Colourings of columns alone and of rows alone are bicolourings: the result is never dearer than the better
    /// of <see cref="ColumnColoring"/> and <see cref="RowColoring"/>.
    /// </summary>
    /// <param name="pattern">An m×n pattern.</param>
    /// <param name="columnWeight">What a forward direction costs.</param>
    /// <param name="rowWeight">What a reverse direction costs.</param>
    /// <param name="seed">Seed of the random choices; the same seed gives the same bicolouring.</param>
    /// <param name="workBudget">Visited entries allowed beyond those of the one-sided colourings, or null for a default proportional to the nonzeros.</param>
    /// <exception cref="ArgumentNullException"><paramref name="pattern"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A weight is not positive, or the budget is negative.</exception>
    public static Bicoloring BestOf(SparsityPattern pattern, double columnWeight = 1, double rowWeight = 1, int seed = 0, long? workBudget = null)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columnWeight);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rowWeight);
        if (workBudget is { } budget)
            ArgumentOutOfRangeException.ThrowIfNegative(budget, nameof(workBudget));
        return From(pattern, ColumnColoring.BestOf(pattern, seed), RowColoring.BestOf(pattern, seed),
            (columns, rows) => columns * columnWeight + rows * rowWeight, seed, workBudget);
    }

    /// <summary>The bicolouring with the fewest directions found, starting from colourings of either side that are at hand.</summary>
    /// <param name="pattern">An m×n pattern.</param>
    /// <param name="columns">A colouring of its columns.</param>
    /// <param name="rows">A colouring of its rows.</param>
    public static Bicoloring From(SparsityPattern pattern, Coloring columns, Coloring rows)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        return From(pattern, columns, rows, static (columns, rows) => columns + rows);
    }

    /// <summary>The cheapest by a price that grows with the number of column colours and with that of row colours.</summary>
    internal static Bicoloring From(
        SparsityPattern pattern, Coloring columns, Coloring rows, Func<int, int, double> price, int seed = 0, long? workBudget = null)
    {
        var search = new BicoloringSearch(pattern, price, seed, workBudget);
        search.Offer(columns.Colors.ToArray(), Neutral(pattern.RowCount), $"columns alone: {columns.Order}");
        search.Offer(Neutral(pattern.ColumnCount), rows.Colors.ToArray(), $"rows alone: {rows.Order}");
        return search.Run();
    }

    private static int[] Neutral(int count)
    {
        var colors = new int[count];
        Array.Fill(colors, -1);
        return colors;
    }
}
