namespace HybridAD.Planning.Colorings;

/// <summary>
/// Partial distance-2 colourings of the rows of a Jacobian, for reverse mode: rows that share a column get different colours, so
/// J[i, j] = (Sᵀ·J)[Colors[i], j]. The column colouring of the transposed pattern.
/// </summary>
/// <seealso cref="ColumnColoring"/>
public static class RowColoring
{
    /// <summary>Colours the rows greedily in one vertex order.</summary>
    /// <param name="pattern">An m×n pattern.</param>
    /// <param name="order">The order of the rows, as columns of the transposed pattern.</param>
    /// <returns>A colouring of the m rows.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The order is not a permutation of the rows.</exception>
    public static Coloring Greedy(SparsityPattern pattern, IVertexOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return ColumnColoring.Greedy(GraphOfRows(pattern), order);
    }

    /// <summary>The fewest colours of the rows, found as by <see cref="ColumnColoring.BestOf(SparsityPattern, int, long?)"/>.</summary>
    /// <param name="pattern">An m×n pattern.</param>
    /// <param name="seed">Seed of the random choices; the same seed gives the same colouring.</param>
    /// <param name="workBudget">Visited entries allowed, or null for a default proportional to the cost of one order.</param>
    /// <returns>A colouring of the m rows.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pattern"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="workBudget"/> is negative.</exception>
    public static Coloring BestOf(SparsityPattern pattern, int seed = 0, long? workBudget = null) =>
        ColumnColoring.BestOf(GraphOfRows(pattern), seed, workBudget);

    /// <summary>The rows, of which those that share a column are neighbours.</summary>
    internal static ColumnIntersection GraphOfRows(SparsityPattern pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return new ColumnIntersection(pattern.Transpose(), pattern);
    }
}
