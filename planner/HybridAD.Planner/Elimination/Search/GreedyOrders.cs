namespace HybridAD.Planning.Elimination.Search;

/// <summary>Elimination orders that are built vertex by vertex: the cheapest next by some score, ties by place.</summary>
internal sealed class GreedyOrders(DualGraph graph, Evaluator evaluator, CancellationToken cancellation = default)
{
    private readonly int _count = graph.InnerCount;

    /// <summary>Inputs to outputs.</summary>
    public uint[] Forward() => [.. Enumerable.Range(0, _count).Select(Moves.Vertex)];

    /// <summary>Outputs to inputs.</summary>
    public uint[] Reverse() => [.. Forward().Reverse()];

    /// <summary>Vertices with a single use, the last first: each only moves its in-edges to its user.</summary>
    public uint[] UsedOnce() => [.. Reverse().Where(v => graph.OutEdges[(int)v].Length == 1)];

    /// <summary>Vertices with a single operand, the first first.</summary>
    public uint[] UsingOne() => [.. Forward().Where(v => graph.InEdges[(int)v].Length == 1)];

    /// <summary>A prefix, then another order for what is left of it.</summary>
    public static uint[] After(uint[] prefix, uint[] order) => [.. prefix, .. order.Except(prefix)];

    /// <summary>A prefix, then always the vertex with the smallest score.</summary>
    /// <param name="prefix">What is eliminated first.</param>
    /// <param name="score">The score of a vertex, given what it costs now.</param>
    /// <param name="last">Whether of equal vertices the last one, nearest to the outputs, is taken.</param>
    /// <returns>The order, and what it costs.</returns>
    public (uint[] Order, long Cost) Greedy(uint[] prefix, Func<int, long, double> score, bool last)
    {
        var (order, cost) = (new List<uint>(_count), 0L);
        evaluator.Reset();
        var done = new bool[_count];
        foreach (var step in prefix)
            Take((int)step);
        var scores = new SmallestScore(_count, last);
        for (var v = 0; v < _count; v++)
            if (!done[v])
                scores.Set(v, score(v, evaluator.CostOf(v)));
        while (order.Count < _count)
        {
            cancellation.ThrowIfCancellationRequested();
            var best = scores.Find();
            var touched = evaluator.InnerNeighbors(best);
            Take(best);
            scores.Remove(best);
            foreach (var v in touched)
                if (!done[v])
                    scores.Set(v, score(v, evaluator.CostOf(v)));
        }
        return ([.. order], cost + evaluator.Finish());

        void Take(int v)
        {
            done[v] = true;
            order.Add(Moves.Vertex(v));
            cost += evaluator.Apply(Moves.Vertex(v));
        }
    }
}
