namespace HybridAD.Planning.Colorings;

/// <summary>The fewest colours found so far for one graph, and the ways to look for fewer.</summary>
internal sealed class ColoringSearch(ColumnIntersection graph)
{
    /// <summary>Walks through the graph that one call of <see cref="Improve"/> costs at most.</summary>
    public const int RoundLength = 8;

    private readonly FirstFit _firstFit = new(graph);
    private readonly int[] _trial = new int[graph.VertexCount];
    private readonly int[] _current = new int[graph.VertexCount];
    private readonly int[] _best = new int[graph.VertexCount];
    private int _currentCount;
    private int _bestCount = int.MaxValue;
    private string _bestOrder = "";
    private bool _restart;

    public bool HasColoring => _bestCount < int.MaxValue;

    /// <summary>Whether the colouring is optimal: the longest row is a clique, which is a lower bound.</summary>
    public bool IsDone => _bestCount <= graph.LongestRow;

    public void Try(IVertexOrder order)
    {
        // Ties go to the first order, so an order that reaches the best count can stop there.
        var count = _firstFit.Color(VertexOrders.Arranged(order, graph), _bestCount - 1, _trial);
        if (count >= 0)
            Keep(_trial, count, order.Name);
    }

    /// <summary>One round of iterated greedy, alternately from the best colouring and from a random order.</summary>
    public void Improve(Random random)
    {
        if (_restart)
        {
            var order = new RandomOrder(random.Next()).Arrange(graph);
            _currentCount = _firstFit.Color(order, int.MaxValue, _current);
        }
        else
        {
            _best.CopyTo(_current, 0);
            _currentCount = _bestCount;
        }
        var passes = RoundLength - (_restart ? 1 : 0);
        for (var pass = 0; pass < passes && !IsDone; pass++)
        {
            _currentCount = _firstFit.Color(IteratedGreedy.Arrange(_current, _currentCount, random), int.MaxValue, _current);
            if (_currentCount < _bestCount)
                Keep(_current, _currentCount, _restart ? "random + iterated greedy" : $"{FirstOrder()} + iterated greedy");
        }
        _restart = !_restart;
    }

    public Coloring Best() => new(_best, _bestCount, _bestOrder, graph.LongestRow);

    private string FirstOrder() => _bestOrder.Split(" + ")[0];

    private void Keep(int[] colors, int count, string order)
    {
        colors.CopyTo(_best, 0);
        _bestCount = count;
        _bestOrder = order;
    }
}
