namespace HybridAD.Planning.Colorings;

/// <summary>
/// Star colourings of a symmetric pattern: adjacent variables differ and every path on four variables has at least three colours, which is what
/// direct recovery of a Hessian from H·S needs, using symmetry.
/// </summary>
/// <remarks>
/// A. H. Gebremedhin, A. Tarafdar, F. Manne, A. Pothen, "New acyclic and star coloring algorithms with application to computing Hessians",
/// SIAM J. Sci. Comput. 29(3), 2007. Vertex orders work on the adjacency graph.
/// </remarks>
public static class StarColoring
{
    // To arrange an order, and to look at the colours around each neighbour twice: to forbid and to record.
    private const int WalksPerTry = 3;

    /// <summary>Colours the variables greedily in one vertex order.</summary>
    /// <param name="pattern">A symmetric n×n pattern, with both triangles.</param>
    /// <param name="order">The order of the variables.</param>
    /// <returns>A star colouring and its recovery table.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The pattern is not square or not symmetric, or the order is not a permutation.</exception>
    public static HessianColoring Greedy(SparsityPattern pattern, IVertexOrder order)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(order);
        SymmetricAdjacency.Check(pattern);
        var greedy = new GreedyStar(pattern);
        greedy.Color(VertexOrders.Arranged(order, SymmetricAdjacency.EdgeRows(pattern)), int.MaxValue);
        return greedy.ToHessianColoring(order.Name, SymmetricAdjacency.LowerBound(pattern));
    }

    /// <summary>
    /// The fewest colours among all of <see cref="VertexOrders.All"/>, the best column colouring (which is a star colouring if the diagonal is full),
    /// random restarts and orders by the classes of the best colouring so far. Stops at the first colouring that is known to be optimal.
    /// </summary>
    /// <param name="pattern">A symmetric n×n pattern, with both triangles.</param>
    /// <param name="seed">Seed of the random choices; the same seed gives the same colouring.</param>
    /// <param name="workBudget">
    /// Visited entries allowed for each of the star and the column search, or null for a default proportional to Σ ℓ² over the rows of ℓ
    /// nonzeros. The natural order is always tried.
    /// With null every order of <see cref="VertexOrders.All"/> is tried, so the result is never worse than the best of them.
    /// </param>
    /// <returns>A star colouring and its recovery table.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pattern"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// The pattern is not square or not symmetric, or <paramref name="workBudget"/> is negative.
    /// </exception>
    public static HessianColoring BestOf(SparsityPattern pattern, int seed = 0, long? workBudget = null) => BestOf(pattern, seed, (_, _) => workBudget);

    /// <summary>The same, with a budget that may depend on the number of colours in natural order and the lower bound.</summary>
    internal static HessianColoring BestOf(SparsityPattern pattern, int seed, Func<int, int, long?> budgetFor)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        SymmetricAdjacency.Check(pattern);
        if (pattern.NonzeroCount == (long)pattern.RowCount * pattern.RowCount)
            return OfFull(pattern);
        var graph = SymmetricAdjacency.EdgeRows(pattern);
        var lowerBound = SymmetricAdjacency.LowerBound(pattern);
        var (best, trial) = (new GreedyStar(pattern), new GreedyStar(pattern));
        var name = "";
        Try(VertexOrders.All[0].Name, VertexOrders.Arranged(VertexOrders.All[0], graph));
        var workBudget = budgetFor(best.Count, lowerBound);
        var budget = new WorkBudget(GreedyStar.PassWork(pattern, best.Count), workBudget);
        var distanceTwo = SymmetricAdjacency.DistanceTwo(pattern);

        foreach (var order in VertexOrders.All.Skip(1))
        {
            if (best.Count > lowerBound && budget.TrySpend(WalksPerTry))
                Try(order.Name, VertexOrders.Arranged(order, graph));
        }
        // The longest row of the distance-2 graph tells beforehand when its colouring cannot help.
        if (best.Count > Math.Max(lowerBound, distanceTwo.LongestRow))
        {
            var columns = ColumnColoring.BestOf(distanceTwo, seed, workBudget);
            if (columns.Count < best.Count)
            {
                best.Adopt(columns);
                name = $"columns {columns.Order}";
            }
        }
        var random = new Random(seed);
        while (best.Count > lowerBound && budget.TrySpend(2 * WalksPerTry))
        {
            // Culberson's lemma does not hold for stars, but visiting the classes in turn still finds fewer colours more often than chance.
            Try($"{name.Split(" + ")[0]} + classes", IteratedGreedy.Arrange(best.Colors, best.Count, random));
            if (best.Count > lowerBound)
                Try("random", new RandomOrder(random.Next()).Arrange(graph));
        }
        return best.ToHessianColoring(name, lowerBound);

        void Try(string candidate, int[] order)
        {
            var limit = name.Length == 0 ? int.MaxValue : best.Count - 1;
            if (!trial.Color(order, limit))
                return;
            (best, trial) = (trial, best);
            name = candidate;
        }
    }

    /// <summary>Where every variable meets every other, each has a colour of its own, as the natural order gives them.</summary>
    private static HessianColoring OfFull(SparsityPattern pattern)
    {
        var n = pattern.RowCount;
        var (rows, colors) = (new int[pattern.NonzeroCount], new int[pattern.NonzeroCount]);
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                (rows[i * n + j], colors[i * n + j]) = (Math.Min(i, j), Math.Max(i, j));
        return new HessianColoring(pattern, new Coloring([.. Enumerable.Range(0, n)], n, VertexOrders.All[0].Name, n), rows, colors);
    }
}
