namespace HybridAD.Planning.Colorings;

/// <summary>The fewest colours found so far for one graph, and the ways to look for fewer.</summary>
/// <param name="graph">What the vertex orders look at.</param>
/// <param name="firstFit">Colours the vertices in an order; its conflicts may go beyond those of the graph.</param>
/// <param name="lowerBound">No colouring has fewer colours.</param>
internal sealed class ColoringSearch(ColumnIntersection graph, IFirstFit firstFit, int lowerBound)
{
    /// <summary>Walks through the graph that one call of <see cref="Improve"/> costs at most.</summary>
    private const int RoundLength = 8;

    private readonly int[] _trial = new int[graph.VertexCount];
    private readonly int[] _current = new int[graph.VertexCount];
    private readonly int[] _best = new int[graph.VertexCount];
    private int _currentCount;
    private int _bestCount = int.MaxValue;
    private string _bestOrder = "";
    private bool _restart;

    /// <summary>Whether the colouring is optimal.</summary>
    private bool IsDone => _bestCount <= lowerBound;

    /// <summary>Every vertex order, then rounds of iterated greedy, until the bound is met or the budget is spent; the first order is free.</summary>
    public Coloring Run(WorkBudget budget, int seed)
    {
        budget.TrySpend(1);
        foreach (var order in VertexOrders.All)
        {
            // An order costs about one walk to arrange, one for its initial degrees and one to colour.
            if (IsDone || (_bestCount < int.MaxValue && !budget.TrySpend(3)))
                break;
            Try(order);
        }
        var random = new Random(seed);
        while (!IsDone && budget.TrySpend(RoundLength))
            Improve(random);
        return new(_best, _bestCount, _bestOrder, lowerBound);
    }

    /// <summary>Starts from a colouring that is known to be valid.</summary>
    public void Adopt(ReadOnlySpan<int> colors, int count, string order) => Keep(colors, count, order);

    private void Try(IVertexOrder order)
    {
        // Ties go to the first order, so an order that reaches the best count can stop there.
        var count = firstFit.Color(VertexOrders.Arranged(order, graph), _bestCount - 1, _trial);
        if (count >= 0)
            Keep(_trial, count, order.Name);
    }

    /// <summary>One round of iterated greedy, alternately from the best colouring and from a random order.</summary>
    private void Improve(Random random)
    {
        if (_restart)
        {
            var order = new RandomOrder(random.Next()).Arrange(graph);
            _currentCount = firstFit.Color(order, int.MaxValue, _current);
        }
        else
        {
            _best.CopyTo(_current, 0);
            _currentCount = _bestCount;
        }
        var passes = RoundLength - (_restart ? 1 : 0);
        for (var pass = 0; pass < passes && !IsDone; pass++)
        {
            _currentCount = firstFit.Color(IteratedGreedy.Arrange(_current, _currentCount, random), int.MaxValue, _current);
            if (_currentCount < _bestCount)
                Keep(_current, _currentCount, _restart ? "random + iterated greedy" : $"{FirstOrder()} + iterated greedy");
        }
        _restart = !_restart;
    }

    private string FirstOrder() => _bestOrder.Split(" + ")[0];

    private void Keep(ReadOnlySpan<int> colors, int count, string order)
    {
        colors.CopyTo(_best);
        _bestCount = count;
        _bestOrder = order;
    }
}
