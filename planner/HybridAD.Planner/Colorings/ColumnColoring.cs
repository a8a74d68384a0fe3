namespace HybridAD.Planning.Colorings;

/// <summary>
/// Partial distance-2 colourings of the columns of a Jacobian: columns that share a row get different colours, so each nonzero is read directly
/// from one compressed product, J[i, j] = (J·S)[i, Colors[j]].
/// </summary>
/// <remarks>Gebremedhin, Manne, Pothen, "What color is your Jacobian?", SIAM Review 47(4), 2005, section 3.</remarks>
/// <seealso cref="RowColoring"/>
public static class ColumnColoring
{
    /// <summary>Colours the columns greedily in one vertex order.</summary>
    /// <param name="pattern">An m×n pattern.</param>
    /// <param name="order">The order of the columns.</param>
    /// <returns>A colouring of the n columns.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The order is not a permutation of the columns.</exception>
    public static Coloring Greedy(SparsityPattern pattern, IVertexOrder order)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(order);
        return Greedy(new ColumnIntersection(pattern), order);
    }

    /// <summary>
    /// The fewest colours among all of <see cref="VertexOrders.All"/>, each colour class order that improves on them and random restarts. Stops at
    /// the first colouring that is known to be optimal.
    /// </summary>
    /// <param name="pattern">An m×n pattern.</param>
    /// <param name="seed">Seed of the random choices; the same seed gives the same colouring.</param>
    /// <param name="workBudget">
    /// Visited entries allowed, or null for a default proportional to the cost of one order, Σ ℓ² over the rows of ℓ nonzeros. The natural
    /// order is always tried. With null every order of <see cref="VertexOrders.All"/> is tried, so the result is never worse than the best of them.
    /// </param>
    /// <returns>A colouring of the n columns.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pattern"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="workBudget"/> is negative.</exception>
    public static Coloring BestOf(SparsityPattern pattern, int seed = 0, long? workBudget = null)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return BestOf(new ColumnIntersection(pattern), seed, workBudget);
    }

    internal static Coloring Greedy(ColumnIntersection graph, IVertexOrder order)
    {
        var colors = new int[graph.VertexCount];
        var count = new FirstFit(graph).Color(VertexOrders.Arranged(order, graph), int.MaxValue, colors);
        return new Coloring(colors, count, order.Name, graph.LongestRow);
    }

    // The longest row is a clique: no colouring has fewer colours.
    internal static Coloring BestOf(ColumnIntersection graph, int seed, long? workBudget) =>
        new ColoringSearch(graph, new FirstFit(graph), graph.LongestRow).Run(new WorkBudget(graph.PassWork, workBudget), seed);
}
